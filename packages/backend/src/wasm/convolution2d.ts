import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Attrs, Inputs } from '../kernels/registry.js';
import { filterWindow } from '../windows/filter-window.js';
import { countsOtherwise } from '../windows/window.js';
import { convolvePlanes } from './planes.js';

const perAxis = (steps: unknown): number[] =>
  typeof steps === 'number' ? [steps, steps] : ((steps ?? [1, 1]) as number[]);

/**
 * Whether the backend's own convolution will do. With 'same' borders it gives zeros where a stride leaves out pixels between one place
 * of the filter and the next; where their number is another than that of those within the border, it leaves some as it found the memory.
 */
export function convolvesWell({ x, filter }: Inputs, attrs: Attrs): boolean {
  if (attrs.pad !== 'same') return !countsOtherwise(attrs);
  const { kernel, strides } = filterWindow(x!.shape, filter!.shape, attrs);
  return kernel.every((n, i) => n >= strides[i]!);
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
