import { SegscapeError } from '@segscape/core';
import {
  type AvgPool3DAttrs,
  type AvgPoolAttrs,
  backend_util,
  type Conv2DAttrs,
  type Conv3DAttrs,
  type Dilation2DAttrs,
} from '@tensorflow/tfjs-core';

/** A convolution or pooling window, one entry per spatial axis. */
export interface Window {
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Taps along each axis. */
  readonly filterSize: readonly number[];
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
  const { input, output, filterSize, strides, dilations, before, after } = window;
  const covered = (i: number) => (filterSize[i]! - 1) * dilations[i]! + 1;
  const standard = (i: number) =>
    Math.floor((input[i]! + before[i]! + after[i]! - covered(i)) / strides[i]!) + 1;
  const reached = (i: number) => (output[i]! - 1) * strides[i]! + covered(i) - input[i]! - before[i]!;
  return { ...window, after: after.map((n, i) => (standard(i) === output[i] ? n : reached(i))) };
}

const planar = (info: backend_util.Conv2DInfo, filterSize: readonly number[]): Window =>
  fitting({
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    filterSize,
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    after: [info.padInfo.bottom, info.padInfo.right],
    outShape: info.outShape,
  });

const volume = (info: backend_util.Conv3DInfo, filterSize: readonly number[]): Window =>
  fitting({
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filterSize,
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    after: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right],
    outShape: info.outShape,
  });

type Size3 = [number, number, number];
type Size4 = [number, number, number, number];
type Size5 = [number, number, number, number, number];

/** The attributes of a window that its gradients have too. */
type Essential<Attrs extends { strides: unknown; pad: unknown }> = Pick<Attrs, 'strides' | 'pad'> &
  Partial<Omit<Attrs, 'strides' | 'pad' | 'dataFormat'>> & { readonly dataFormat?: string };
type Convolution2D = Essential<Conv2DAttrs>;
type Convolution3D = Essential<Conv3DAttrs>;
type Pooling2D = Essential<AvgPoolAttrs> & Pick<AvgPoolAttrs, 'filterSize'>;
type Pooling3D = Essential<AvgPool3DAttrs> & Pick<AvgPool3DAttrs, 'filterSize'>;

export type ConvolutionAttrs = Convolution2D | Convolution3D;
export type PoolingAttrs = Pooling2D | Pooling3D;

/** Kernels for planes and for volumes share their rules here: which of the two attributes are of is told by the rank of the image. */
const isVolume = (input: readonly number[]) => input.length === 5;
const convolvesVolumes = (_attrs: ConvolutionAttrs, input: readonly number[]): _attrs is Convolution3D =>
  isVolume(input);
const poolsVolumes = (_attrs: PoolingAttrs, input: readonly number[]): _attrs is Pooling3D => isVolume(input);

function channelsLast({ dataFormat: format }: { readonly dataFormat?: string }): void {
  if (format === undefined || format === 'NHWC' || format === 'NDHWC') return;
  throw new SegscapeError(
    'UNSUPPORTED_KERNEL',
    `jit: a convolution with dataFormat '${format}' has no ONNX rule; use channels last.`,
  );
}

/** The window of a convolution over `[N, …space, C]` with a filter `[…space, in, out]`. */
export function convolutionWindow(
  input: readonly number[],
  filter: readonly number[],
  attrs: ConvolutionAttrs,
  depthwise = false,
): Window {
  channelsLast(attrs);
  if (convolvesVolumes(attrs, input)) {
    const { strides, pad } = attrs;
    const dilations = attrs.dilations ?? 1;
    const info = backend_util.computeConv3DInfo(input as Size5, filter as Size5, strides, dilations, pad);
    return volume(info, filter.slice(0, 3));
  }
  const { strides, pad, dimRoundingMode } = attrs;
  // TensorFlow.js takes null for none in depthwise convolutions.
  const dilations = attrs.dilations ?? 1;
  const info = backend_util.computeConv2DInfo(
    input as Size4,
    filter as Size4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  );
  return planar(info, filter.slice(0, 2));
}

/** The window of a dilation of `[N, H, W, C]` by `[h, w, C]`. */
export function dilationWindow(
  input: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations }: Dilation2DAttrs,
): Window {
  const info = backend_util.computeDilation2DInfo(
    input as Size4,
    filter as Size3,
    strides,
    pad,
    'NHWC',
    dilations,
  );
  return planar(info, filter.slice(0, 2));
}

/** The window of a pooling over `[N, …space, C]`. */
export function poolingWindow(input: readonly number[], attrs: PoolingAttrs): Window {
  channelsLast(attrs);
  if (poolsVolumes(attrs, input)) {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = backend_util.computePool3DInfo(input as Size5, filterSize, strides, 1, pad, dimRoundingMode);
    return volume(info, [info.filterDepth, info.filterHeight, info.filterWidth]);
  }
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = backend_util.computePool2DInfo(input as Size4, filterSize, strides, 1, pad, dimRoundingMode);
  return planar(info, [info.filterHeight, info.filterWidth]);
}

/** The attributes ONNX wants for it. */
export const windowAttributes = ({ filterSize, strides, dilations, before, after }: Window) => ({
  kernel_shape: filterSize,
  strides,
  dilations,
  pads: [...before, ...after],
});
