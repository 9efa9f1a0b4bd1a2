import { reshape, slice, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { stretch } from '../kernels/axis-by-axis.js';
import { runKernel } from '../kernels/run-kernel.js';

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

type KernelName = 'Conv2D' | 'DepthwiseConv2dNative';

/** The backend's own convolution of `[N, H, W, C]`, plain or of each channel by itself, with borders as given. */
export function convolvePlanes(
  x: Tensor,
  filter: Tensor,
  { strides = [1, 1], dilations = [1, 1], border }: PlaneConvolution,
  kernelName: KernelName = 'Conv2D',
): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [outside, cut] = [Math.max, Math.min].map((of) =>
    border.map((ends) => ends.map((n) => of(n, 0)) as [number, number]),
  ) as [[number, number][], [number, number][]];
  const [h, w] = [height, width].map((n, i) => n + cut[i]![0] + cut[i]![1]) as [number, number];
  // Without a pixel the backend's own leaves its output as it found the memory.
  if (h <= 0 || w <= 0) {
    const size = border.map(([start, end], i) => {
      const reach = (filter.shape[i]! - 1) * dilations[i]! + 1;
      return Math.floor((x.shape[i + 1]! + start + end - reach) / strides[i]!) + 1;
    });
    const [inputs, outputs] = filter.shape.slice(-2) as [number, number];
    return zeros([batch, ...size, kernelName === 'Conv2D' ? outputs : inputs * outputs]);
  }
  const rows = stretch(reshape(x, [batch, height, width * channels]), -cut[0]![0], h);
  const pixels = stretch(reshape(rows, [batch * h, width, channels]), -cut[1]![0], w);
  const attrs = { strides, dilations, pad: [[0, 0], ...outside, [0, 0]], dataFormat: 'NHWC' };
  return runKernel(kernelName, { x: reshape(pixels, [batch, h, w, channels]), filter }, attrs);
}
