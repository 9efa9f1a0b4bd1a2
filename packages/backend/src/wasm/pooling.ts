import { clipByValue, engine, type NamedAttrMap, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { everyNth } from '../kernels/axis-by-axis.js';
import type { Window } from '../pooling/window.js';

/** Not-a-number as minus infinity, so that a maximum passes it over as the cpu backend's does; the rest as it is. */
export const withoutNaN = (x: Tensor): Tensor =>
  clipByValue(x, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

/** Pooling of volumes `[N, D, H, W, C]` by the backend's pooling of planes: over rows and columns, then over the depth. */
export function volumePooling(kernelName: 'MaxPool' | 'AvgPool', x: Tensor, window: Window): Tensor {
  const { input, output, kernel, strides, before, after } = window;
  const pooled = (planes: Tensor, axes: readonly [number, number]): Tensor => {
    const [k, s] = [axes.map((i) => kernel[i] ?? 1), axes.map((i) => strides[i] ?? 1)];
    // A window of one place is refused.
    if (k.every((n) => n === 1)) {
      const [outer, height, width, inner] = planes.shape as [number, number, number, number];
      const [a, b] = axes.map((i) => output[i] ?? 1) as [number, number];
      const rows = everyNth(reshape(planes, [outer, height, width * inner]), 0, s[0]!, a);
      return everyNth(reshape(rows, [outer * a, width, inner]), 0, s[1]!, b);
    }
    const border = axes.map((i) => [before[i] ?? 0, after[i] ?? 0]);
    const attrs = { filterSize: k, strides: s, pad: [[0, 0], ...border, [0, 0]] };
    return engine().runKernel(kernelName, { x: planes }, attrs as unknown as NamedAttrMap) as Tensor;
  };
  return tidy(() => {
    const [batch, channels] = [x.shape[0]!, x.shape[4]!];
    const [depth, height, width] = input as [number, number, number];
    const flat = pooled(reshape(x, [batch * depth, height, width, channels]), [1, 2]);
    const row = output[1]! * output[2]! * channels;
    return reshape(pooled(reshape(flat, [batch, depth, 1, row]), [0, 3]), [batch, ...output, channels]);
  });
}
