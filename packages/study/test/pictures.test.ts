import { memoryStorage, openRun } from '@segscape/runs';
import { parseStudyConfig, type StudyInput } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { picturePlan } from '../src/plan/picture-plan.js';
import { casesOf, shownImages } from '../src/plan/shown-images.js';
import { disputeOver, jaccardDistance } from '../src/tasks/disputes.js';
import type { Evaluation } from '../src/tasks/evaluation.js';
import { copyOf, mappedStudy, study, text, tinyStudy } from './tiny-study.js';

const plan = (
  report: { samples?: number; pictureEpochs?: number | 'last' },
  sizes = {},
  kept = [0, 1, 3, 7, 15],
) =>
  picturePlan(
    parseStudyConfig({ report }).report,
    { shown: 6, pixels: 1024, networks: 2, maps: 2, ...sizes },
    kept,
  );

describe('how much is drawn', () => {
  test('by itself a handful of the kept epochs, the first among them', () => {
    expect(plan({})).toEqual({ mapped: 6, followed: 3, epochs: [0, 1, 3, 7, 15] });
    expect(plan({}, {}, [0, 1, 2, 3, 5, 8, 13, 21, 34]).epochs).toEqual([0, 2, 5, 13, 34]);
    expect(plan({}, {}, [])).toEqual({ mapped: 6, followed: 0, epochs: [] });
    expect(plan({}, { shown: 2 })).toMatchObject({ mapped: 2, followed: 2 });
  });
  test('as many as the config says, or none', () => {
    expect(plan({ pictureEpochs: 2 }).epochs).toEqual([0, 15]);
    expect(plan({ pictureEpochs: 1 }).epochs).toEqual([0]);
    for (const pictureEpochs of [0, 'last'] as const)
      expect(plan({ pictureEpochs })).toEqual({ mapped: 6, followed: 0, epochs: [] });
    expect(() => parseStudyConfig({ report: { pictureEpochs: -1 } })).toThrow('pictureEpochs');
  });
  test('bounded: 2^24 pixels of loss maps beside those of the first images', () => {
    // Four maps of 2^20 pixels an image: 3 images are 12 · 2^20, which leaves 4 · 2^20, the maps of one more image.
    const large = { pixels: 2 ** 20 };
    expect(plan({}, large)).toEqual({ mapped: 4, followed: 0, epochs: [] });
    expect(plan({ samples: 1 }, large)).toEqual({ mapped: 1, followed: 1, epochs: [0, 3, 15] });
    expect(plan({ samples: 1, pictureEpochs: 5 }, large)).toMatchObject({
      followed: 1,
      epochs: [0, 1, 3, 7, 15],
    });
    // No loss is pixelwise: there is nothing to bound.
    expect(plan({}, { pixels: 2 ** 20, maps: 0 })).toEqual({
      mapped: 6,
      followed: 3,
      epochs: [0, 1, 3, 7, 15],
    });
  });
});

describe('which images are shown', () => {
  const images = [
    { id: 'a', scores: { ce: 0.5, dice: Number.NaN }, disputes: { ce: 0.1, dice: 0.1 } },
    { id: 'b', scores: { ce: 0.2, dice: 0.9 }, disputes: { ce: 0.3, dice: 0.2 } },
    { id: 'c', scores: { ce: 0.2, dice: 0.4 }, disputes: { ce: 0.2, dice: 0.7 } },
    { id: 'd', scores: { ce: 0.9, dice: 0.4 }, disputes: { ce: 0, dice: 0 } },
  ];
  test('the worst, the best and the most disputed of each loss; the first of equal ones', () => {
    expect(casesOf(images, ['ce', 'dice', 'lost'])).toEqual([
      { loss: 'ce', worst: 'b', best: 'd', disputed: 'b' },
      { loss: 'dice', worst: 'c', best: 'b', disputed: 'c' },
    ]);
    const alone = images.map(({ id, scores }) => ({ id, scores }));
    expect(casesOf(alone, ['ce'])).toEqual([{ loss: 'ce', worst: 'b', best: 'd' }]);
  });
  test('all of these, and others up to the number that is asked for', () => {
    const cases = casesOf(images, ['ce', 'dice']);
    expect(shownImages(['a', 'b', 'c', 'd'], cases, 1)).toEqual(['b', 'd', 'c']);
    expect(shownImages(['a', 'b', 'c', 'd'], cases, 9)).toEqual(['b', 'd', 'c', 'a']);
    expect(shownImages(['a', 'b', 'c'], [], 2)).toEqual(['a', 'b']);
  });
});

describe('how far masks are from each other', () => {
  test('the share of what either says that they say differently', () => {
    expect(jaccardDistance([0, 1, 1, 0], [0, 1, 0, 1])).toBeCloseTo(2 / 3, 12);
    expect(jaccardDistance([0, 0], [0, 0])).toBe(0);
    expect(jaccardDistance([1, 2], [2, 1])).toBe(1);
    expect(jaccardDistance([1, 1, 0], [1, 0, 1], (i) => i === 2)).toBeCloseTo(1 / 2, 12);
  });
  test('over all pairs, and of each loss against the others', () => {
    const masks = { a: [1, 1, 0, 0], b: [1, 0, 0, 0], c: [0, 0, 1, 0] };
    const { disagreement, byLoss } = disputeOver('x', masks);
    expect(byLoss.a).toBeCloseTo((1 / 2 + 1) / 2, 12);
    expect(byLoss.c).toBe(1);
    expect(disagreement).toBeCloseTo((1 / 2 + 1 + 1) / 3, 12);
  });
});

describe('pictures of a study', () => {
  const config = {
    ...mappedStudy,
    data: { ...tinyStudy.data, count: 10, split: { test: 5 } },
    training: { epochs: 4, batchSize: 2 },
    report: { samples: 2, pictureEpochs: 3 },
  } as const satisfies StudyInput;
  const storage = memoryStorage();
  const evaluation = async (of = storage) => JSON.parse(await text(of, 'evaluation.json')) as Evaluation;
  beforeAll(() => expectTensors(0, () => study(storage, { config })), 180_000);

  test('go through the kept epochs, with every kind of picture at each, for every loss', async () => {
    const { pictures } = await evaluation();
    const maps = new Set((await openRun(storage)).maps && (await (await openRun(storage)).maps()));
    const shown = pictures.filter(({ group }) => group !== 'augmentation');
    for (const { name, values } of shown) {
      expect(maps).toContain(name);
      if (values) expect(maps).toContain(values.name);
    }
    expect(new Set(shown.map(({ name }) => name)).size).toBe(shown.length);
    const ids = [...new Set(shown.map(({ sample }) => sample))];
    const scored = (id: string | undefined, loss: string, epoch?: number) =>
      shown.filter((one) => one.sample === id && one.loss === loss && one.epoch === epoch);
    for (const [place, id] of ids.entries())
      for (const loss of ['CE 1:1', 'dice'])
        for (const epoch of [undefined, 0, 2, 3]) {
          const own = scored(id, loss, epoch).map(({ title }) => title);
          // Dice is no loss of single pixels.
          expect(own, `${id} ${loss} ${epoch}`).toEqual(
            epoch === undefined || place < 2
              ? ['Prediction', 'Difference', '1 − confidence in the truth', 'CE 1:1']
              : [],
          );
        }
    expect(new Set(shown.flatMap(({ epoch }) => epoch ?? []))).toEqual(new Set([0, 2, 3]));
    // An image's own pictures come first, then the scored networks', then epochs as they rise.
    const order = shown.filter(({ sample }) => sample === ids[0]).map(({ epoch = -1 }) => epoch);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('differ from epoch to epoch; before training they are the same of every loss', async () => {
    const { pictures } = await evaluation();
    const run = await openRun(storage);
    const id = pictures.find(({ epoch }) => epoch === 0)?.sample;
    const bytesOf = async (loss: string, epoch?: number) => {
      const found = pictures.find(
        (one) => one.sample === id && one.loss === loss && one.epoch === epoch && one.group === 'confidence',
      )!;
      return Buffer.from(await run.readMap(found.name)).toString('base64');
    };
    expect(await bytesOf('CE 1:1', 0)).toBe(await bytesOf('dice', 0));
    expect(await bytesOf('CE 1:1', 3)).not.toBe(await bytesOf('CE 1:1', 0));
    expect(await bytesOf('CE 1:1')).not.toBe(await bytesOf('CE 1:1', 3));
  });

  test('are of the worst, best and most disputed among all test images; the disputes are of all', async () => {
    const { scores, disputes, cases, pictures } = await evaluation();
    expect(disputes!.images.map(({ id }) => id)).toEqual(scores[0]!.images.map(({ id }) => id));
    expect(disputes).toMatchObject({ measure: 'jaccardDistance', seeds: { 'CE 1:1': 1, dice: 1 } });
    for (const { disagreement, byLoss } of disputes!.images) {
      // Of two losses each is as far from the other.
      expect(byLoss['CE 1:1']).toBe(disagreement);
      expect(byLoss.dice).toBe(disagreement);
      expect(disagreement).toBeGreaterThanOrEqual(0);
      expect(disagreement).toBeLessThanOrEqual(1);
    }
    const sampled = new Set(pictures.flatMap(({ sample }) => sample ?? []));
    expect(cases!.map(({ loss }) => loss)).toEqual(['CE 1:1', 'dice']);
    for (const { loss, worst, best, disputed } of cases!) {
      const values = new Map(
        scores
          .find((entry) => entry.loss === loss)!
          .images.map((image) => [image.id, Number(image['iou.disc'])]),
      );
      expect(values.get(worst)).toBe(Math.min(...values.values()));
      expect(values.get(best)).toBe(Math.max(...values.values()));
      for (const id of [worst, best, disputed!]) expect(sampled).toContain(id);
    }
    const facts = JSON.parse(await text(storage, 'report.json'));
    expect(facts.cases).toEqual(cases);
    expect(facts.disputes).toEqual(disputes);
  });

  test('drawn anew to the same ones when an earlier picture is damaged', async () => {
    const copy = await copyOf(storage);
    const path = (await copy.list('maps')).find((name) => name.includes('epoch-0002'))!;
    await copy.write(path, new Uint8Array([1, 2, 3]));
    await study(copy, { config, resume: true });
    expect(await text(copy, 'evaluation.json')).toBe(await text(storage, 'evaluation.json'));
    expect(Buffer.compare(await copy.read(path), await storage.read(path))).toBe(0);
  });

  test('one loss alone has no disputes', async () => {
    const alone = memoryStorage();
    await study(alone, {
      config: {
        ...config,
        losses: ['dice'],
        training: { epochs: 1, batchSize: 2 },
        landscape: { enabled: false },
      },
    });
    const { disputes, cases, pictures } = await evaluation(alone);
    expect(disputes).toBeUndefined();
    expect(cases).toHaveLength(1);
    expect(cases![0]).not.toHaveProperty('disputed');
    expect(pictures.some(({ epoch }) => epoch === 0)).toBe(true);
  });
});

test('large images, too, are drawn by the network of each loss', async () => {
  const storage = memoryStorage();
  const config: StudyInput = {
    ...tinyStudy,
    data: { ...tinyStudy.data, count: 4, height: 64, width: 64, split: { test: 1 } },
    losses: ['crossEntropy', { kind: 'crossEntropy', classWeights: [1, 30], label: 'weighted' }],
    landscape: { enabled: false },
  };
  await study(storage, { config });
  const { disputes } = JSON.parse(await text(storage, 'evaluation.json')) as Evaluation;
  // Weights of 1:30 and 1:1 after two epochs call no image alike.
  for (const { byLoss } of disputes!.images)
    for (const value of Object.values(byLoss)) expect(value).toBeGreaterThan(0);
  const drawn = (await storage.list('maps')).filter((path) => path.endsWith('-confidence.png'));
  const last = drawn.filter((path) => !path.includes('-epoch-'));
  expect(last).toHaveLength(2);
  const [first, second] = await Promise.all(last.map((path) => storage.read(path)));
  expect(Buffer.compare(first!, second!)).not.toBe(0);
});
