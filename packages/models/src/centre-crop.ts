import { assertOption } from '@segscape/core';
import { clone, slice, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The middle of `[batch, …spatial, channels]`, of the given spatial size; where the rest is odd, one pixel more
 * is cut off at the end than at the beginning.
 * @param x a batch.
 * @param size pixels along each spatial axis.
 * @returns `[batch, …size, channels]`.
 * @throws {SegscapeError} `BAD_OPTION` when `size` is larger than the tensor.
 */
export function centreCrop(x: Tensor, size: readonly number[]): Tensor {
  const whole = x.shape.slice(1, -1);
  assertOption(
    size.length === whole.length &&
      size.every((n, axis) => Number.isInteger(n) && n > 0 && n <= whole[axis]!),
    'centreCrop',
    'size',
    size,
    `fit into [${whole.join(', ')}]`,
  );
  if (size.every((n, axis) => n === whole[axis])) return clone(x);
  const start = whole.map((n, axis) => Math.floor((n - size[axis]!) / 2));
  return slice(x, [0, ...start, 0], [-1, ...size, -1]);
}
