import {
  add,
  concat,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  slice,
  split,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { everyNth } from './every-nth.js';
import { keptKernel } from './kernels.js';
import type { OnnxNode } from './parse.js';
import { framed, isSame, type Sliding, sliding } from './sliding.js';
import { spreadKernel } from './spread-kernel.js';
import { spreadWindow } from './spread-window.js';
import { channelsLast, inOrder, last, number, type Op, required, type Value } from './value.js';

type Two = [number, number];
type Three = [number, number, number];

/** The kernel in the order that weights are kept by: a computed one is turned. */
function kernelOf(node: OnnxNode, value: Value | undefined): Tensor {
  const kernel = required(node, value, 1);
  return kernel.kind === 'tensor' && kernel.isKernel ? kernel.tensor : keptKernel(inOrder(kernel));
}

function convolved(
  x: Tensor,
  filter: Tensor,
  strides: readonly number[],
  dilations: readonly number[],
  side: 'same' | 'valid',
): Tensor {
  return x.rank === 4
    ? conv2d(x as Tensor4D, filter as Tensor4D, [...strides] as Two, side, 'NHWC', [...dilations] as Two)
    : conv3d(x as Tensor5D, filter as Tensor5D, [...strides] as Three, side, 'NDHWC', [
        ...dilations,
      ] as Three);
}

/** TensorFlow.js has no strides beside steps between the kernel's values: what they pass over is left out afterwards. */
function dilated(x: Tensor, filter: Tensor, { strides, dilations }: Sliding): Tensor {
  const ones = strides.map(() => 1);
  const whole = convolved(x, filter, ones, dilations, 'valid');
  return strides.reduce((some, step, i) => everyNth(some, step, i + 1), whole);
}

const convolution: Op = (node, [x, kernel, bias]) => {
  const image = channelsLast(required(node, x, 0));
  const weights = kernelOf(node, kernel);
  const window = sliding(node, weights.shape.slice(0, -2), image.shape);
  const groups = number(node, 'group', 1);
  const isBoth = window.strides.some((step) => step > 1) && window.dilations.some((step) => step > 1);
  const side = isSame(window) ? ('same' as const) : ('valid' as const);
  const input = side === 'same' ? image : framed(image, window.sides);
  const convolve = (part: Tensor, filter: Tensor) =>
    isBoth ? dilated(part, filter, window) : convolved(part, filter, window.strides, window.dilations, side);
  return last(biased(inGroups(input, weights, groups, convolve), bias));
};

const biased = (x: Tensor, bias: Value | undefined) => (bias ? add(x, inOrder(bias)) : x);

/** Each group of channels with its own filters, which are the kernel's last axis. */
function inGroups(
  x: Tensor,
  filters: Tensor,
  groups: number,
  convolve: (x: Tensor, filters: Tensor) => Tensor,
): Tensor {
  if (groups === 1) return convolve(x, filters);
  const own = split(filters, groups, -1);
  return concat(
    split(x, groups, -1).map((part, i) => convolve(part, own[i]!)),
    -1,
  );
}

/** What each pixel spreads to, of kernels `[height, width, out, in]`, with nothing cut off. */
function spreadOut(image: Tensor, filters: Tensor, strides: readonly number[]): Tensor {
  const [batch] = image.shape as [number];
  const full = strides.map((step, i) => (image.shape[i + 1]! - 1) * step + filters.shape[i]!);
  const shape = [batch, ...full, filters.shape.at(-2)!];
  return image.rank === 4
    ? conv2dTranspose(
        image as Tensor4D,
        filters as Tensor4D,
        shape as [number, ...Three],
        [...strides] as Two,
        'valid',
      )
    : conv3dTranspose(
        image as Tensor5D,
        filters as Tensor5D,
        shape as [number, number, ...Three],
        [...strides] as Three,
        'valid',
      );
}

/** Kernels are kept `[height, width, out, in]`. */
const transposed: Op = (node, [x, kernel, bias]) => {
  const image = channelsLast(required(node, x, 0));
  const weights = kernelOf(node, kernel);
  const { strides, dilations, further, sides } = spreadWindow(node, weights.shape.slice(0, -2), image.shape);
  const whole = inGroups(image, spreadKernel(weights, dilations), number(node, 'group', 1), (part, filters) =>
    spreadOut(part, filters, strides),
  );
  const longer = framed(
    whole,
    further.map((more) => [0, more] as const),
  );
  const isCut = sides.some(([before, after]) => before + after > 0);
  const [batch, ...rest] = longer.shape as [number, ...number[]];
  const lengths = sides.map(([before, after], i) => rest[i]! - before - after);
  const cut = isCut
    ? slice(longer, [0, ...sides.map(([before]) => before), 0], [batch, ...lengths, rest.at(-1)!])
    : longer;
  return last(biased(cut, bias));
};

export const convolutionOps: Readonly<Record<string, Op>> = {
  Conv: convolution,
  ConvTranspose: transposed,
};
