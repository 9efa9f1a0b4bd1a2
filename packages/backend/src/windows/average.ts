import { cast, type Tensor, tensor, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Window } from './window.js';

/** How many pixels of the image each window sees along one axis. */
const counts = ({ input, output, kernel, strides, before }: Window, axis: number) =>
  Array.from({ length: output[axis]! }, (_, i) => {
    const start = i * strides[axis]! - before[axis]!;
    return Math.max(0, Math.min(start + kernel[axis]!, input[axis]!) - Math.max(start, 0));
  });

/** One number for every place of the output, `[1, …output, 1]`: the product of those of its axes. */
function grid({ output }: Window, perAxis: readonly (readonly number[])[]): Tensor {
  const all = perAxis.reduce<number[]>(
    (values, along) => values.flatMap((a) => along.map((b) => a * b)),
    [1],
  );
  return tensor(Float32Array.from(all), [1, ...output, 1]);
}

/**
 * What a window's average weighs against one over all its places, `[1, …output, 1]`: more at the border, where places
 * outside the image are not counted, and nothing where none lies within. Undefined where no window leaves the image.
 */
export function borderWeights(window: Window): Tensor | undefined {
  const perAxis = window.kernel.map((k, axis) => counts(window, axis).map((n) => (n === 0 ? 0 : k / n)));
  return perAxis.every((weights) => weights.every((w) => w === 1)) ? undefined : grid(window, perAxis);
}

/**
 * The reciprocal of those weights: the share of a window's places that lie within the image. Undefined where all do.
 */
export function shareWithin(window: Window): Tensor | undefined {
  const perAxis = window.kernel.map((k, axis) => counts(window, axis).map((n) => n / k));
  return perAxis.every((shares) => shares.every((n) => n === 1)) ? undefined : grid(window, perAxis);
}

/** Averages of volumes, 0 where a window sees nothing of the image, as TensorFlow.js has it on the cpu backend. */
export function withoutOutside(averages: Tensor, window: Window): Tensor {
  const perAxis = window.kernel.map((_, axis) => counts(window, axis).map((n) => Math.min(n, 1)));
  if (perAxis.every((seen) => seen.every((n) => n === 1))) return averages;
  return where(cast(grid(window, perAxis), 'bool'), averages, zerosLike(averages));
}
