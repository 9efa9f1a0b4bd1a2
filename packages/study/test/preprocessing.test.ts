import { type Raster, random } from '@segscape/core';
import { clahe, measureIntensities, toFloats } from '@segscape/data';
import { memoryStorage, openRun } from '@segscape/runs';
import { openPredictor, parseStudyConfig, readModelRecord, studyRegistry } from '@segscape/study';
import { dispose } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { makeSetup } from '../src/make-setup.js';
import { normalizeText } from '../src/preprocessing.js';
import { study, tinyStudy } from './tiny-study.js';

const config = (changes: object) =>
  parseStudyConfig({ ...tinyStudy, augment: [], data: { ...tinyStudy.data, ...changes } });
const setup = (changes: object) => makeSetup(config(changes), studyRegistry);

describe('in training', () => {
  test('figures are those of the training images alone, and reach the batches', async () => {
    const { preprocessing, train, evaluationBatches } = await setup({ normalize: { by: 'zscore' } });
    expect(preprocessing.normalize).toEqual(await measureIntensities(train, 'zscore'));
    for await (const { images, labels } of evaluationBatches(train, 1)) {
      const { image } = await train.get(0);
      expect(Array.from(await images.data())).toEqual(Array.from(toFloats(image, preprocessing.normalize)));
      dispose([images, labels]);
    }
  });

  test.each(['percentile', { by: 'percentile', of: 'image' }])('%j is by image', async (normalize) => {
    expect((await setup({ normalize })).preprocessing).toEqual({ normalize: 'percentile' });
  });

  test('clahe changes images as they are read, and the summary says so', async () => {
    const { train, summary, preprocessing } = await setup({ clahe: { tiles: [4, 4] } });
    const { train: plain } = await setup({});
    const { image } = await plain.get(0);
    expect((await train.get(0)).image.data).toEqual(clahe(image, { tiles: [4, 4] }).data);
    expect((await train.get(0)).image.data).not.toEqual(image.data);
    expect(summary.dataset).toMatchObject({ clahe: { tiles: [4, 4] } });
    expect(preprocessing).toEqual({ clahe: { tiles: [4, 4] } });
    expect((await setup({ clahe: false })).preprocessing).toEqual({});
  });

  test('what is not known is refused', () => {
    expect(() => config({ normalize: 'zscor' })).toThrow('data.normalize');
    expect(() => config({ clahe: { clip: 2 } })).toThrow('data.clahe');
    expect(() => config({ normalise: 'zscore' })).toThrow("Did you mean 'normalize'?");
  });
});

test('a run records it, and predict does the same to a new image', async () => {
  const rng = random(4);
  const image: Raster = {
    data: Uint8Array.from({ length: 32 * 32 * 3 }, () => rng.integer(60, 120)),
    height: 32,
    width: 32,
    channels: 3,
  };
  const storage = memoryStorage();
  const changed = { normalize: { by: 'zscore' as const, of: 'dataset' as const }, clahe: true };
  await study(storage, {
    config: { ...tinyStudy, landscape: { enabled: false }, data: { ...tinyStudy.data, ...changed } },
  });
  const record = await readModelRecord(storage);
  const { preprocessing } = await setup(changed);
  expect(record.preprocessing).toEqual(preprocessing);

  const predictor = await openPredictor(storage, { loss: 'dice', jit: { executor: 'eager' } });
  const { probabilities } = await predictor.predict(image);
  // The same network, told to leave images alone, on the image prepared by hand.
  const { preprocessing: __, ...plain } = record;
  await (await openRun(storage)).storage.write(
    'model.json',
    JSON.stringify({ ...plain, preprocessing: { normalize: 'none' } }),
  );
  const bare = await openPredictor(storage, { loss: 'dice', jit: { executor: 'eager' } });
  const data = toFloats(clahe(image), preprocessing.normalize);
  const byHand = await bare.predict({ ...image, data });
  expect(probabilities.data).toEqual(byHand.probabilities.data);
  expect(probabilities.data).not.toEqual((await bare.predict(image)).probabilities.data);
  await predictor.dispose();
  await bare.dispose();
});

test('words for exported models', () => {
  expect(normalizeText()).toBe('scale: uint8 / 255, uint16 / 65535');
  expect(normalizeText({ mean: [0.5, 0.25], deviation: [1, 2] })).toBe(
    '(value - [0.5, 0.25]) / [1, 2] by channel, after uint8 / 255, uint16 / 65535',
  );
  expect(normalizeText({ low: [0], high: [1] })).toBe(
    '(value - [0]) / ([1] - [0]) by channel, after uint8 / 255, uint16 / 65535',
  );
  for (const word of ['none', 'zscore', 'percentile', 'minmax'] as const)
    expect(normalizeText(word).startsWith(`${word}: `)).toBe(true);
});
