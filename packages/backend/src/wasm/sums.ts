import {
  add,
  backend_util,
  cast,
  div,
  reshape,
  slice,
  sum,
  type Tensor,
  tidy,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import type { Attrs, Inputs, Kernel } from '../kernels/registry.js';

/** How many numbers are added one to the other, in single precision, before blocks of them are. */
const block = 32;

const axesOf = (x: Tensor, { axis }: Attrs): number[] => util.parseAxisParam(axis as number[], x.shape);

const countOf = (x: Tensor, axes: readonly number[]) =>
  util.sizeFromShape(axes.map((axis) => x.shape[axis]!));

/** Whether the backend's own mean, which adds one number after the other, will do. */
export const isShort = ({ x }: Inputs, attrs: Attrs): boolean =>
  x!.size === 0 || countOf(x!, axesOf(x!, attrs)) <= block;

/** Whether the backend's own sum will do: of whole numbers it is exact. */
export const sumsWell = (inputs: Inputs, attrs: Attrs): boolean =>
  inputs.x!.dtype !== 'float32' || isShort(inputs, attrs);

/** The largest divisor of `n` that is no more than a block and at least a quarter of one. */
function lengthFor(n: number): number | undefined {
  for (let length = block; length >= block / 4; length--) if (n % length === 0) return length;
  return undefined;
}

/** Sums of the rows of `[rows, n]`: of blocks, then of the sums, so that errors do not grow with n. */
function rowSums(x: Tensor): Tensor {
  const [rows, n] = x.shape as [number, number];
  if (n <= block) return sum(x, 1);
  const length = lengthFor(n);
  if (length !== undefined)
    return rowSums(reshape(sum(reshape(x, [(rows * n) / length, length]), 1), [rows, n / length]));
  const whole = n - (n % block);
  return add(rowSums(slice(x, [0, 0], [rows, whole])), sum(slice(x, [0, whole], [rows, n - whole]), 1));
}

/** `Sum` of floats over any axes. */
export const blockwiseSum = (x: Tensor, attrs: Attrs): Tensor =>
  tidy(() => {
    const axes = axesOf(x, attrs);
    const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
    const rest = kept.map((axis) => x.shape[axis]!);
    const count = countOf(x, axes);
    const turned =
      backend_util.getAxesPermutation(axes, x.rank) === null ? x : transpose(x, [...kept, ...axes]);
    const sums = rowSums(reshape(turned, [x.size / count, count]));
    return reshape(sums, attrs.keepDims ? backend_util.expandShapeToKeepDim(rest, axes) : rest);
  });

/** `Mean` of numbers of any type, as a sum of floats. */
export const blockwiseMean: Kernel = ({ x }, attrs) =>
  tidy(() => {
    const floats = cast(x!, 'float32');
    return div(sum(floats, axesOf(floats, attrs), attrs.keepDims as boolean), countOf(x!, axesOf(x!, attrs)));
  });
