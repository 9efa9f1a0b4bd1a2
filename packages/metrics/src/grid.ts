import type { Raster } from '@segscape/core';
import { isTensor, SegscapeError, sameShape, sizeOf } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Grid, type GridLike, type Nested, plainGrid } from './plain-values.js';

/**
 * What a metric reads: a tensor, values in host memory with their shape, nested arrays, or a raster (read as
 * `[1, [depth,] height, width]`). True is 1.
 */
export type Values = Tensor | GridLike | Raster | Nested;

/** A plain answer for values in host memory, a promise of it when a tensor had to be read. */
export type Answer<V, R> = [Extract<V, Tensor>] extends [never] ? R : Promise<R>;

const toGrid = async (where: string, values: Values): Promise<Grid> =>
  isTensor(values) ? { data: await values.data(), shape: values.shape } : plainGrid(where, values);

/**
 * Copies a tensor to host memory without stalling a GPU; other values are brought to one form.
 * @param values a tensor, plain arrays, a raster, or `{ data, shape }`.
 * @returns data in host memory, with their shape.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for values that do not say their shape.
 */
export const readGrid = (values: Values): Promise<Grid> => toGrid('readGrid', values);

/** Both values on the host, for the named function. */
export const readGrids = (where: string, ...values: [Values, Values]): Promise<[Grid, Grid]> =>
  Promise.all([toGrid(where, values[0]), toGrid(where, values[1])]);

/** Runs `compute` on host copies: at once where everything is in host memory, else when the tensors are read. */
export function onGrids<V extends Values, W extends Values, R>(
  where: string,
  [first, second]: readonly [V, W],
  compute: (first: Grid, second: Grid) => R,
): Answer<V | W, R> {
  const answer =
    isTensor(first) || isTensor(second)
      ? readGrids(where, first, second).then((grids) => compute(...grids))
      : compute(plainGrid(where, first), plainGrid(where, second));
  return answer as Answer<V | W, R>;
}

/** Throws `SHAPE_MISMATCH`, naming both shapes. */
export function shapeError(where: string, expected: string, got: readonly number[], advice = ''): never {
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: expected ${expected}, got [${got.join(', ')}].${advice && ` ${advice}`}`,
    { details: { got } },
  );
}

/** Class indices of one batch: `[batch, …spatial]`, `images × pixels` values. */
export interface LabelPlane {
  readonly data: ArrayLike<number>;
  readonly images: number;
  readonly pixels: number;
}

/** Index of the largest of `count` values from `start`; the first wins a tie. */
export function largestAt(data: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (data[start + c]! > data[start + best]!) best = c;
  return best;
}

/** Class of a one-hot or soft pixel; `ignoreIndex` where an entry is that, NaN where it can be no class. */
function classOf(
  data: ArrayLike<number>,
  start: number,
  channels: number,
  ignoreIndex: number | undefined,
): number {
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    const share = data[start + c]!;
    if (share === ignoreIndex && !(share >= 0 && share < channels)) return share;
    if (!(share >= 0 && share <= 1)) return Number.NaN;
    sum += share;
  }
  return sum === 0 ? Number.NaN : largestAt(data, start, channels);
}

/**
 * Class indices from labels given beside scores of shape `shape` (`[batch, …spatial, classes]`): indices when
 * one axis is missing (or the last is 1 beside several classes), one-hot or soft when the shapes are equal.
 * @throws {SegscapeError} `SHAPE_MISMATCH`; `MASK_VALUE_UNKNOWN` for one-hot labels of no class.
 */
export function labelPlane(
  where: string,
  labels: Grid,
  shape: readonly number[],
  ignoreIndex: number | undefined,
): LabelPlane {
  const spatial = shape.slice(0, -1);
  const channels = shape.at(-1)!;
  const images = spatial[0] ?? 1;
  const pixels = sizeOf(spatial.slice(1));
  if (sameShape(labels.shape, spatial) || sameShape(labels.shape, [...spatial, 1])) {
    // One channel beside one-channel scores may be soft: 0.5 and above is the object.
    if (channels === 1 && labels.shape.length === shape.length) {
      const toClass = (share: number) => (share >= 0 && share <= 1 ? Math.round(share) : share);
      return { data: Float64Array.from(labels.data, toClass), images, pixels };
    }
    return { data: labels.data, images, pixels };
  }
  if (!sameShape(labels.shape, shape))
    shapeError(where, `labels shaped [${spatial}] (class indices) or [${shape}] (one-hot)`, labels.shape);
  const data = new Float64Array(images * pixels);
  for (let i = 0; i < data.length; i++) {
    data[i] = classOf(labels.data, i * channels, channels, ignoreIndex);
    if (!Number.isNaN(data[i])) continue;
    const given = Array.from({ length: channels }, (_, c) => labels.data[i * channels + c]!);
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: the label [${given.join(', ')}] of pixel ${i} is of no class. One-hot and soft labels lie in [0, 1] and are not all 0.`,
      { details: { label: given, pixel: i } },
    );
  }
  return { data, images, pixels };
}
