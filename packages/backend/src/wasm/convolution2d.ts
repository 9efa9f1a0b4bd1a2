import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { filterWindow } from './filter-window.js';
import { convolvePlanes } from './planes.js';

const perAxis = (steps: unknown): number[] =>
  typeof steps === 'number' ? [steps, steps] : ((steps ?? [1, 1]) as number[]);

/** Whether a stride leaves out pixels between one place of the filter and the next. */
export function stepsOver(x: Tensor, filter: Tensor, attrs: Attrs): boolean {
  const { kernel, strides } = filterWindow(x.shape, filter.shape, attrs);
  return kernel.some((n, i) => n < strides[i]!);
}

/** A convolution of planes whose border is told in pixels. */
export const withExactBorder = (
  kernelName: 'Conv2D' | 'DepthwiseConv2dNative',
  x: Tensor,
  filter: Tensor,
  attrs: Attrs,
): Tensor =>
  tidy(() => {
    const { strides, before, after } = filterWindow(x.shape, filter.shape, attrs);
    const border = before.map((n, i) => [n, after[i]!] as const);
    const dilations = perAxis(attrs.dilations);
    return convolvePlanes(x, filter, { strides, dilations, border }, kernelName);
  });
