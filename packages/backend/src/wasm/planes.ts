import { engine, type NamedAttrMap, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { everyNth, padRows } from '../kernels/axis-by-axis.js';

/** Images and volumes alike as `[N, D, H·W·C]`: planes are then whole runs of numbers. */
export const asPlanes = (x: Tensor, depth: number): Tensor =>
  reshape(x, [x.shape[0]!, depth, x.size / (x.shape[0]! * depth)]);

/** `count` of the middle axis of `[outer, n, inner]` from `start` on; there are zeros before the first and after the last. */
export function stretch(rows: Tensor, start: number, count: number): Tensor {
  const [n, end] = [rows.shape[1]!, start + count];
  const [from, to] = [Math.min(Math.max(start, 0), n), Math.min(Math.max(end, 0), n)];
  const before = Math.min(Math.max(-start, 0), count);
  return padRows(
    everyNth(rows, from, 1, Math.max(to - from, 0)),
    before,
    count - before - Math.max(to - from, 0),
  );
}

/** One of the first axis, without that axis. */
export const part = (x: Tensor, index: number): Tensor => {
  const rest = x.shape.slice(1);
  const rows = reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
  return reshape(x.shape[0] === 1 ? rows : slice(rows, [index, 0], [1, rows.shape[1]!]), rest);
};

export interface PlaneConvolution {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Zeros on each side, `[[top, bottom], [left, right]]`. */
  readonly border?: readonly (readonly [number, number])[];
}

const none = [
  [0, 0],
  [0, 0],
] as const;

/** The backend's own convolution of `[N, H, W, C]`, plain or of each channel by itself, with borders as given. */
export const convolvePlanes = (
  x: Tensor,
  filter: Tensor,
  { strides = [1, 1], dilations = [1, 1], border = none }: PlaneConvolution = {},
  kernelName: 'Conv2D' | 'DepthwiseConv2dNative' = 'Conv2D',
): Tensor =>
  engine().runKernel(kernelName, { x, filter }, {
    strides,
    dilations,
    pad: [[0, 0], ...border, [0, 0]],
    dataFormat: 'NHWC',
  } as unknown as NamedAttrMap) as Tensor;
