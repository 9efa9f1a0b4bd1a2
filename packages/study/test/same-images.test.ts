import { type Sample, SegscapeError } from '@segscape/core';
import { memoryDataset, phantomDataset } from '@segscape/data';
import { memoryStorage, openRun } from '@segscape/runs';
import { defineKind, runStudy, type StudyInput, studyRegistry, verifyRun, withKinds } from '@segscape/study';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, copyOf, text, tinyStudy } from './tiny-study.js';

/** A study over samples that stand for a folder, which somebody may change. */
const config: StudyInput = {
  ...tinyStudy,
  data: { kind: 'folder-of-mine', split: { test: 2 } },
  losses: ['crossEntropy'],
  training: { epochs: 1, batchSize: 2 },
  landscape: { enabled: false },
};

const drawn = phantomDataset({ kind: 'fundus', count: 9, height: 32, width: 32, seed: 7 });
const before: Sample[] = [];
const registryOf = (samples: readonly Sample[]) =>
  withKinds(studyRegistry, [
    defineKind({
      part: 'data',
      kind: 'folder-of-mine',
      make: () => memoryDataset(samples, drawn.classes),
    }),
  ]);

async function go(storage: Bytes, samples: readonly Sample[], resume: boolean, more: StudyInput = {}) {
  const registry = registryOf(samples);
  for await (const _ of runStudy({ ...config, ...more }, { storage, registry, resume }));
}

describe('a run goes on with the images that it was trained on', () => {
  const whole = memoryStorage();
  beforeAll(async () => {
    for (let i = 0; i < 9; i++) before.push(await drawn.get(i));
    await go(whole, before.slice(0, 8), false);
  });
  const longer: StudyInput = { training: { epochs: 2, batchSize: 2 } };
  const inverted = ({ image, ...sample }: Sample): Sample => ({
    ...sample,
    image: { ...image, data: Uint8Array.from(image.data, (value) => 255 - value) },
  });

  test('images.json says what each image was for, and what it held', async () => {
    const { parts, hashes } = JSON.parse(await text(whole, 'images.json'));
    const [{ train, validation, test: tested }] = parts;
    expect([train.length, validation.length, tested.length]).toEqual([6, 0, 2]);
    expect([...train, ...tested].sort()).toEqual(before.slice(0, 8).map(({ id }) => id));
    expect(Object.keys(hashes)).toHaveLength(8);
  });

  test.each<[string, () => readonly Sample[], RegExp]>([
    ['an image more', () => before, /: new are fundus-0008\. /],
    ['an image less', () => before.slice(1, 8), /: gone are fundus-0000\. /],
    [
      'other pixels',
      () => before.slice(0, 8).map((sample, i) => (i === 3 ? inverted(sample) : sample)),
      /: other pixels or another mask have fundus-0003\. /,
    ],
  ])('%s is refused by name, and nothing is changed', async (_, samples, words) => {
    const storage = await copyOf(whole);
    const files = await storage.list('');
    const error = await go(storage, samples(), true, longer).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SegscapeError);
    expect(error).toMatchObject({ code: 'BAD_CONFIG', message: expect.stringMatching(words) });
    expect(await storage.list('')).toEqual(files);
    for (const path of files) expect(await storage.read(path), path).toEqual(await whole.read(path));
  });

  test('another division of the same images is refused', async () => {
    const storage = await copyOf(whole);
    const record = JSON.parse(await text(storage, 'images.json'));
    const [{ train, test: tested }] = record.parts;
    [train[0], tested[0]] = [tested[0], train[0]];
    await storage.write('images.json', JSON.stringify(record));
    await expect(go(storage, before.slice(0, 8), true, longer)).rejects.toThrow(
      /in other parts of the split are /,
    );
  });

  test('the same images go on; a run that has no record of them goes by the report', async () => {
    const storage = await copyOf(whole);
    await go(storage, before.slice(0, 8), true, longer);
    expect((await (await openRun(storage)).history()).some(({ epoch }) => epoch === 2)).toBe(true);
    await storage.remove('images.json');
    await expect(go(storage, before, true, { training: { epochs: 3, batchSize: 2 } })).rejects.toThrow(
      /SHA-256 of all was [0-9a-f]{12}…, is /,
    );
  });

  test('verifying with other images says so', async () => {
    const verified = async () => {
      for await (const _ of verifyRun(whole, { registry: registryOf(before.slice(1, 8)) }));
    };
    await expect(verified()).rejects.toThrow(/not those that the run was trained on: gone are fundus-0000\./);
  });
});
