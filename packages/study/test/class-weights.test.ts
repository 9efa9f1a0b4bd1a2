import { memoryStorage, openRun } from '@segscape/runs';
import {
  parseStudyConfig,
  readModelRecord,
  type StudyInput,
  studyJsonSchema,
  studyRegistry,
} from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { classCounts, classWeightsOf } from '../src/class-weights.js';
import { namedObjective } from '../src/grid-objective.js';
import { gridRegistry } from '../src/index.js';
import { makeSetup } from '../src/make-setup.js';
import { study, text, tinyStudy } from './tiny-study.js';

const dataset = (masks: readonly (readonly number[])[]) => ({
  length: masks.length,
  classes: ['a', 'b', 'c'],
  get: async (index: number) => {
    const data = Uint8Array.from(masks[index]!);
    const mask = { height: 1, width: data.length, channels: 1, data };
    return { id: String(index), image: mask, mask };
  },
  describe: () => ({ kind: 'test', length: masks.length, classes: ['a', 'b', 'c'] }) as never,
});

describe('weights by hand', () => {
  // 6 of a, 2 of b in 8 pixels; 4 of a in 4: void counts nowhere.
  const counted = classCounts(
    dataset([
      [0, 0, 0, 0, 0, 0, 1, 1, 255],
      [0, 0, 0, 0],
    ]) as never,
  );

  test('counts, and of those images that hold a class', async () => {
    expect(await counted).toEqual({ pixels: [10, 2, 0], around: [12, 8, 0] });
  });
  test('inverse: 12 / (2·10), 12 / (2·2); what is nowhere weighs nothing', async () => {
    expect(classWeightsOf('inverse', await counted)).toEqual([0.6, 3, 0]);
  });
  test('medianFrequency: shares 10/12 and 2/8, their median 13/24', async () => {
    const [a, b, c] = classWeightsOf('medianFrequency', await counted);
    expect(a).toBeCloseTo(13 / 24 / (10 / 12), 12);
    expect(b).toBeCloseTo(13 / 24 / (2 / 8), 12);
    expect(c).toBe(0);
  });
  test('effectiveNumber: β = 11/12, (1 − β) / (1 − βⁿ), together 2', async () => {
    const beta = 11 / 12;
    const raw = [10, 2].map((n) => (1 - beta) / (1 - beta ** n));
    const scale = 2 / (raw[0]! + raw[1]!);
    const found = classWeightsOf('effectiveNumber', await counted);
    expect(found[0]).toBeCloseTo(raw[0]! * scale, 12);
    expect(found[1]).toBeCloseTo(raw[1]! * scale, 12);
  });
  test('effectiveNumber keeps its digits over millions of pixels', () => {
    const found = classWeightsOf('effectiveNumber', { pixels: [95e6, 5e6], around: [1e8, 1e8] });
    const raw = [0.95, 0.05].map((share) => 1 / (1 - Math.exp(-share)));
    expect(found[1]! / found[0]!).toBeCloseTo(raw[1]! / raw[0]!, 5);
  });
});

describe('in a study', () => {
  const config: StudyInput = {
    ...tinyStudy,
    losses: [
      { kind: 'crossEntropy', classWeights: 'inverse' },
      {
        kind: 'weightedSum',
        terms: [
          { loss: { kind: 'dice' }, weight: 2 },
          { loss: { kind: 'crossEntropy', classWeights: 'medianFrequency' } },
        ],
      },
    ],
    training: { epochs: 1, batchSize: 2 },
    landscape: { enabled: false },
  };

  test('numbers come from the training images, and are recorded; the label names the scheme', async () => {
    const storage = memoryStorage();
    await study(storage, { config });
    const { material, losses } = JSON.parse(await text(storage, 'report.json')) as {
      material: { classWeights: Record<string, number[]> };
      losses: string[];
    };
    expect(losses).toEqual([
      'crossEntropy classWeights inverse',
      'weightedSum 2 dice + crossEntropy classWeights medianFrequency',
    ]);
    const setup = await makeSetup(parseStudyConfig(config), studyRegistry);
    const counts = await classCounts(setup.train);
    expect(material.classWeights).toEqual({
      inverse: classWeightsOf('inverse', counts),
      medianFrequency: classWeightsOf('medianFrequency', counts),
    });
    expect((await readModelRecord(storage)).classWeights).toEqual(material.classWeights);
    expect(setup.losses[0]!.loss.options).toMatchObject({ classWeights: material.classWeights.inverse });
    // The same numbers, written out, train the same.
    const written: StudyInput = {
      ...config,
      losses: [{ kind: 'crossEntropy', classWeights: material.classWeights.inverse! }],
    };
    const other = memoryStorage();
    await study(other, { config: written });
    const last = async (of: typeof storage) => {
      const name = (await (await openRun(of)).checkpoints()).find(
        (path) => path.startsWith('crossEntropy') && path.endsWith('latest'),
      )!;
      return (await (await openRun(of)).loadCheckpoint(name)).tensors;
    };
    expect(await last(other)).toEqual(await last(storage));
    // The terms of a sum are told apart.
    const rows = await (await openRun(storage)).history({ loss: losses[1]! });
    const value = (measure: string) =>
      rows.find((row) => row.epoch === 1 && row.split === 'train' && row.measure === measure)!.value;
    const sum = 2 * value('loss.dice') + value('loss.crossEntropy classWeights medianFrequency');
    expect(value('loss')).toBeCloseTo(sum, 5);
    // Workers elsewhere are given numbers.
    const named = namedObjective(setup);
    expect(JSON.stringify(named.config)).not.toContain('"classWeights":"');
    expect(gridRegistry().study!(named.config)).toBeTypeOf('function');
  });

  test('another word is refused, and editors know the right ones', () => {
    expect(() =>
      parseStudyConfig({ ...config, losses: [{ kind: 'crossEntropy', classWeights: 'inverted' }] }),
    ).toThrow(
      "classWeights (='inverted') must be numbers, one for each class, or one of inverse, medianFrequency, effectiveNumber",
    );
    expect(JSON.stringify(studyJsonSchema())).toContain(
      '"enum":["inverse","medianFrequency","effectiveNumber"]',
    );
  });
});
