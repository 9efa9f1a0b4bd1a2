import { engine, type NamedAttrMap, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { stretch } from '../kernels/axis-by-axis.js';

/** Images and volumes alike as `[N, D, H·W·C]`: planes are then whole runs of numbers. */
export const asPlanes = (x: Tensor, depth: number): Tensor =>
  reshape(x, [x.shape[0]!, depth, x.size / (x.shape[0]! * depth)]);

/** One of the first axis, without that axis. */
export const part = (x: Tensor, index: number): Tensor => {
  const rest = x.shape.slice(1);
  const rows = reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
  return reshape(x.shape[0] === 1 ? rows : slice(rows, [index, 0], [1, rows.shape[1]!]), rest);
};

export interface PlaneConvolution {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Zeros on each side, `[[top, bottom], [left, right]]`; below zero, pixels to be left out. */
  readonly border: readonly (readonly [number, number])[];
}

/** The backend's own convolution of `[N, H, W, C]`, plain or of each channel by itself, with borders as given. */
export function convolvePlanes(
  x: Tensor,
  filter: Tensor,
  { strides = [1, 1], dilations = [1, 1], border }: PlaneConvolution,
  kernelName: 'Conv2D' | 'DepthwiseConv2dNative' = 'Conv2D',
): Tensor {
  const around = border.map(([start, end]) => [Math.max(start, 0), Math.max(end, 0)]);
  const attrs = { strides, dilations, pad: [[0, 0], ...around, [0, 0]], dataFormat: 'NHWC' };
  return engine().runKernel(
    kernelName,
    { x: trimmed(x, border), filter },
    attrs as unknown as NamedAttrMap,
  ) as Tensor;
}

/** Planes without the pixels of a border below zero. */
function trimmed(x: Tensor, border: readonly (readonly [number, number])[]): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [[top, bottom], [left, right]] = border.map((ends) => ends.map((n) => Math.min(n, 0))) as [
    [number, number],
    [number, number],
  ];
  const [h, w] = [height + top + bottom, width + left + right];
  const rows = stretch(reshape(x, [batch, height, width * channels]), -top, h);
  return reshape(stretch(reshape(rows, [batch * h, width, channels]), -left, w), [batch, h, w, channels]);
}
