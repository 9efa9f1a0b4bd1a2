import { SegscapeError } from '@segscape/core';
import { backend_util } from '@tensorflow/tfjs-core';
import type { Attrs } from './rule.js';

/** A convolution or pooling window, one entry per spatial axis. */
export interface Window {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and after. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly outShape: readonly number[];
}

/**
 * A window whose padding gives ONNX the sizes that TensorFlow.js has, which takes a padding given as a number for square windows
 * and reaches further in others. Padding may be negative: what lies before or behind it is out of reach.
 */
function fitting(window: Window): Window {
  const { input, output, kernel, strides, dilations, before, after } = window;
  const covered = (i: number) => (kernel[i]! - 1) * dilations[i]! + 1;
  const standard = (i: number) =>
    Math.floor((input[i]! + before[i]! + after[i]! - covered(i)) / strides[i]!) + 1;
  const reached = (i: number) => (output[i]! - 1) * strides[i]! + covered(i) - input[i]! - before[i]!;
  return { ...window, after: after.map((n, i) => (standard(i) === output[i] ? n : reached(i))) };
}

const planar = (info: backend_util.Conv2DInfo, kernel: readonly number[]): Window =>
  fitting({
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel,
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    after: [info.padInfo.bottom, info.padInfo.right],
    outShape: info.outShape,
  });

const volume = (info: backend_util.Conv3DInfo, kernel: readonly number[]): Window =>
  fitting({
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    kernel,
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    after: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right],
    outShape: info.outShape,
  });

type Steps2 = number | [number, number];
type Steps3 = number | [number, number, number];
type Pad = 'same' | 'valid' | number;
type Rounding = 'floor' | 'round' | 'ceil' | undefined;

function channelsLast(attrs: Attrs): void {
  const format = attrs.dataFormat as string | undefined;
  if (format === undefined || format === 'NHWC' || format === 'NDHWC') return;
  throw new SegscapeError(
    'UNSUPPORTED_KERNEL',
    `jit: a convolution with dataFormat '${format}' has no ONNX rule; use channels last.`,
  );
}

/** The window of a convolution over `[N, …space, C]` with a kernel `[…space, in, out]`. */
export function convolutionWindow(
  input: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
  depthwise = false,
): Window {
  channelsLast(attrs);
  if (input.length === 5) {
    const info = backend_util.computeConv3DInfo(
      input as [number, number, number, number, number],
      filter as [number, number, number, number, number],
      attrs.strides as Steps3,
      (attrs.dilations as Steps3 | undefined) ?? 1,
      attrs.pad as Pad,
    );
    return volume(info, filter.slice(0, 3));
  }
  const info = backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    filter as [number, number, number, number],
    attrs.strides as Steps2,
    (attrs.dilations as Steps2 | undefined) ?? 1,
    attrs.pad as Pad,
    attrs.dimRoundingMode as Rounding,
    depthwise,
  );
  return planar(info, filter.slice(0, 2));
}

/** The window of a dilation of `[N, H, W, C]` by `[h, w, C]`. */
export function dilationWindow(input: readonly number[], filter: readonly number[], attrs: Attrs): Window {
  const info = backend_util.computeDilation2DInfo(
    input as [number, number, number, number],
    filter as [number, number, number],
    attrs.strides as Steps2,
    attrs.pad as 'same' | 'valid' | number,
    'NHWC',
    attrs.dilations as Steps2,
  );
  return planar(info, filter.slice(0, 2));
}

/** The window of a pooling over `[N, …space, C]`. */
export function poolingWindow(input: readonly number[], attrs: Attrs): Window {
  channelsLast(attrs);
  if (input.length === 5) {
    const info = backend_util.computePool3DInfo(
      input as [number, number, number, number, number],
      attrs.filterSize as Steps3,
      attrs.strides as Steps3,
      1,
      attrs.pad as Pad,
      attrs.dimRoundingMode as Rounding,
    );
    return volume(info, [info.filterDepth, info.filterHeight, info.filterWidth]);
  }
  const info = backend_util.computePool2DInfo(
    input as [number, number, number, number],
    attrs.filterSize as Steps2,
    attrs.strides as Steps2,
    1,
    attrs.pad as Pad,
    attrs.dimRoundingMode as Rounding,
  );
  return planar(info, [info.filterHeight, info.filterWidth]);
}

/** The attributes ONNX wants for it. */
export const windowAttributes = ({ kernel, strides, dilations, before, after }: Window) => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads: [...before, ...after],
});
