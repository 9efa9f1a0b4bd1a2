import { assertOption, assertRaster, type Raster, type RasterData, SegscapeError } from '@segscape/core';
import { assertMode, type BorderMode } from './boundary.js';
import { assertField, type DisplacementField } from './field.js';
import { paddedValues } from './padded.js';
import { findTaps, type Order, taps } from './sampler.js';
import { cubicWeights, prefilter } from './spline.js';
import { blank, storing } from './store.js';

export interface WarpOptions {
  /** 0 nearest neighbour, 1 linear, 3 cubic B-spline. Default 1. */
  readonly order?: Order;
  /** Default `'reflect'`. */
  readonly mode?: BorderMode;
  /** Value outside for `'constant'` and `'grid-constant'`. Default 0. */
  readonly cval?: number;
}

/** An image ready to be sampled: values or spline coefficients, and how far it was padded. */
interface Source {
  readonly data: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly shift: number;
}

function sourceOf(raster: Raster, order: Order, mode: BorderMode, cval: number): Source {
  const { height, width, channels } = raster;
  if (order < 3) return { data: raster.data, height, width, channels, shift: 0 };
  // As scipy: for these two modes the spline is fitted to the image with a margin.
  const shift = mode === 'nearest' || mode === 'grid-constant' ? 12 : 0;
  const data = paddedValues(raster, shift, mode, cval);
  const [h, w] = [height + 2 * shift, width + 2 * shift];
  prefilter(data, h, w, channels, mode);
  return { data, height: h, width: w, channels, shift };
}

/**
 * Resamples an image at displaced coordinates: `output(y, x) = input(y + dy, x + dx)`. Agrees with
 * `scipy.ndimage.map_coordinates` for orders 0, 1 and 3 and all border modes. The result has the field's size and the
 * raster's type; integers are rounded and clamped.
 *
 *     warp(image, elasticField({ height, width, alpha: 34, sigma: 6 }, rng), { order: 1, mode: 'reflect' });
 *
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function warp(
  raster: Raster,
  field: DisplacementField,
  { order = 1, mode = 'reflect', cval = 0 }: WarpOptions = {},
): Raster {
  const where = 'warp';
  assertOption(order === 0 || order === 1 || order === 3, where, 'order', order, 'be 0, 1 or 3');
  assertMode(where, mode);
  assertRaster(where, raster);
  assertField(where, field);
  if (raster.depth !== undefined)
    throw new SegscapeError('SHAPE_MISMATCH', `${where}: volumes are not supported; warp plane by plane.`);
  const { height, width } = field;
  const { channels } = raster;
  const data = blank(raster.data, height * width * channels);
  const source = sourceOf(raster, order, mode, cval);
  const run = order === 0 ? sampleNearest : order === 1 ? sampleLinear : sampleCubic;
  run(source, field, data, borderSampler(source, order, mode, cval, data));
  return { data, height, width, channels, ...(raster.spacing && { spacing: raster.spacing }) };
}

/** Writes the channels of one pixel of the result, the careful way that knows the borders. */
type BorderSampler = (y: number, x: number, at: number) => void;

function borderSampler(
  { data, height, width, channels }: Source,
  order: Order,
  mode: BorderMode,
  cval: number,
  out: RasterData,
): BorderSampler {
  const [rows, columns] = [taps(), taps()];
  const store = storing(out);
  return (y, x, at) => {
    const inside = findTaps(y, height, order, mode, rows) && findTaps(x, width, order, mode, columns);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      if (!inside) sum = cval;
      else
        for (let i = 0; i <= order; i++)
          for (let j = 0; j <= order; j++) {
            const [row, column] = [rows.index[i]!, columns.index[j]!];
            const value = row < 0 || column < 0 ? cval : data[(row * width + column) * channels + c]!;
            sum += rows.weight[i]! * columns.weight[j]! * value;
          }
      store(at + c, sum);
    }
  };
}

function sampleNearest(
  source: Source,
  field: DisplacementField,
  out: RasterData,
  border: BorderSampler,
): void {
  const { data, height, width, channels } = source;
  const { dy, dx } = field;
  for (let y = 0, p = 0, at = 0; y < field.height; y++)
    for (let x = 0; x < field.width; x++, p++, at += channels) {
      const [cy, cx] = [y + dy[p]!, x + dx[p]!];
      if (cy >= 0 && cx >= 0 && cy <= height - 1 && cx <= width - 1) {
        const from = (Math.floor(cy + 0.5) * width + Math.floor(cx + 0.5)) * channels;
        for (let c = 0; c < channels; c++) out[at + c] = data[from + c]!;
      } else border(cy, cx, at);
    }
}

function sampleLinear(
  source: Source,
  field: DisplacementField,
  out: RasterData,
  border: BorderSampler,
): void {
  const { data, height, width, channels } = source;
  const { dy, dx } = field;
  const row = width * channels;
  // The interior is never out of range; only rounding differs between integers and floats.
  const half = out instanceof Float32Array ? 0 : 0.5;
  const signed = out instanceof Int16Array || out instanceof Int32Array;
  for (let y = 0, p = 0, at = 0; y < field.height; y++)
    for (let x = 0; x < field.width; x++, p++, at += channels) {
      const cy = y + dy[p]!;
      const cx = x + dx[p]!;
      if (cy >= 0 && cx >= 0 && cy < height - 1 && cx < width - 1) {
        const iy = Math.floor(cy);
        const ix = Math.floor(cx);
        const v = cy - iy;
        const u = cx - ix;
        const from = iy * row + ix * channels;
        const [w00, w01, w10, w11] = [(1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u];
        for (let c = 0; c < channels; c++) {
          const a = from + c;
          const b = a + row;
          const value =
            w00 * data[a]! + w01 * data[a + channels]! + w10 * data[b]! + w11 * data[b + channels]!;
          out[at + c] = signed && value < 0 ? value - half : value + half;
        }
      } else border(cy, cx, at);
    }
}

function sampleCubic(source: Source, field: DisplacementField, out: RasterData, border: BorderSampler): void {
  const { data, height, width, channels, shift } = source;
  const { dy, dx } = field;
  const row = width * channels;
  const store = storing(out);
  const [wy, wx] = [new Float64Array(4), new Float64Array(4)];
  for (let y = 0, p = 0, at = 0; y < field.height; y++)
    for (let x = 0; x < field.width; x++, p++, at += channels) {
      const cy = y + dy[p]! + shift;
      const cx = x + dx[p]! + shift;
      if (cy >= 1 && cx >= 1 && cy < height - 2 && cx < width - 2) {
        const iy = Math.floor(cy);
        const ix = Math.floor(cx);
        cubicWeights(cy - iy, wy);
        cubicWeights(cx - ix, wx);
        const from = (iy - 1) * row + (ix - 1) * channels;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let i = 0, a = from + c; i < 4; i++, a += row)
            sum +=
              wy[i]! *
              (wx[0]! * data[a]! +
                wx[1]! * data[a + channels]! +
                wx[2]! * data[a + 2 * channels]! +
                wx[3]! * data[a + 3 * channels]!);
          store(at + c, sum);
        }
      } else border(cy, cx, at);
    }
}
