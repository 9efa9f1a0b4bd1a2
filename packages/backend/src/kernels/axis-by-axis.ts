import { pad, reshape, slice, type Tensor, util } from '@tensorflow/tfjs-core';

/**
 * Runs `fn` over one axis after the other, each as the middle one of `[outer, n, inner]`: backends have fast kernels for
 * few axes, and slow or no kernels for many.
 */
export const axisByAxis = (x: Tensor, fn: (rows: Tensor, axis: number) => Tensor): Tensor =>
  x.shape.reduce((current: Tensor, n, axis) => {
    const [front, back] = [current.shape.slice(0, axis), current.shape.slice(axis + 1)];
    const rows = reshape(current, [util.sizeFromShape(front), n, util.sizeFromShape(back)]);
    const result = fn(rows, axis);
    return result === rows ? current : reshape(result, [...front, result.shape[1]!, ...back]);
  }, x);

/** Padding of the middle axis. */
export const padRows = (rows: Tensor, before: number, after: number, value = 0): Tensor =>
  before + after === 0
    ? rows
    : pad(
        rows,
        [
          [0, 0],
          [before, after],
          [0, 0],
        ],
        value,
      );

/** `count` of the middle axis, from `start` on, every `stride`-th: whole runs of values are copied. */
export function everyNth(rows: Tensor, start: number, stride: number, count: number): Tensor {
  const [outer, n, inner] = rows.shape as [number, number, number];
  if (stride === 1)
    return start === 0 && count === n ? rows : slice(rows, [0, start, 0], [outer, count, inner]);
  const span = Math.min(count * stride, n - start);
  const part = padRows(slice(rows, [0, start, 0], [outer, span, inner]), 0, count * stride - span);
  return slice(reshape(part, [outer, count, stride * inner]), [0, 0, 0], [outer, count, inner]);
}

/** `count` of the middle axis of `[outer, n, inner]` from `start` on, with `value` before the first and after the last. */
export function stretch(rows: Tensor, start: number, count: number, value = 0): Tensor {
  const n = rows.shape[1]!;
  const within = (place: number) => Math.min(Math.max(place, 0), n);
  const [from, to] = [within(start), within(start + count)];
  const before = Math.min(Math.max(-start, 0), count);
  return padRows(everyNth(rows, from, 1, to - from), before, count - before - (to - from), value);
}
