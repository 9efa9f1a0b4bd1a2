import { assertKnown, assertOption, random, shuffled, throwIfAborted } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { runnerOf } from '../grids/chosen-runner.js';
import { evaluateGrid, type GridOptions, gridOptions } from '../grids/grid.js';
import { type Batch, batchShares, batchTensors } from '../grids/objective.js';
import { reordered, sampleOf, samplesOf } from './batches.js';
import { quantileOf } from './quantile.js';

export interface NoiseOptions<B extends Batch> extends Omit<GridOptions<B>, 'store' | 'key' | 'attributes'> {
  /** An integer. Default 0. */
  readonly seed?: number;
}

/** Every loss at the weights, for batches of the same kind. */
async function lossesAt<B extends Batch>(
  where: string,
  options: GridOptions<B>,
): Promise<Record<string, number>> {
  const events = evaluateGrid(where, options, [], [{ index: 0, offsets: [] }]);
  for (;;) {
    const { value, done } = await events.next();
    if (!done) continue;
    throwIfAborted(options.signal, where);
    return Object.fromEntries(
      Object.entries(value.values).map(([name, column]) => [name, column[0]!] as const),
    );
  }
}

const disposeBatch = (batch: Batch) => dispose(batchTensors(batch) as Tensor[]);

/** Largest relative error of a number rounded to single precision. */
const unitRoundoff = 2 ** -24;

/** How much of a loss is rounding. */
export interface NoiseFloor {
  /** Standard deviation of the loss over orders of evaluation, at least half a unit in its last place. */
  readonly floor: number;
  /** What it is at the weights. */
  readonly value: number;
}

/** What both functions take. */
const known = [...gridOptions.filter((name) => !['store', 'key', 'attributes'].includes(name)), 'seed'];

/** The floor below which differences of a loss say nothing. */
export async function noiseFloor<B extends Batch>(
  options: NoiseOptions<B> & { readonly orders?: number },
): Promise<Record<string, NoiseFloor>> {
  assertKnown('noiseFloor', options, [...known, 'orders']);
  const { orders = 8, seed = 0, jit: _, ...grid } = options;
  const where = 'noiseFloor';
  assertOption(Number.isInteger(orders) && orders >= 2, where, 'orders', orders, 'be a whole number >= 2');
  const shares = batchShares(where, grid);
  const rng = random(seed);
  const { runner, release } = runnerOf(where, options);
  const found = new Map<string, number[]>();
  try {
    for (let k = 0; k < orders; k++) {
      const order = shuffled(grid.batches.keys(), rng);
      const batches = order.map((b) => {
        const batch = grid.batches[b]!;
        return reordered(batch, shuffled(Array(samplesOf(batch).count).keys(), rng));
      });
      try {
        const weights = order.map((b) => shares[b]!);
        const values = await lossesAt(where, { ...grid, runner, batches, weights });
        for (const [name, value] of Object.entries(values))
          found.set(name, [...(found.get(name) ?? []), value]);
      } finally {
        batches.forEach(disposeBatch);
      }
    }
  } finally {
    await release();
  }
  return Object.fromEntries(
    [...found].map(([name, values]) => {
      const value = values.reduce((sum, v) => sum + v, 0) / orders;
      const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - value) ** 2, 0) / (orders - 1));
      return [name, { floor: Math.max(spread, unitRoundoff * Math.abs(value)), value }] as const;
    }),
  );
}

/** How much a loss would differ over another sample of images. */
export interface SampleNoise {
  /** Mean over the images. */
  readonly mean: number;
  /** Standard deviation of the means of resampled images. */
  readonly standardError: number;
  /** 95 % percentile interval of the mean. */
  readonly low: number;
  readonly high: number;
  readonly images: number;
}

/** What of a loss is chance in the choice of images. */
export async function sampleNoise<B extends Batch>(
  options: NoiseOptions<B> & { readonly resamples?: number },
): Promise<Record<string, SampleNoise>> {
  assertKnown('sampleNoise', options, [...known, 'resamples']);
  const { resamples = 1000, seed = 0, weights: _, jit: __, ...grid } = options;
  const where = 'sampleNoise';
  assertOption(
    Number.isInteger(resamples) && resamples >= 100,
    where,
    'resamples',
    resamples,
    'be a whole number >= 100',
  );
  batchShares(where, grid);
  const { runner, release } = runnerOf(where, options);
  const found = new Map<string, number[]>();
  try {
    for (const batch of grid.batches)
      for (let k = 0; k < samplesOf(batch).count; k++) {
        const one = sampleOf(batch, k);
        try {
          const values = await lossesAt(where, { ...grid, runner, batches: [one] });
          for (const [name, value] of Object.entries(values))
            found.set(name, [...(found.get(name) ?? []), value]);
        } finally {
          disposeBatch(one);
        }
      }
  } finally {
    await release();
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, bootstrap(values, resamples, seed)]));
}

function bootstrap(values: readonly number[], resamples: number, seed: number): SampleNoise {
  const rng = random(seed);
  const images = values.length;
  const meanOf = (list: readonly number[] | Float64Array) => {
    let sum = 0;
    for (const v of list) sum += v;
    return sum / list.length;
  };
  const means = Float64Array.from({ length: resamples }, () =>
    meanOf(values.map(() => values[rng.integer(0, images)]!)),
  ).sort();
  const centre = meanOf(means);
  const variance = means.reduce((sum, m) => sum + (m - centre) ** 2, 0) / (resamples - 1);
  return {
    mean: meanOf(values),
    standardError: Math.sqrt(variance),
    low: quantileOf(means, 0.025),
    high: quantileOf(means, 0.975),
    images,
  };
}
