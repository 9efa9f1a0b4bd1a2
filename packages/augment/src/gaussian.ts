import { assertOption, type Raster } from '@segscape/core';
import { assertMode, type BorderMode, foldIndex } from './boundary.js';
import { blank, storing } from './store.js';

export interface GaussianOptions {
  /** Standard deviation, pixels. */
  readonly sigma: number;
  /** Default `'reflect'`. */
  readonly mode?: BorderMode;
  /** Default 0. */
  readonly cval?: number;
  /** The kernel is cut off at this many standard deviations. Default 4. */
  readonly truncate?: number;
}

/** One half of the normalised kernel: the weight of the centre and those at distances 1, 2, …. */
export function gaussianKernel(sigma: number, truncate: number): Float64Array {
  const radius = Math.floor(truncate * sigma + 0.5);
  const half = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp((-0.5 * k * k) / (sigma * sigma)),
  );
  let total = half[0]!;
  for (let k = 1; k <= radius; k++) total += 2 * half[k]!;
  return half.map((weight) => weight / total);
}

/** Convolves lines of `n` values, `inner` apart, with a symmetric kernel. */
function along(
  data: Float64Array,
  outer: number,
  n: number,
  inner: number,
  half: Float64Array,
  mode: BorderMode,
  cval: number,
): Float64Array {
  const out = new Float64Array(data.length);
  const radius = half.length - 1;
  const line = new Float64Array(n + 2 * radius);
  const places = Int32Array.from({ length: n + 2 * radius }, (_, i) => foldIndex(i - radius, n, mode));
  for (let block = 0; block < outer; block++)
    for (let k = 0; k < inner; k++) {
      const start = block * n * inner + k;
      for (let i = 0; i < line.length; i++)
        line[i] = places[i]! < 0 ? cval : data[start + places[i]! * inner]!;
      for (let i = 0; i < n; i++) {
        const centre = i + radius;
        let sum = half[0]! * line[centre]!;
        for (let d = 1; d <= radius; d++) sum += half[d]! * (line[centre - d]! + line[centre + d]!);
        out[start + i * inner] = sum;
      }
    }
  return out;
}

/** The filter on row-major `[height, width, channels]` values. */
export function smoothed(
  data: Float64Array,
  height: number,
  width: number,
  channels: number,
  { sigma, mode = 'reflect', cval = 0, truncate = 4 }: GaussianOptions,
): Float64Array {
  const half = gaussianKernel(sigma, truncate);
  const fold = mode === 'wrap' ? 'grid-wrap' : mode === 'constant' ? 'grid-constant' : mode;
  const rows = along(data, 1, height, width * channels, half, fold, cval);
  return along(rows, height, width, channels, half, fold, cval);
}

/**
 * Gaussian smoothing of every channel; agrees with `scipy.ndimage.gaussian_filter`. The kernel reaches
 * `floor(truncate·sigma + 0.5)` pixels and sums to 1.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gaussianFilter(raster: Raster, options: GaussianOptions): Raster {
  const { sigma, mode = 'reflect', truncate = 4 } = options;
  assertOption(sigma > 0, 'gaussianFilter', 'sigma', sigma, 'be positive, in pixels');
  assertOption(truncate > 0, 'gaussianFilter', 'truncate', truncate, 'be positive, in standard deviations');
  assertMode('gaussianFilter', mode);
  const { height, width, channels } = raster;
  const values = smoothed(Float64Array.from(raster.data), height, width, channels, options);
  const data = blank(raster.data, values.length);
  const store = storing(data);
  for (let i = 0; i < values.length; i++) store(i, values[i]!);
  return { ...raster, data };
}
