import { maximum, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { axisByAxis, everyNth, stretch } from '../kernels/axis-by-axis.js';
import { runKernel } from '../kernels/run-kernel.js';
import { withoutOutside } from '../windows/average.js';
import type { Window } from '../windows/window.js';

/**
 * Not-a-number as minus infinity, so that a maximum passes it over as the cpu backend's does; the rest as it is. Of two
 * operands the backend's maximum gives the first where they cannot be compared.
 */
export const withoutNaN = (x: Tensor): Tensor => maximum(Number.NEGATIVE_INFINITY, x);

export const isOnePixel = ({ kernel }: Window): boolean => kernel.every((n) => n === 1);

/** Pooling with windows of one place, which the backend's own refuses: every so many pixels. */
export const everySoMany = (x: Tensor, { input, output, strides, before, after }: Window): Tensor =>
  axisByAxis(x, (rows, axis) => {
    const i = axis - 1;
    if (i < 0 || i >= input.length) return rows;
    const whole = stretch(rows, -before[i]!, before[i]! + input[i]! + after[i]!);
    return everyNth(whole, 0, strides[i]!, output[i]!);
  });

/** The backend's pooling of planes, with borders in pixels. */
export function pooled(kernelName: string, x: Tensor, window: Window): Tensor {
  if (isOnePixel(window)) return everySoMany(x, window);
  const { kernel, strides, before, after } = window;
  const pad = [[0, 0], ...before.map((n, i) => [Math.max(n, 0), Math.max(after[i]!, 0)]), [0, 0]];
  const attrs = { filterSize: kernel, strides, pad };
  const inside = axisByAxis(x, (rows, axis) => {
    const [start, end] = [before[axis - 1] ?? 0, after[axis - 1] ?? 0].map((n) => Math.min(n, 0)) as [
      number,
      number,
    ];
    return stretch(rows, -start, rows.shape[1]! + start + end);
  });
  return runKernel(kernelName, { x: inside }, attrs);
}

/** The window's rows and columns. */
const acrossPlanes = (window: Window): Window => picked(window, (values) => values.slice(1));

/** The window's depth, and one place beside it. */
const throughDepth = (window: Window): Window => picked(window, ([first], one) => [first!, one]);

const picked = (
  { input, output, kernel, strides, before, after }: Window,
  of: (values: readonly number[], one: number) => number[],
): Window => ({
  input: of(input, 1),
  output: of(output, 1),
  kernel: of(kernel, 1),
  strides: of(strides, 1),
  before: of(before, 0),
  after: of(after, 0),
});

/** Pooling of volumes `[N, D, H, W, C]` by the backend's pooling of planes: over rows and columns, then over the depth. */
export const volumePooling = (kernelName: 'MaxPool' | 'AvgPool', x: Tensor, window: Window): Tensor =>
  tidy(() => {
    const [batch, channels] = [x.shape[0]!, x.shape[4]!];
    const [depth, height, width] = window.input as [number, number, number];
    const [outDepth, outHeight, outWidth] = window.output as [number, number, number];
    const planes = reshape(x, [batch * depth, height, width, channels]);
    const flat = pooled(kernelName, planes, acrossPlanes(window));
    const columns = reshape(flat, [batch, depth, 1, outHeight * outWidth * channels]);
    const deep = pooled(kernelName, columns, throughDepth(window));
    const all = reshape(deep, [batch, outDepth, outHeight, outWidth, channels]);
    return kernelName === 'AvgPool' ? withoutOutside(all, window) : all;
  });
