import type { Raster } from '@segscape/core';
import { lowestLog } from '../figures/scale.js';
import { colourTable, type Scheme } from './colours.js';

export interface ColouriseOptions {
  readonly height: number;
  readonly width: number;
  /** Value of the first colour. Default the smallest finite one. */
  readonly min?: number;
  /** Value of the last colour. Default the largest finite one. */
  readonly max?: number;
  /**
   * How colours follow values. `'logarithmic'` shows six decades below the largest value, so that one bright pixel does not
   * darken all others; lower values take the first colour. Default `'linear'`.
   */
  readonly scale?: 'linear' | 'logarithmic';
  /** Default `'viridis'`. */
  readonly scheme?: Scheme;
  /** Draw a colour bar at the right, its top the largest value. Default false. */
  readonly bar?: boolean;
}

function extent(values: ArrayLike<number>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** A value's place between the ends, 0 to 1 inside. */
function shareWithin(from: number, to: number, log: boolean): (value: number) => number {
  const floor = Math.max(from, lowestLog(to));
  const place = log ? (value: number) => Math.log(Math.max(value, floor)) : (value: number) => value;
  // The difference of two huge ends is no number: halves are.
  const unit = Number.isFinite(place(to) - place(from)) ? 1 : 2;
  const start = place(from) / unit;
  const length = place(to) / unit - start || 1;
  return (value) => (place(value) / unit - start) / length;
}

/**
 * Numbers per pixel, `[height, width]`, as an RGB picture; what is not a number is mid-gray, infinities take the colours
 * of the ends.
 * @param values by row.
 * @param options height and width in pixels, the ends, scale and colours.
 * @returns uint8, three channels; wider than the values with a bar.
 */
export function colourise(
  values: ArrayLike<number>,
  { height, width, min, max, scale = 'linear', scheme = 'viridis', bar = false }: ColouriseOptions,
): Raster {
  const table = colourTable(scheme);
  const [low, high] = min === undefined || max === undefined ? extent(values) : [min, max];
  const [from, to] = [min ?? low, max ?? high];
  const share = shareWithin(from, to, scale === 'logarithmic' && to > 0);
  const index = (value: number) => Math.max(0, Math.min(255, Math.round(255 * share(value))));
  const [gap, thickness] = bar
    ? [Math.max(2, Math.round(width / 40)), Math.max(3, Math.round(width / 16))]
    : [0, 0];
  const full = width + gap + thickness;
  const data = new Uint8Array(height * full * 3).fill(255);
  const put = (y: number, x: number, at: number) =>
    data.set(table.subarray(at * 3, at * 3 + 3), (y * full + x) * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x]!;
      if (Number.isNaN(value)) data.fill(128, (y * full + x) * 3, (y * full + x) * 3 + 3);
      else put(y, x, index(value));
    }
    for (let x = 0; x < thickness; x++)
      put(y, width + gap + x, Math.round((255 * (height - 1 - y)) / Math.max(1, height - 1)));
  }
  return { data, height, width: full, channels: 3 };
}
