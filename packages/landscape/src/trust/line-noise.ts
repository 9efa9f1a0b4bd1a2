import { assertKnown, assertOption, optionNames, random, throwIfAborted } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { axisPlaces } from '../grids/axis.js';
import { runnerOf } from '../grids/chosen-runner.js';
import { evaluateGrid, gridOptions } from '../grids/grid.js';
import { type Batch, batchShares, batchTensors } from '../grids/objective.js';
import type { LineOptions } from '../lines/line.js';
import { sampleOf, samplesOf } from './batches.js';
import { quantileOf } from './quantile.js';

export interface LineNoiseOptions<B extends Batch>
  extends Omit<LineOptions<B>, 'store' | 'key' | 'attributes' | 'weights'> {
  /** Default 1000. */
  readonly resamples?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
}

const known = [
  ...gridOptions.filter((name) => !['store', 'key', 'attributes', 'weights'].includes(name)),
  ...optionNames<Pick<LineNoiseOptions<Batch>, 'direction' | 'x' | 'resamples' | 'seed'>>({
    direction: true,
    x: true,
    resamples: true,
    seed: true,
  }),
];

/** What of a line is chance in the choice of images: a band to draw around it. Each `[x.length]`. */
export interface LineBand {
  readonly mean: Float64Array;
  /** 95 % percentile interval of the mean at each place. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Standard deviation of the means of resampled images. */
  readonly standardError: Float64Array;
  /** That of the difference to the loss at the place nearest to x = 0: most of what images do is the same everywhere. */
  readonly differenceError: Float64Array;
}

export interface LineNoise {
  readonly x: Float64Array;
  readonly bands: Readonly<Record<string, LineBand>>;
  readonly images: number;
}

/** A band around each loss of a line. */
export async function lineNoise<B extends Batch>(options: LineNoiseOptions<B>): Promise<LineNoise> {
  const { resamples = 1000, seed = 0, direction, x: axis, jit: _, ...grid } = options;
  const where = 'lineNoise';
  assertKnown(where, options, known);
  const whole = Number.isInteger(resamples) && resamples >= 100;
  assertOption(whole, where, 'resamples', resamples, 'be a whole number >= 100');
  batchShares(where, grid);
  const x = axisPlaces(`${where}: x`, axis);
  const points = Array.from(x, (offset, index) => ({ index, offsets: [offset] }));
  const { runner, release } = runnerOf(where, options);
  /** By loss, then image: the loss at every place. */
  const found = new Map<string, Float32Array[]>();
  try {
    for (const batch of grid.batches)
      for (let k = 0; k < samplesOf(batch).count; k++) {
        const one = sampleOf(batch, k);
        try {
          const events = evaluateGrid(where, { ...grid, runner, batches: [one] }, [direction], points);
          let next = await events.next();
          while (!next.done) next = await events.next();
          throwIfAborted(options.signal, where);
          for (const [name, column] of Object.entries(next.value.values))
            found.set(name, [...(found.get(name) ?? []), column]);
        } finally {
          dispose(batchTensors(one) as Tensor[]);
        }
      }
  } finally {
    await release();
  }
  const centre = x.reduce((best, place, i) => (Math.abs(place) < Math.abs(x[best]!) ? i : best), 0);
  const bands = Object.fromEntries(
    [...found].map(([name, images]) => [name, bandOf(images, centre, resamples, seed)]),
  );
  return { x, bands, images: [...found.values()][0]?.length ?? 0 };
}

const deviation = (values: Float64Array): number => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
};

/** The same images are drawn for every place, so that the band of a difference is right too. */
function bandOf(images: readonly Float32Array[], centre: number, resamples: number, seed: number): LineBand {
  const [count, places] = [images.length, images[0]!.length];
  const rng = random(seed);
  const means = Array.from({ length: places }, () => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++)
    for (let draw = 0; draw < count; draw++) {
      const image = images[rng.integer(0, count)]!;
      for (let i = 0; i < places; i++) means[i]![r]! += image[i]! / count;
    }
  const each = (of: (means: Float64Array, place: number) => number) =>
    Float64Array.from(means, (list, i) => of(list, i));
  const quantile = (share: number) => (list: Float64Array) => quantileOf(list.slice().sort(), share);
  return {
    mean: each((_, i) => images.reduce((sum, image) => sum + image[i]!, 0) / count),
    low: each(quantile(0.025)),
    high: each(quantile(0.975)),
    standardError: each(deviation),
    differenceError: each((list) => deviation(list.map((value, r) => value - means[centre]![r]!))),
  };
}
