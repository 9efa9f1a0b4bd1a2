import { backend_util, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { axisByAxis, everyNth, padRows, stretch } from '../kernels/axis-by-axis.js';
import type { Attrs } from '../kernels/registry.js';
import { planeShape, spaceShape } from '../kernels/shapes.js';

/** The window of a pooling or a convolution, one entry per spatial axis. */
export interface Window {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Whether the number of places is not that of those within the image and its border: they are rounded up, or TensorFlow.js counts
 * columns as it counts rows, by a border that is one number.
 */
export const countsOtherwise = ({ pad, dimRoundingMode: rounding }: Attrs): boolean =>
  typeof pad === 'number' || (Boolean(rounding) && rounding !== 'floor');

/** With as much behind the image as makes that number: less than nothing, where the last pixels are not looked at. */
export const fitted = (window: Window, dilations: readonly number[] = [1, 1, 1]): Window => ({
  ...window,
  after: window.after.map((n, i) => {
    const [input, output, stride] = [window.input[i]!, window.output[i]!, window.strides[i]!];
    const [seen, before] = [(window.kernel[i]! - 1) * dilations[i]! + 1, window.before[i]!];
    const own = Math.floor((input + before + n - seen) / stride) + 1;
    return own === output ? n : (output - 1) * stride + seen - before - input;
  }),
});

/** The window of a pooling over `[N, …space, C]`. */
export function poolingWindow(shape: readonly number[], attrs: Attrs): Window {
  const args = [attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode] as const;
  if (shape.length === 5) {
    const info = backend_util.computePool3DInfo(
      spaceShape(shape),
      ...(args as unknown as [number, number, number, 'same']),
    );
    const { front, back, top, bottom, left, right } = info.padInfo;
    return fitted({
      input: [info.inDepth, info.inHeight, info.inWidth],
      output: [info.outDepth, info.outHeight, info.outWidth],
      kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [front, top, left],
      after: [back, bottom, right],
    });
  }
  const info = backend_util.computePool2DInfo(
    planeShape(shape),
    ...(args as unknown as [number, number, number, 'same']),
  );
  const { top, bottom, left, right } = info.padInfo;
  return fitted({
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    before: [top, left],
    after: [bottom, right],
  });
}

/** For each place in the window, in row-major order: where it begins. */
export function taps({ kernel }: Window): number[][] {
  return kernel.reduce<number[][]>(
    (all, k) => all.flatMap((tap) => Array.from({ length: k }, (_, i) => [...tap, i])),
    [[]],
  );
}

/** What one place of the window sees in every position: `[N, …output, C]`. */
export function seen(padded: Tensor, { output, strides }: Window, tap: readonly number[]): Tensor {
  const [batch, channels] = [padded.shape[0]!, padded.shape.at(-1)!];
  if (output.length === 2 && strides.every((s) => s === 1))
    return slice(padded, [0, ...tap, 0], [batch, ...output, channels]);
  return axisByAxis(padded, (rows, axis) =>
    axis === 0 || axis > output.length
      ? rows
      : everyNth(rows, tap[axis - 1]!, strides[axis - 1]!, output[axis - 1]!),
  );
}

/** The image with its border of zeros, so wide that every window lies within. */
export const padded = (x: Tensor, { before, after }: Window) =>
  axisByAxis(x, (rows, axis) =>
    axis === 0 || axis > before.length
      ? rows
      : stretch(rows, -before[axis - 1]!, before[axis - 1]! + rows.shape[1]! + after[axis - 1]!),
  );

/** The transpose of {@link padded}: the image without its border. */
export const cropped = (x: Tensor, { before, input }: Window) =>
  axisByAxis(x, (rows, axis) =>
    axis === 0 || axis > input.length ? rows : everyNth(rows, before[axis - 1]!, 1, input[axis - 1]!),
  );

/** Puts zeros after the values, as many as a stride passes over. */
export const withZeros = (values: Tensor, strides: readonly number[]): Tensor =>
  axisByAxis(values, (rows, axis) => {
    const stride = strides[axis]!;
    if (stride === 1) return rows;
    const [outer, n, inner] = rows.shape as [number, number, number];
    const wide = padRows(reshape(rows, [outer * n, 1, inner]), 0, stride - 1);
    return reshape(wide, [outer, n * stride, inner]);
  });
