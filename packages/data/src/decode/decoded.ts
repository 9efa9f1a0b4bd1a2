import type { Raster, RasterData } from '@segscape/core';
import { coloured } from './coloured.js';
import { assertDeclared } from './faults.js';
import { stretched } from './few-bits.js';
import { oriented } from './orientation.js';

/** Rows and columns of a picture. */
interface Size {
  readonly height: number;
  readonly width: number;
}

/** What a decoder found, before it is known whether it is a picture or a label map. */
export interface Decoded {
  /** Raw stored values: palette indices where there is a palette, 0–1 for one bit. */
  readonly raster: Raster;
  /** Bits of a stored value. */
  readonly bits: number;
  /** Colours of the indices, three bytes each; with `alpha` of the indices four. */
  readonly palette?: Uint8Array;
  /** Size of the picture in the file, where the raster is a smaller one of it. */
  readonly whole?: Size;
  /** True when the palette's colours are of four bytes. */
  readonly paletteAlpha?: boolean;
  /** True when the last channel is an alpha channel. */
  readonly alpha?: boolean;
  /** True when its channels are volumes or planes of their own, so that they are no colour. */
  readonly separate?: boolean;
  /** True when 0 is stored for white. */
  readonly whiteIsZero?: boolean;
  /** How the rows and columns are to be turned, 1 (not at all) to 8, as TIFF and EXIF number it. */
  readonly orientation?: number;
  /** Integers as they are stored, where some do not fit an Int32Array; `raster.data` is then empty of them. */
  readonly wide?: Float64Array;
}

export interface Finish {
  readonly as: 'image' | 'labels' | 'instances';
  readonly alpha: 'keep' | 'drop';
  readonly orientation: 'apply' | 'ignore';
  readonly maxBytes: number;
}

/** A finished picture, and whether its last channel is alpha. */
export interface Picture {
  /** Its size in the file, turned as it is, where the raster is a smaller one. */
  readonly whole?: Size;
  readonly raster: Raster;
  readonly alpha: boolean;
  /** True when its channels are volumes, or pages, of their own. */
  readonly separate?: boolean;
}

/** Ids from 1 on in the order of the stored values, 0 staying 0. */
function renumbered(values: Float64Array): Int32Array {
  const known = values.slice().sort();
  let count = 0;
  for (let i = 0; i < known.length; i++)
    if (known[i] !== 0 && (count === 0 || known[i] !== known[count - 1])) known[count++] = known[i]!;
  const place = (id: number): number => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (known[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  const out = new Int32Array(values.length);
  let [last, name] = [0, 0];
  for (let i = 0; i < out.length; i++) {
    // Label images are made of long runs; only where one ends is its name looked up.
    if (values[i] !== last) {
      last = values[i]!;
      name = last === 0 ? 0 : place(last);
    }
    out[i] = name;
  }
  return out;
}

/** Drops the last channel. */
export function withoutLast({ data, channels, ...rest }: Raster): Raster {
  const to = channels - 1;
  const pixels = data.length / channels;
  const out = new (data.constructor as new (length: number) => RasterData)(pixels * to);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < to; c++) out[i * to + c] = data[i * channels + c]!;
  return { ...rest, data: out, channels: to };
}

function lookedUp(
  raster: Raster,
  palette: Uint8Array,
  paletteAlpha: boolean,
  labels: boolean,
  maxBytes: number,
) {
  const entry = paletteAlpha ? 4 : 3;
  let gray = true;
  for (let i = 0; i < palette.length; i += entry)
    gray &&= palette[i] === palette[i + 1] && palette[i] === palette[i + 2];
  if (!gray && labels) return raster;
  const { data, channels } = raster;
  // A stored alpha follows the index and stays the last channel.
  const beside = channels - 1;
  const colours = gray ? 1 : 3;
  const veil = paletteAlpha ? 1 : 0;
  const step = colours + veil + beside;
  const { height, width, depth } = raster;
  assertDeclared({ height, width, channels: step, ...(depth !== undefined && { depth }) }, { maxBytes });
  const pixels = data.length / channels;
  if (!gray && step === 3 && data instanceof Uint8Array)
    return { ...raster, data: coloured(data, palette), channels: step };
  const out = new Uint8Array(pixels * step);
  for (let i = 0; i < pixels; i++) {
    const from = entry * data[i * channels]!;
    let at = i * step;
    for (let c = 0; c < colours; c++) out[at++] = palette[from + c]!;
    if (veil === 1) out[at++] = palette[from + 3]!;
    if (beside > 0) out[at] = data[i * channels + 1]!;
  }
  return { ...raster, data: out, channels: step };
}

/** The value that refuses an Int32Array. */
const largest = (values: Float64Array) => values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);

/**
 * As a picture: palette colours looked up (one channel when all are gray), few-bit values stretched to 0–255, white
 * made the largest value. As labels: indices and values as they are stored, except that a palette of grays alone is
 * looked up, since tools write gray masks that way.
 * @throws {Error} where integers beyond 32 bits signed are no instances.
 */
export function finished(decoded: Decoded, { as, alpha, orientation, maxBytes }: Finish): Picture {
  const { bits, palette, paletteAlpha = false, wide } = decoded;
  const labels = as !== 'image';
  let { raster } = decoded;
  if (wide !== undefined) {
    if (as !== 'instances') throw new TooWide(largest(wide));
    raster = { ...raster, data: renumbered(wide) };
  }
  if (
    decoded.whiteIsZero &&
    !labels &&
    (raster.data instanceof Uint8Array || raster.data instanceof Uint16Array)
  ) {
    const white = 2 ** bits - 1;
    const step = raster.channels;
    const own = decoded.alpha ? step - 1 : step;
    const data = raster.data.slice();
    for (let i = 0; i < data.length; i++) if (i % step < own) data[i] = white - data[i]!;
    raster = { ...raster, data };
  }
  if (palette !== undefined) raster = lookedUp(raster, palette, paletteAlpha, labels, maxBytes);
  else if (bits < 8 && !labels) {
    raster = { ...raster, data: stretched(raster.data as Uint8Array, bits) };
  }
  const transparent = decoded.alpha === true || (paletteAlpha && raster.channels > decoded.raster.channels);
  if (alpha === 'drop' && transparent && raster.channels > 1) raster = withoutLast(raster);
  return {
    raster: orientation === 'apply' ? oriented(raster, decoded.orientation ?? 1) : raster,
    alpha: transparent && alpha === 'keep',
    ...(decoded.separate && { separate: true }),
    ...(decoded.whole && {
      whole: turnedSize(decoded.whole, orientation === 'apply' ? decoded.orientation : 1),
    }),
  };
}

/** A size after the turn of an orientation: 5 to 8 lay the picture on its side. */
const turnedSize = ({ height, width }: Size, orientation = 1): Size =>
  orientation < 5 ? { height, width } : { height: width, width: height };

/** Integers that an Int32Array can't hold. */
export class TooWide extends Error {
  constructor(readonly value: number) {
    super(`holds the integer ${value}, beyond the ±2147483647 of its 32 bits`);
  }
}
