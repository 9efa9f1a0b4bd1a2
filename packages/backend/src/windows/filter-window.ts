import { backend_util } from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { planeShape, spaceShape } from '../kernels/shapes.js';
import { fitted, type Window } from './window.js';

/** Where a convolution's filter `[…space, in, out]` lies over `[N, …space, C]`, its dilations apart. */
export function filterWindow(input: readonly number[], filter: readonly number[], attrs: Attrs): Window {
  const [strides, dilations, pad] = [attrs.strides as 1, (attrs.dilations ?? 1) as 1, attrs.pad as 'same'];
  if (input.length === 5) {
    const sizes = [spaceShape(input), spaceShape(filter)] as const;
    const info = backend_util.computeConv3DInfo(...sizes, strides, dilations, pad);
    const { front, back, top, bottom, left, right } = info.padInfo;
    const steps = [info.dilationDepth, info.dilationHeight, info.dilationWidth];
    return fitted(
      {
        input: [info.inDepth, info.inHeight, info.inWidth],
        output: [info.outDepth, info.outHeight, info.outWidth],
        kernel: filter.slice(0, 3),
        strides: [info.strideDepth, info.strideHeight, info.strideWidth],
        before: [front, top, left],
        after: [back, bottom, right],
      },
      steps,
    );
  }
  const info = backend_util.computeConv2DInfo(
    planeShape(input),
    planeShape(filter),
    strides,
    dilations,
    pad,
    attrs.dimRoundingMode as 'floor' | undefined,
  );
  const { top, bottom, left, right } = info.padInfo;
  return fitted(
    {
      input: [info.inHeight, info.inWidth],
      output: [info.outHeight, info.outWidth],
      kernel: filter.slice(0, 2),
      strides: [info.strideHeight, info.strideWidth],
      before: [top, left],
      after: [bottom, right],
    },
    [info.dilationHeight, info.dilationWidth],
  );
}

/** A window over a plane as one over a volume of one plane. */
export const inSpace = (window: Window): Window =>
  window.input.length === 3
    ? window
    : {
        input: [1, ...window.input],
        output: [1, ...window.output],
        kernel: [1, ...window.kernel],
        strides: [1, ...window.strides],
        before: [0, ...window.before],
        after: [0, ...window.after],
      };
