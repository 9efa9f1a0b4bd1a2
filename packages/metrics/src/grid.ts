import { type Raster, SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Values in host memory, row-major, with their shape. */
export interface Grid {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** What a metric reads: a tensor, values in host memory, or a raster (read as `[1, [depth,] height, width]`). */
export type Values = Tensor | Grid | Raster;

/** A plain answer for values in host memory, a promise of it when a tensor had to be read. */
export type Answer<V, R> = [Extract<V, Tensor>] extends [never] ? R : Promise<R>;

const isTensor = (values: Values): values is Tensor => 'dataId' in values;

function hostGrid(values: Grid | Raster): Grid {
  if ('shape' in values) return values;
  const { data, depth, height, width, channels } = values;
  const spatial = depth === undefined ? [height, width] : [depth, height, width];
  return { data, shape: channels === 1 ? [1, ...spatial] : [1, ...spatial, channels] };
}

/** Copies a tensor to host memory without stalling a GPU; other values pass as they are. */
export async function readGrid(values: Values): Promise<Grid> {
  return isTensor(values) ? { data: await values.data(), shape: values.shape } : hostGrid(values);
}

/** Runs `compute` on host copies: at once where everything is in host memory, else when the tensors are read. */
export function onGrids<V extends Values, R>(
  values: readonly V[],
  compute: (...grids: [Grid, Grid]) => R,
): Answer<V, R> {
  const run = (grids: Grid[]) => compute(grids[0]!, grids[1]!);
  const answer = values.some(isTensor)
    ? Promise.all(values.map(readGrid)).then(run)
    : run(values.map((v) => hostGrid(v as Grid | Raster)));
  return answer as Answer<V, R>;
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

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

/**
 * Class indices from labels given beside scores of shape `shape` (`[batch, …spatial, classes]`): indices when
 * one axis is missing (or the last is 1 beside several classes), one-hot or soft when the shapes are equal.
 */
export function labelPlane(where: string, labels: Grid, shape: readonly number[]): LabelPlane {
  const spatial = shape.slice(0, -1);
  const channels = shape.at(-1)!;
  const images = spatial[0] ?? 1;
  const pixels = sizeOf(spatial.slice(1));
  const same = (a: readonly number[], b: readonly number[]) => a.join() === b.join();
  if (same(labels.shape, spatial) || same(labels.shape, [...spatial, 1])) {
    // One channel beside one-channel scores may be soft: 0.5 and above is the object.
    if (channels === 1 && labels.shape.length === shape.length)
      return { data: Int32Array.from(labels.data, Math.round), images, pixels };
    return { data: labels.data, images, pixels };
  }
  if (!same(labels.shape, shape))
    shapeError(where, `labels shaped [${spatial}] (class indices) or [${shape}] (one-hot)`, labels.shape);
  const data = new Int32Array(images * pixels);
  for (let i = 0; i < data.length; i++) data[i] = largestAt(labels.data, i * channels, channels);
  return { data, images, pixels };
}
