import { assertOption, assertRaster, type Raster } from '@segscape/core';
import { assertOptions, integer, list, number, options as optionsOf, word } from '@segscape/core/schema';

export interface ClaheOptions {
  /** Tiles down and across. Default `[8, 8]`. */
  readonly tiles?: readonly [number, number];
  /**
   * The most that a bin of a tile's histogram may hold, as a multiple of the bins' mean; more contrast with higher
   * ones, none is clipped at 0. Default 2.
   */
  readonly clipLimit?: number;
  /** Of RGB: the luma alone, colours keep their differences (default), or each channel by itself. */
  readonly colour?: 'luma' | 'each';
}

export const claheSchema = optionsOf<ClaheOptions>({
  tiles: list('Tiles down and across.', integer('Tiles along a side.', { minimum: 1 }), {
    default: [8, 8],
    minItems: 2,
    maxItems: 2,
  }),
  clipLimit: number(
    "The most that a bin of a tile may hold, as a multiple of the bins' mean; 0 clips none.",
    {
      default: 2,
      minimum: 0,
    },
  ),
  colour: word('Of RGB the luma alone, or each channel.', ['luma', 'each'], { default: 'luma' }),
});

type Levels = Uint8Array | Uint16Array;

/** To the nearest whole number, halves to the even one. */
function rounded(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Cuts a histogram at `most`, and spreads what was cut evenly over all bins. */
function clip(histogram: Uint32Array, most: number): void {
  const bins = histogram.length;
  let cut = 0;
  for (let i = 0; i < bins; i++)
    if (histogram[i]! > most) {
      cut += histogram[i]! - most;
      histogram[i] = most;
    }
  const each = Math.floor(cut / bins);
  let rest = cut - each * bins;
  if (each > 0) for (let i = 0; i < bins; i++) histogram[i]! += each;
  const step = Math.max(1, Math.floor(bins / Math.max(1, rest)));
  for (let i = 0; i < bins && rest > 0; i += step, rest--) histogram[i]!++;
}

/** `[0, size)` and its mirror image without the border itself. */
const mirrored = (at: number, size: number): number => {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const place = at % period;
  return place < size ? place : period - place;
};

/** One plane of levels. */
function equalized(
  values: Levels,
  height: number,
  width: number,
  [down, across]: readonly [number, number],
  limit: number,
): Levels {
  const bins = values instanceof Uint8Array ? 256 : 65_536;
  // Where the tiles do not fit, the picture is mirrored on by as much as is missing, and always a little.
  const fits = height % down === 0 && width % across === 0;
  const [tall, wide] = [height, width].map((side, i) => {
    const n = [down, across][i]!;
    return fits ? side / n : (side + n - (side % n)) / n;
  }) as [number, number];
  const most = limit > 0 ? Math.max(1, Math.floor((limit * tall * wide) / bins)) : 0;
  const scale = Math.fround((bins - 1) / (tall * wide));
  const tables = new (values.constructor as new (length: number) => Levels)(down * across * bins);
  const histogram = new Uint32Array(bins);
  for (let tile = 0; tile < down * across; tile++) {
    const [top, left] = [Math.floor(tile / across) * tall, (tile % across) * wide];
    histogram.fill(0);
    for (let y = top; y < top + tall; y++) {
      const row = mirrored(y, height) * width;
      for (let x = left; x < left + wide; x++) histogram[values[row + mirrored(x, width)]!]!++;
    }
    if (most > 0) clip(histogram, most);
    for (let i = 0, sum = 0; i < bins; i++) {
      sum += histogram[i]!;
      tables[tile * bins + i] = Math.min(bins - 1, rounded(Math.fround(sum * scale)));
    }
  }
  /** The two tiles whose centres lie about a pixel, and the share of the second. */
  const between = (at: number, size: number, count: number): readonly [number, number, number] => {
    const place = Math.fround(Math.fround(at * Math.fround(1 / size)) - 0.5);
    const first = Math.floor(place);
    return [Math.max(0, first), Math.min(count - 1, first + 1), Math.fround(place - first)];
  };
  const columns = Array.from({ length: width }, (_, x) => between(x, wide, across));
  const out = values.slice();
  for (let y = 0; y < height; y++) {
    const [upper, lower, share] = between(y, tall, down);
    for (let x = 0; x < width; x++) {
      const [left, right, part] = columns[x]!;
      const value = values[y * width + x]!;
      const of = (row: number, column: number) => tables[(row * across + column) * bins + value]!;
      const above = of(upper, left) * (1 - part) + of(upper, right) * part;
      const below = of(lower, left) * (1 - part) + of(lower, right) * part;
      out[y * width + x] = rounded(Math.fround(above * (1 - share) + below * share));
    }
  }
  return out;
}

/**
 * Contrast-limited adaptive histogram equalisation: each tile's histogram is clipped at `clipLimit` times its mean, what
 * was cut is spread over all levels, and each pixel is mapped by the cumulated histograms of the four tiles about it,
 * bilinearly (as OpenCV's `createCLAHE`, whose levels it gives). For fundus photographs and other pictures of low
 * contrast, before augmentation. Volumes slice by slice.
 *
 * @param image uint8 or uint16, `[depth,] height, width, channels`; the levels of the result are of the same type.
 * @param options see `ClaheOptions`.
 * @returns a new raster of the same size.
 * @throws {SegscapeError} `BAD_OPTION` for options out of bounds, tiles smaller than a pixel, or another type of values.
 * @see Zuiderveld, Contrast limited adaptive histogram equalization, Graphics Gems IV, 1994.
 */
export function clahe(image: Raster, options: ClaheOptions = {}): Raster {
  const where = 'clahe';
  assertRaster(where, image);
  assertOptions(where, options, claheSchema);
  const { tiles = [8, 8], clipLimit = 2, colour = 'luma' } = options;
  const { data, depth = 1, height, width, channels } = image;
  assertOption(
    data instanceof Uint8Array || data instanceof Uint16Array,
    where,
    'image',
    data.constructor.name,
    'hold uint8 or uint16 values; convert it first',
  );
  for (const [i, side] of [height, width].entries())
    assertOption(
      tiles[i]! <= side,
      where,
      'tiles',
      tiles,
      `be at most the ${height}×${width} pixels of the image`,
    );
  const pixels = height * width;
  const luma = colour === 'luma' && channels === 3;
  const out = data.slice();
  const plane = new (data.constructor as new (length: number) => Levels)(pixels);
  const full = data instanceof Uint8Array ? 255 : 65_535;
  for (let z = 0; z < depth; z++)
    for (let c = 0; c < (luma ? 1 : channels); c++) {
      const from = z * pixels * channels;
      const level = luma
        ? (at: number) => Math.round(0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!)
        : (at: number) => data[at + c]!;
      for (let i = 0; i < pixels; i++) plane[i] = level(from + i * channels);
      const done = equalized(plane, height, width, tiles, clipLimit);
      for (let i = 0; i < pixels; i++) {
        const at = from + i * channels;
        if (!luma) out[at + c] = done[i]!;
        else
          for (let k = 0; k < 3; k++)
            out[at + k] = Math.min(full, Math.max(0, data[at + k]! + done[i]! - plane[i]!));
      }
    }
  return { ...image, data: out };
}
