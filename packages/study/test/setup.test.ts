import { phantomDataset, type SplitLists } from '@segscape/data';
import { parseStudyConfig, type StudyInput, type StudyRegistry, studyRegistry } from '@segscape/study';
import { dispose } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { makeSetup } from '../src/make-setup.js';
import type { Setup } from '../src/setup.js';
import { splitNotices } from '../src/split-notices.js';
import { tinyStudy } from './tiny-study.js';
import '@segscape/testing';

const setup = (changes: Partial<StudyInput> = {}) =>
  makeSetup(parseStudyConfig({ ...tinyStudy, ...changes }), studyRegistry);
const data = (changes: object) => ({ data: { ...tinyStudy.data, ...changes } });

describe('makeSetup', () => {
  test('splits by counts and by shares, the same for one seed', async () => {
    const { train, test: held, summary } = await setup();
    expect([train.length, held.length]).toEqual([6, 2]);
    expect(summary).toMatchObject({ train: 6, test: 2, classes: ['background', 'disc'], channels: 3 });
    expect(summary.shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const again = await setup();
    expect(again.test.ids).toEqual(held.ids);
    expect((await setup(data({ splitSeed: 5 }))).test.ids).not.toEqual(held.ids);
    expect((await setup(data({ split: { test: 0.5 } }))).test.length).toBe(4);
  });

  test('without a split that of the data, their folds tested on what they validate by, or a quarter', async () => {
    const brought = (split?: SplitLists) => {
      const make = async () => {
        const dataset = await phantomDataset({ kind: 'fundus', count: 8, height: 32, width: 32, seed: 1 });
        const [a, b, c, d] = dataset.ids!;
        const lists = split && { train: [a!, b!], [Object.keys(split)[1]!]: [c!, d!] };
        return { ...dataset, ...(lists && { split: lists as SplitLists }) };
      };
      const registry = { ...studyRegistry, data: { ...studyRegistry.data, brought: make } } as StudyRegistry;
      const config = { ...tinyStudy, data: { kind: 'brought' } } as StudyInput;
      return makeSetup(parseStudyConfig(config, registry), registry);
    };
    const sizes = ({ train, validation, test: held, leftOut }: Setup) =>
      [train, validation, held, leftOut].map(({ length }) => length);
    expect(sizes(await brought({ train: [], test: [] }))).toEqual([2, 0, 2, 4]);
    expect(sizes(await brought({ train: [], validation: [] }))).toEqual([2, 0, 2, 4]);
    expect(sizes(await brought())).toEqual([6, 0, 2, 0]);
  });

  test('images in no part of the split are counted, and a study says which', async () => {
    const { leftOut, summary } = await setup(data({ split: { train: 4, test: 2 } }));
    expect(leftOut).toHaveLength(2);
    expect(summary.leftOut).toBe(2);
    expect((await setup()).summary.leftOut).toBeUndefined();
  });

  test('patients that a split divides are told of', async () => {
    const part = (ids: readonly string[]) => ({ ids }) as unknown as Setup['train'];
    const groups = new Map(['1L', '1R', '2L', '2R', '3L'].map((id) => [id, id.slice(0, 1)]));
    const split = { train: part(['1L', '2L', '2R']), validation: part([]), test: part(['1R', '3L']), groups };
    expect([...splitNotices({ ...split, leftOut: [] })]).toEqual([
      'Images of a patient are in different parts of the split (1): what chooses or tests was half seen in training. Keep each patient in one part.',
    ]);
    const [unused, eyes, ...more] = splitNotices({ ...split, groups: new Map(), leftOut: ['x'] });
    expect(unused).toBe('An image is in no part of the split and not used: x');
    expect(eyes).toContain(
      'By their names (1L, 2L, 2R, 1R, 3L) several images are the two eyes, or sides, of one',
    );
    expect(eyes).toContain("Give data.group: '^(.+?)");
    expect(more).toEqual([]);
    expect([...splitNotices(await setup())]).toEqual([]);
  });

  test('refuses a split that leaves nothing to test', async () => {
    await expect(setup(data({ count: 2, split: { test: 0.1 } }))).rejects.toThrow(
      'config: of 2 images none is left to test. Give more images, or another data.split.',
    );
  });

  test('maxPixels scales down what is larger, the mask with it', async () => {
    const { train, summary } = await setup(data({ maxPixels: 256 }));
    const { image, mask } = await train.get(0);
    expect([image.height, image.width, mask.height, mask.width]).toEqual([16, 16, 16, 16]);
    expect(new Set(mask.data)).toEqual(new Set([0, 1]));
    expect(summary.dataset).toMatchObject({ maxPixels: 256 });
    const { train: whole } = await setup(data({ maxPixels: 4096 }));
    expect((await whole.get(0)).image.height).toBe(32);
  });

  test('gives the batches of an epoch in an order of its own, and repeats', async () => {
    const { trainBatches } = await setup({ training: { ...tinyStudy.training, repeats: 2 } });
    const ids = async (epoch: number) => {
      const found: string[] = [];
      for await (const batch of trainBatches(epoch, 1, 2)) {
        found.push(...batch.ids);
        dispose([batch.images, batch.labels]);
      }
      return found;
    };
    const first = await ids(0);
    expect(first).toHaveLength(12);
    expect(new Set(first.slice(0, 6))).toEqual(new Set(first.slice(6)));
    expect(await ids(0)).toEqual(first);
    expect(await ids(1)).not.toEqual(first);
  });

  test('two losses of one label are refused', async () => {
    await expect(setup({ losses: ['dice', { name: 'focal', label: 'dice' }] })).rejects.toThrow(
      "two losses are called 'dice'",
    );
  });
});
