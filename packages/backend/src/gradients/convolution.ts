import { type GradConfig, stridedSlice, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { withZeros } from '../windows/window.js';
import { rule } from './rule.js';

/** The kernels of one kind of convolution: forward, and its gradient by the filter and by the input. */
interface Family {
  readonly forward: string;
  readonly byFilter: string;
  readonly byInput: string;
  /** Spatial axes, the first of a filter's. */
  readonly space: number;
  readonly attrs: readonly string[];
}

const families: readonly Family[] = [
  {
    forward: 'Conv2D',
    byFilter: 'Conv2DBackpropFilter',
    byInput: 'Conv2DBackpropInput',
    space: 2,
    attrs: ['strides', 'pad', 'dataFormat', 'dimRoundingMode'],
  },
  {
    forward: 'Conv3D',
    byFilter: 'Conv3DBackpropFilterV2',
    byInput: 'Conv3DBackpropInputV2',
    space: 3,
    attrs: ['strides', 'pad'],
  },
  {
    forward: 'DepthwiseConv2dNative',
    byFilter: 'DepthwiseConv2dNativeBackpropFilter',
    byInput: 'DepthwiseConv2dNativeBackpropInput',
    space: 2,
    attrs: ['strides', 'pad', 'dataFormat', 'dimRoundingMode'],
  },
];

/** Steps of a dilated filter, one entry per axis of it. */
export function steps({ dilations }: Attrs, space: number): number[] {
  const along = (dilations ?? 1) as number | number[];
  return [...Array.from({ length: space }, (_, i) => (typeof along === 'number' ? along : along[i]!)), 1, 1];
}

/** A dilated filter as a plain one, with zeros between its taps. */
export function dilated(filter: Tensor, by: readonly number[]): Tensor {
  if (by.every((n) => n === 1)) return filter;
  const wide = withZeros(filter, by);
  return stridedSlice(
    wide,
    by.map(() => 0),
    wide.shape.map((n, i) => n - by[i]! + 1),
    by.map(() => 1),
  );
}

/**
 * A convolution is linear in its input and in its filter, so the gradient kernels' own gradients are the other two
 * kernels of the family (https://github.com/tensorflow/tfjs/issues/6323). TensorFlow.js has no gradient of dilated
 * convolutions; theirs is that of the plain convolution with a filter that has zeros between its taps.
 */
function rules({ forward, byFilter, byInput, space, attrs: names }: Family): GradConfig[] {
  const common = (attrs: Attrs) => ({
    ...Object.fromEntries(names.map((name) => [name, attrs[name]])),
    ...(forward.startsWith('Depthwise') && { dilations: [1, 1] }),
  });
  const plain = (attrs: Attrs) => ({ ...common(attrs), dilations: Array(space).fill(1) as number[] });
  const filterGradient = (x: Tensor, dy: Tensor, filterShape: number[], attrs: Attrs) =>
    runKernel(byFilter, { x, dy }, { ...common(attrs), filterShape });
  const inputGradient = (dy: Tensor, filter: Tensor, inputShape: number[], attrs: Attrs) =>
    runKernel(byInput, { dy, filter }, { ...common(attrs), inputShape });
  return [
    rule(forward, ['x', 'filter'], (dy, { x, filter }, attrs) => {
      const by = steps(attrs, space);
      return {
        x: () => inputGradient(dy, dilated(filter, by), x.shape, attrs),
        filter: () => {
          const wide = filter.shape.map((n, i) => (n - 1) * by[i]! + 1);
          const gradient = filterGradient(x, dy, wide, attrs);
          return by.every((n) => n === 1)
            ? gradient
            : stridedSlice(
                gradient,
                wide.map(() => 0),
                wide,
                by,
              );
        },
      };
    }),
    rule(byFilter, ['x', 'dy'], (ddw, { x, dy }, attrs) => ({
      x: () => inputGradient(dy, ddw, x.shape, attrs),
      dy: () => runKernel(forward, { x, filter: ddw }, plain(attrs)),
    })),
    rule(byInput, ['dy', 'filter'], (ddx, { dy, filter }, attrs) => ({
      dy: () => runKernel(forward, { x: ddx, filter }, plain(attrs)),
      filter: () => filterGradient(ddx, dy, filter.shape, attrs),
    })),
  ];
}

export const convolutions: readonly GradConfig[] = families.flatMap(rules);
