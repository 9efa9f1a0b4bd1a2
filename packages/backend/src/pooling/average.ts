import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Window } from './window.js';

/** How many pixels of the image each window sees along one axis. */
const counts = ({ input, output, kernel, strides, before }: Window, axis: number) =>
  Array.from({ length: output[axis]! }, (_, i) => {
    const start = i * strides[axis]! - before[axis]!;
    return Math.min(start + kernel[axis]!, input[axis]!) - Math.max(start, 0);
  });

/**
 * What a window's average weighs against one over all its places, `[1, …output, 1]`: more at the border, where places
 * outside the image are not counted. Undefined where no window leaves the image.
 */
export function borderWeights(window: Window): Tensor | undefined {
  const perAxis = window.kernel.map((k, axis) => counts(window, axis).map((count) => k / count));
  if (perAxis.every((weights) => weights.every((w) => w === 1))) return undefined;
  const all = perAxis.reduce((grid, weights) => grid.flatMap((a) => weights.map((b) => a * b)), [1]);
  return tensor(Float32Array.from(all), [1, ...window.output, 1]);
}
