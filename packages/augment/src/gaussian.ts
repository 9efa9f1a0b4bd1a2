import { assertOption, type Raster } from '@segscape/core';
import {
  assertOptions,
  either,
  type JsonSchema,
  number,
  options as optionsOf,
  positive,
} from '@segscape/core/schema';
import { kernels } from '#kernels';
import { isList } from './assert-value.js';
import { type BorderMode, foldIndex } from './boundary.js';
import { shapeOf } from './extent.js';
import { assertImage } from './given.js';
import type { Smoother, SmoothingPass } from './kernel-jobs.js';
import * as shared from './shared-options.js';
import { blank, storing } from './store.js';
import { linesOf } from './strips.js';

/** One for all axes, or one for each: `[y, x]`, of a volume `[z, y, x]`. */
export type PerAxis = number | readonly number[];

export interface GaussianOptions {
  /** Standard deviation, pixels, one for all axes or one for each; 0 leaves an axis as it is. */
  readonly sigma: PerAxis;
  /** Default `'reflect'`. */
  readonly mode?: BorderMode;
  /** Default 0. */
  readonly cval?: number;
  /** The kernel is cut off at this many standard deviations. Default 4. */
  readonly truncate?: number;
}

/** One half of the normalised kernel: the weight of the centre and those at distances 1, 2, …. */
function gaussianKernel(sigma: number, truncate: number): Float64Array {
  const radius = Math.floor(truncate * sigma + 0.5);
  const half = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp((-0.5 * k * k) / (sigma * sigma)),
  );
  let total = half[0]!;
  for (let k = 1; k <= radius; k++) total += 2 * half[k]!;
  return half.map((weight) => weight / total);
}

/** The filter on row-major `[...shape, channels]` values, which its `values` take. */
export function smoother(
  shape: readonly number[],
  channels: number,
  { sigma, mode = 'reflect', cval = 0, truncate = 4 }: GaussianOptions,
): Smoother {
  const fold = mode === 'wrap' ? 'grid-wrap' : mode === 'constant' ? 'grid-constant' : mode;
  const passes: SmoothingPass[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const width = typeof sigma === 'number' ? sigma : sigma[axis]!;
    const half = gaussianKernel(width || 1, truncate);
    const radius = half.length - 1;
    // A kernel of one weight multiplies by exactly 1; so does a sigma of 0.
    if (width === 0 || radius === 0) continue;
    const lines = linesOf(shape, channels, axis);
    const { n } = lines;
    const places = Int32Array.from({ length: n + 2 * radius }, (_, i) => foldIndex(i - radius, n, fold));
    passes.push({ lines, half, places });
  }
  return kernels().smoother(
    shape.reduce((count, n) => count * n, channels),
    passes,
    cval,
  );
}

/** Checks that sigma fits the axes of a raster or a field. */
export function assertSigma(where: string, sigma: PerAxis, axes: number, mayBeZero: boolean): void {
  const list = isList(sigma) ? Array.from(sigma as ArrayLike<unknown>) : [sigma];
  const fits = (value: unknown) =>
    typeof value === 'number' && Number.isFinite(value) && (mayBeZero ? value >= 0 : value > 0);
  const least = mayBeZero ? 'be at least 0, in pixels' : 'be positive, in pixels';
  assertOption(list.every(fits), where, 'sigma', sigma, least);
  const hasAll = !isList(sigma) || list.length === axes;
  assertOption(hasAll, where, 'sigma', sigma, `be a number or have ${axes}, one for each axis`);
}

/** One for all axes or one for each: how many there are, the raster says. */
export const perAxis = (description: string): JsonSchema =>
  either(description, [
    { type: 'number', unit: 'pixels' },
    { type: 'array', items: { type: 'number', unit: 'pixels' } },
  ]);

export const gaussianFilterSchema = optionsOf<GaussianOptions>(
  {
    sigma: perAxis('Standard deviation, one for all axes or one for each; 0 leaves an axis as it is.'),
    mode: shared.mode,
    cval: shared.cval,
    truncate: number('Where the kernel is cut off.', {
      default: 4,
      ...positive,
      unit: 'standard deviations',
    }),
  },
  ['sigma'],
);

/**
 * Gaussian smoothing of every channel along both axes, of a volume along all three; agrees with
 * `scipy.ndimage.gaussian_filter`. The kernel reaches `floor(truncate·sigma + 0.5)` pixels and sums to 1. To smooth the
 * slices of a volume alone: `sigma: [0, 2, 2]`.
 * @param raster a plane or a volume of any type.
 * @param options their defaults stand with their types.
 * @returns a raster of the same type.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function gaussianFilter(raster: Raster, options: GaussianOptions): Raster {
  const where = 'gaussianFilter';
  assertOptions(where, options, gaussianFilterSchema);
  assertImage(where, raster);
  const shape = shapeOf(raster);
  assertSigma(where, options.sigma, shape.length, true);
  const { values, run } = smoother(shape, raster.channels, options);
  values.set(raster.data);
  run();
  const data = blank(raster.data, values.length);
  const store = storing(data);
  for (let i = 0; i < values.length; i++) store(i, values[i]!);
  return { ...raster, data };
}
