import type { Raster, SegscapeError } from '@segscape/core';
import { tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averageSurfaceDistance,
  brierScore,
  byImageAndClass,
  confidenceMap,
  confusionMatrix,
  expectedCalibrationError,
  hausdorffDistance,
  instanceScores,
  iou,
  pixelAccuracy,
  randScore,
  reliability,
  scoreRecord,
  segmentationMetrics,
  surfaceDice,
  surfaceDistances,
} from '../src/index.js';

async function errorOf(action: () => unknown): Promise<SegscapeError> {
  try {
    await action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}

const grid = (data: readonly number[], shape: readonly number[] = [1, 1, data.length]) => ({
  data: [...data],
  shape,
});
const impossible = [0.5, -1, 7, Number.NaN, Number.POSITIVE_INFINITY];

describe('labels that are no class', () => {
  test.each(impossible)('%d is refused by segmentationMetrics', async (value) => {
    const metrics = segmentationMetrics({ classes: 3 });
    const logits = grid([1, 0, 0, 0, 1, 0], [1, 1, 2, 3]);
    const message = `label ${value} is not one of the 3 classes 0…2. Map it to a class, or set ignoreIndex.`;
    const scored = await errorOf(() => metrics.update(grid([0, value]), logits));
    expect(scored.message).toBe(`segmentationMetrics.update: ${message}`);
    const predicted = await errorOf(() => metrics.updatePredictions(grid([0, value]), grid([0, 1])));
    expect(predicted.message).toBe(`segmentationMetrics.updatePredictions: ${message}`);
    expect((await errorOf(() => metrics.updatePredictions(grid([0, 1]), grid([0, value])))).code).toBe(
      'MASK_VALUE_UNKNOWN',
    );
    // A batch that is refused leaves nothing behind.
    expect(metrics.compute().pixels).toBe(0);
  });

  test.each(impossible)('%d is refused by the other scores', async (value) => {
    const [fine, odd] = [grid([0, 1]), grid([0, value])];
    const probabilities = grid([1, 0, 0, 0, 1, 0], [1, 1, 2, 3]);
    const calls = [
      () => iou(odd, fine, { classes: 3 }),
      () => iou(fine, odd, { classes: 3 }),
      () => confusionMatrix(odd, fine, { classes: 3 }),
      () => confusionMatrix(fine, odd, { classes: 3 }),
      () => byImageAndClass(odd, fine, { classes: 3 }, () => 0),
      () => byImageAndClass(fine, odd, { classes: 3 }, () => 0),
      () => reliability(odd, probabilities),
      () => expectedCalibrationError(odd, probabilities),
      () => brierScore(odd, probabilities),
      () => confidenceMap(odd, probabilities),
    ];
    for (const call of calls) expect((await errorOf(call)).code).toBe('MASK_VALUE_UNKNOWN');
    if (value === 7) return; // a class, an object and a mask value like another
    const free = [
      () => pixelAccuracy(odd, fine),
      () => pixelAccuracy(fine, odd),
      () => instanceScores(odd, fine),
      () => randScore(fine, odd),
      ...(value === -1 ? [] : [() => hausdorffDistance(odd, fine), () => surfaceDice(fine, odd)]),
    ];
    for (const call of free) expect((await errorOf(call)).code).toBe('MASK_VALUE_UNKNOWN');
  });

  test('one-hot labels of no class or of impossible shares', async () => {
    const scores = grid([1, 0, 0, 1], [1, 1, 2, 2]);
    const metrics = segmentationMetrics({ classes: 2, ignoreIndex: 255 });
    const update = (labels: number[]) => metrics.update(grid(labels, [1, 1, 2, 2]), scores);
    for (const odd of [
      [0, 0],
      [1.5, 0],
      [Number.NaN, 1],
      [-1, 1],
    ])
      expect((await errorOf(() => update([1, 0, ...odd]))).message).toBe(
        `segmentationMetrics.update: the label [${odd.join(', ')}] of pixel 1 is of no class. One-hot and soft labels lie in [0, 1] and are not all 0.`,
      );
    await update([1, 0, 255, 255]);
    expect(metrics.compute().pixels).toBe(1);
  });

  test('one channel of labels beside one of scores: soft ones are rounded, others are refused', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    const update = (label: number) => metrics.update(grid([label], [1, 1, 1, 1]), grid([3], [1, 1, 1, 1]));
    await update(0.6);
    expect(metrics.compute().iou[1]).toBe(1);
    for (const odd of [1.4, -0.2, 255, Number.NaN])
      expect((await errorOf(() => update(odd))).code).toBe('MASK_VALUE_UNKNOWN');
  });
});

describe('scores that are not finite', () => {
  const truth = grid([0, 0, 1, 1]);

  test('a network of NaN is wrong everywhere, never all background', async () => {
    for (const channels of [1, 2])
      for (const input of ['logits', 'probabilities'] as const) {
        const metrics = segmentationMetrics({ classes: 2, input });
        const scores = grid(new Array(4 * channels).fill(Number.NaN), [1, 1, 4, channels]);
        await metrics.update(truth, scores);
        const result = metrics.compute();
        expect(result).toMatchObject({
          pixels: 4,
          nonFinite: 4,
          pixelAccuracy: 0,
          iou: [0, 0],
          dice: [0, 0],
        });
        expect(result).toMatchObject({
          recall: [0, 0],
          specificity: [0, 0],
          confidence: [0, 0],
          areaRatio: [0, 0],
        });
        expect(result.confusionMatrix).toEqual([
          [0, 0],
          [0, 0],
        ]);
      }
  });

  test('one NaN pixel of four: its class loses a quarter of all, precision is of what was decided', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(truth, grid([2, 0, Number.NaN, 0, 0, 2, 0, 2], [1, 1, 4, 2]));
    const {
      iou: overlap,
      recall,
      precision,
      specificity,
      pixelAccuracy: accuracy,
      nonFinite,
    } = metrics.compute();
    expect({ overlap, recall, precision, specificity, accuracy, nonFinite }).toEqual({
      overlap: [0.5, 1],
      recall: [0.5, 1],
      precision: [1, 1],
      specificity: [1, 0.5],
      accuracy: 0.75,
      nonFinite: 1,
    });
    expect(metrics.compute({ over: 'images' }).nonFinite).toBe(1);
    const merged = segmentationMetrics({ classes: 2 });
    merged.restore(JSON.parse(JSON.stringify(metrics.state())));
    merged.merge(metrics);
    expect(merged.compute()).toMatchObject({ nonFinite: 2, pixelAccuracy: 0.75 });
    expect(Object.values(scoreRecord(merged.compute())).every(Number.isFinite)).toBe(true);
  });

  test('infinite logits decide as their limit, and are counted apart', async () => {
    const inf = Number.POSITIVE_INFINITY;
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(truth, grid([inf, 0, 0, -inf, -inf, inf, inf, inf], [1, 1, 4, 2]));
    const { confusionMatrix: matrix, confidence, nonFinite } = metrics.compute();
    expect(matrix).toEqual([
      [2, 0],
      [1, 1],
    ]);
    expect(confidence).toEqual([1, 0.75]);
    expect(nonFinite).toBe(4);
    const binary = segmentationMetrics({ classes: 2 });
    await binary.update(truth, grid([-inf, inf, inf, -inf], [1, 1, 4, 1]));
    expect(binary.compute()).toMatchObject({ pixelAccuracy: 0.5, confidence: [0.5, 0.5], nonFinite: 4 });
  });

  test('minus infinity for every class is no prediction', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(grid([0]), grid([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], [1, 1, 1, 2]));
    expect(metrics.compute()).toMatchObject({ pixelAccuracy: 0, nonFinite: 1 });
  });

  test('ignored pixels are not counted', async () => {
    const metrics = segmentationMetrics({ classes: 2, ignoreIndex: 255 });
    await metrics.update(grid([255, 1]), grid([Number.NaN, 0, 0, 1], [1, 1, 2, 2]));
    expect(metrics.compute()).toMatchObject({ nonFinite: 0, pixels: 1 });
  });

  test('more NaN never raises a score', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 12 }),
        fc.nat(11),
        async (pixels, at) => {
          const labels = grid(pixels.map(([label]) => label));
          const scores = pixels.flatMap(([, predicted]) => [0, 1, 2].map((c) => (c === predicted ? 2 : 0)));
          const run = async (data: number[]) => {
            const metrics = segmentationMetrics({ classes: 3, zeroDivision: 0 });
            await metrics.update(labels, grid(data, [1, 1, pixels.length, 3]));
            return metrics.compute();
          };
          const whole = await run(scores);
          const spoilt = await run(scores.map((value, i) => (Math.floor(i / 3) === at ? Number.NaN : value)));
          expect(spoilt.pixelAccuracy).toBeLessThanOrEqual(whole.pixelAccuracy);
          spoilt.recall.forEach((recall, c) => {
            expect(recall).toBeLessThanOrEqual(whole.recall[c]!);
          });
        },
      ),
    ));

  test('probabilities of calibration must be probabilities', async () => {
    const labels = grid([0, 1]);
    const probabilities = (p: number) => grid([0.5, 0.5, 1 - p, p], [1, 1, 2, 2]);
    const all = { reliability, expectedCalibrationError, brierScore };
    for (const [name, measure] of Object.entries(all)) {
      expect((await errorOf(() => measure(labels, probabilities(Number.NaN)))).message).toBe(
        `${name}: a probability of pixel 1 is NaN. segmentationMetrics counts such pixels apart, as nonFinite.`,
      );
      expect((await errorOf(() => measure(labels, probabilities(3)))).message).toBe(
        `${name}: probabilities (=-2 at pixel 1) must be in [0, 1]. Take the softmax or sigmoid of logits first.`,
      );
      expect((await errorOf(() => measure(tensor([0, 1], [1, 1, 2]), probabilities(3)))).code).toBe(
        'BAD_OPTION',
      );
    }
    expect([...confidenceMap(labels, probabilities(Number.NaN)).data]).toEqual([0.5, Number.NaN]);
    expect((await errorOf(() => confidenceMap(labels, probabilities(3)))).message).toBe(
      'confidenceMap: probabilities (=-2 at pixel 1) must be in [0, 1]. Take the softmax or sigmoid of logits first.',
    );
  });
});

test('byImageAndClass wants something to measure', async () => {
  const call = () => byImageAndClass(grid([0, 1]), grid([0, 1]), { classes: 2 }, undefined as never);
  expect((await errorOf(call)).message).toBe(
    'byImageAndClass: measure (=undefined) must be a function of the true and the predicted mask.',
  );
});

describe('class names', () => {
  const make = (...classes: string[]) => errorOf(() => segmentationMetrics({ classes }));

  test('that would be lost in a table are refused', async () => {
    expect((await make('a', 'mean')).message).toBe(
      "segmentationMetrics: classes[1] (='mean') must be another name: that column is the mean over the classes.",
    );
    expect((await make('a', 'a')).message).toBe(
      "segmentationMetrics: classes[1] (='a') must be a name that no other class has.",
    );
    expect((await make('a', 'b\nc')).message).toBe(
      "segmentationMetrics: classes[1] (='b\nc') must be of one line, without control characters.",
    );
    expect((await make('a', ' ')).message).toBe("segmentationMetrics: classes[1] (=' ') must be a name.");
    for (const classes of [1, 2.5, Number.NaN, '2' as never])
      expect((await errorOf(() => segmentationMetrics({ classes }))).message).toContain('must be at least 2');
  });

  test('that objects have of their own are names like others', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const metrics = segmentationMetrics({ classes: names });
    await metrics.updatePredictions(grid([0, 1, 2, 3]), grid([0, 1, 2, 3]));
    const record = scoreRecord(metrics.compute());
    for (const name of names) expect(record[`iou.${name}`]).toBe(1);
  });
});

describe("the rasters' own pixel size", () => {
  const at = (x: number, spacing?: readonly number[]): Raster => ({
    data: Uint8Array.from({ length: 8 }, (_, i) => Number(i === x)),
    height: 2,
    width: 4,
    channels: 1,
    ...(spacing && { spacing }),
  });
  const [a, b] = [at(0, [1, 0.5]), at(3, [1, 0.5])];

  test('is the unit of every distance, unless spacing is given', () => {
    expect(hausdorffDistance(a, b)).toBe(1.5);
    expect(averageSurfaceDistance(a, b)).toBe(1.5);
    expect(surfaceDice(a, b, { tolerance: 1.5 })).toBe(1);
    expect(surfaceDistances(a, b).truthToPrediction.distances[0]).toBe(1.5);
    expect(hausdorffDistance(a, b, { spacing: [1, 1] })).toBe(3);
    expect(hausdorffDistance(at(0), b)).toBe(1.5);
    expect(hausdorffDistance(at(0), at(3))).toBe(3);
    expect(hausdorffDistance(a, b, { surface: 'contours' })).toBe(1.5);
    const distances = byImageAndClass(a, b, { classes: 2 }, (t, p) => hausdorffDistance(t, p));
    expect(distances).toEqual([[1.5]]);
  });

  test('that differs between the two is refused', async () => {
    expect((await errorOf(() => hausdorffDistance(a, at(3, [2, 2])))).message).toBe(
      'hausdorffDistance: spacing (=[[1,0.5],[2,2]]) must be one for both masks; bring them to one grid, or give it as an option.',
    );
    expect(hausdorffDistance(a, at(3, [2, 2]), { spacing: [1, 2] })).toBe(6);
  });
});
