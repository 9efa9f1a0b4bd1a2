import { expectTensors } from '@segscape/testing';
import { add, dispose, log, mean, mul, type Scalar, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import { inline, lineNoise, sampleNoise } from '../../src/index.js';

interface Images {
  readonly slope: Tensor;
  readonly level: Tensor;
}

const count = 40;
const levels = Array.from({ length: count }, (_, k) => ((7 * k) % count) / count);
const slopes = Array.from({ length: count }, (_, k) => 2 + ((11 * k) % count) / 10);
const deviation = (values: readonly number[]) => {
  const centre = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / values.length);
};
/** Two batches of different sizes. */
const batchesOf = (slope: readonly number[]): Images[] =>
  [
    [0, 15],
    [15, count],
  ].map(([from, to]) => ({ slope: tensor(slope.slice(from, to)), level: tensor(levels.slice(from, to)) }));

describe('lineNoise', () => {
  const params = { w: tensor([0]) };
  const direction = { w: tensor([1]) };
  const runner = inline({ executor: 'eager' });
  const objective = (p: Record<string, Tensor>, { slope, level }: Images) => ({
    loss: mean(add(mul(slope, p.w!), level)) as Scalar,
  });
  const x = [-1, 1, 5] as const;
  afterAll(async () => {
    await runner.dispose();
    dispose([params.w, direction.w]);
  });
  const bands = async (slope: readonly number[]) => {
    const batches = batchesOf(slope);
    try {
      return await expectTensors(0, () =>
        lineNoise({ objective, params, direction, x, batches, runner, resamples: 4000, seed: 3 }),
      );
    } finally {
      for (const batch of batches) dispose([batch.slope, batch.level]);
    }
  };

  test('mean and spread are those of the images at every place', async () => {
    const { x: places, bands: found, images } = await bands(slopes);
    expect(images).toBe(count);
    const { mean: middle, low, high, standardError, differenceError } = found.loss!;
    for (const [i, place] of places.entries()) {
      const values = slopes.map((slope, k) => slope * place + levels[k]!);
      const error = deviation(values) / Math.sqrt(count);
      expect(middle[i]).toBeCloseTo(values.reduce((a, b) => a + b, 0) / count, 5);
      expect(standardError[i]! / error).toBeGreaterThan(0.94);
      expect(standardError[i]! / error).toBeLessThan(1.06);
      expect((high[i]! - low[i]!) / (2 * 1.96 * error)).toBeGreaterThan(0.93);
      expect((high[i]! - low[i]!) / (2 * 1.96 * error)).toBeLessThan(1.07);
      const moved = (Math.abs(place) * deviation(slopes)) / Math.sqrt(count);
      expect(differenceError[i]! - moved).toBeLessThan(0.06 * moved + 1e-9);
      expect(moved - differenceError[i]!).toBeLessThan(0.06 * moved + 1e-9);
    }
  });

  test('what images add everywhere is no difference between places', async () => {
    const { bands: found } = await bands(Array<number>(count).fill(3));
    expect(Math.max(...found.loss!.differenceError)).toBeLessThan(1e-6);
    expect(Math.min(...found.loss!.standardError)).toBeGreaterThan(0.03);
  });

  test('of a loss that is not finite nothing is known, and without images nothing at all', async () => {
    const batches = batchesOf(slopes);
    const roots = (p: Record<string, Tensor>, { level }: Images) => ({
      // The first image has the level 0.
      loss: mean(log(sub(level, mul(p.w!, p.w!)))) as Scalar,
    });
    const given = { params, batches, runner, seed: 3, objective: roots };
    const { bands: found } = await lineNoise({ ...given, direction, x: [0, 0.01, 2] });
    for (const part of ['mean', 'low', 'high', 'standardError'] as const)
      expect([...found.loss![part]], part).toEqual([Number.NaN, Number.NaN]);
    const { loss } = await sampleNoise(given);
    expect(loss).toEqual({
      mean: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
      standardError: Number.NaN,
      images: count,
    });
    for (const none of [
      sampleNoise({ ...given, batches: [] }),
      lineNoise({ ...given, direction, x, batches: [] }),
    ])
      await expect(none).rejects.toThrow('expected at least one batch');
    for (const batch of batches) dispose([batch.slope, batch.level]);
  });

  test('too few resamples and unknown options are refused', async () => {
    const options = { objective, params, direction, x, batches: [], runner };
    await expect(lineNoise({ ...options, resamples: 10 })).rejects.toThrow(
      'resamples (=10) must be a whole number >= 100',
    );
    await expect(lineNoise({ ...options, ...{ resample: 200 } })).rejects.toMatchObject({
      code: 'BAD_OPTION',
    });
  });
});
