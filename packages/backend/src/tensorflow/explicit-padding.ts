import { backend_util, pad, slice, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs, Inputs } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { planeShape } from '../kernels/shapes.js';
import { poolingWindow, type Window } from '../windows/window.js';

/** Places before and after an axis of space. */
type Border = readonly [before: number, after: number];

type Extents = Pick<Window, 'input' | 'output' | 'kernel' | 'strides' | 'before'>;

/** What an image must have around it so that exactly the windows of the output lie within. */
const bordersOf = ({ input, output, kernel, strides, before }: Extents): Border[] =>
  input.map((n, axis) => {
    const reach = (output[axis]! - 1) * strides[axis]! + kernel[axis]!;
    return [before[axis]!, Math.max(0, reach - n - before[axis]!)];
  });

/** Of a pooling over `[N, …space, C]`. */
export const poolingBorders = (shape: readonly number[], attrs: Attrs): Border[] =>
  bordersOf(poolingWindow(shape, attrs));

/** Of a convolution over `[N, H, W, C]` with a filter `[h, w, in, out]`. */
export function convolutionBorders(
  shape: readonly number[],
  filter: readonly number[],
  { strides, dilations, pad: padding, dimRoundingMode }: Attrs,
  depthwise: boolean,
): Border[] {
  const info = backend_util.computeConv2DInfo(
    planeShape(shape),
    planeShape(filter),
    strides as [number, number],
    (dilations ?? 1) as [number, number],
    padding as number,
    (dimRoundingMode ?? undefined) as 'floor' | undefined,
    depthwise,
  );
  return bordersOf({
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel: [info.effectiveFilterHeight, info.effectiveFilterWidth],
    strides: [info.strideHeight, info.strideWidth],
    before: [info.padInfo.top, info.padInfo.left],
  });
}

/** An image with its borders filled. */
export const widened = (x: Tensor, borders: readonly Border[], value = 0): Tensor =>
  pad(x, [[0, 0], ...borders.map(([before, after]): [number, number] => [before, after]), [0, 0]], value);

/** The shape of {@link widened}. */
export const widenedShape = (shape: readonly number[], borders: readonly Border[]): number[] =>
  shape.map((n, i) => n + (borders[i - 1]?.[0] ?? 0) + (borders[i - 1]?.[1] ?? 0));

/** The transpose of {@link widened}. */
export const narrowed = (x: Tensor, borders: readonly Border[], shape: readonly number[]): Tensor =>
  slice(x, [0, ...borders.map(([before]) => before), 0], [...shape]);

/** Runs a kernel of images that have their borders already. */
export const withoutPadding = (kernelName: string, inputs: Inputs, attrs: Attrs): Tensor =>
  runKernel(kernelName, inputs, { ...attrs, pad: 'valid', dimRoundingMode: null });
