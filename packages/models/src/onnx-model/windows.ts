import {
  add,
  avgPool,
  concat,
  conv2d,
  conv2dTranspose,
  div,
  max,
  maxPool,
  mean,
  onesLike,
  pad,
  slice,
  split,
  type Tensor,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import {
  channelsLast,
  inOrder,
  last,
  list,
  number,
  type Op,
  refuse,
  required,
  text,
  type Value,
} from './value.js';

type Pair = [number, number];

/** How a window moves over an image; sides in the order top, left, bottom, right. */
interface Sliding {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly sides: readonly [number, number, number, number];
}

/** `SAME_UPPER` and `SAME_LOWER`: as many outputs as strides, what is odd at the end or at the beginning. */
function automatic(kind: string, length: number, size: number, stride: number, dilation: number): Pair {
  if (kind === 'VALID') return [0, 0];
  const reach = (size - 1) * dilation + 1;
  const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
  const [less, more] = [Math.floor(all / 2), Math.ceil(all / 2)];
  return kind === 'SAME_UPPER' ? [less, more] : [more, less];
}

function sliding(node: OnnxNode, size: readonly number[], [, height, width]: readonly number[]): Sliding {
  if (size.length !== 2) throw refuse(node, `${size.length} spatial axes`);
  const pair = (name: string) => (list(node, name) ?? [1, 1]) as Pair;
  const [strides, dilations] = [pair('strides'), pair('dilations')];
  const kind = text(node, 'auto_pad', 'NOTSET');
  const given = (list(node, 'pads') ?? [0, 0, 0, 0]) as Sliding['sides'];
  const of = (i: 0 | 1, length: number) => automatic(kind, length, size[i]!, strides[i], dilations[i]);
  const [[top, bottom], [left, right]] = [of(0, height!), of(1, width!)];
  return {
    size: size as Pair,
    strides,
    dilations,
    sides: kind === 'NOTSET' ? given : [top, left, bottom, right],
  };
}

/** An image with its edges, of zeros or another value; negative sides cut. */
function framed(x: Tensor, [top, left, bottom, right]: Sliding['sides'], value = 0): Tensor4D {
  const at = (side: number) => Math.max(0, side);
  const sides: [number, number][] = [
    [0, 0],
    [at(top), at(bottom)],
    [at(left), at(right)],
    [0, 0],
  ];
  return (sides.every(([a, b]) => a + b === 0) ? x : pad(x, sides, value)) as Tensor4D;
}

/** TensorFlow.js's `'same'` where it means these sides: it has kernels of its own for that. */
function isSame({ size, strides, dilations, sides }: Sliding): boolean {
  const half = size.map((length, i) => ((length - 1) * dilations[i]!) / 2);
  return strides.every((n) => n === 1) && [...half, ...half].every((n, i) => n === sides[i]);
}

/** The kernel in the order that weights are kept by: a computed one is turned. */
function kernelOf(node: OnnxNode, value: Value | undefined): Tensor4D {
  const kernel = required(node, value, 1);
  if (kernel.kind === 'tensor' && kernel.isKernel) return kernel.tensor as Tensor4D;
  return keptKernel(inOrder(kernel), node.op) as Tensor4D;
}

/** Kernels are kept `[height, width, in, out]`, as ours are, so that filters are the last axis everywhere. */
const convolution: Op = (node, [x, kernel, bias]) => {
  const image = channelsLast(required(node, x, 0)) as Tensor4D;
  const weights = kernelOf(node, kernel);
  const window = sliding(node, weights.shape.slice(0, 2), image.shape);
  const groups = number(node, 'group', 1);
  const [input, padding] = isSame(window)
    ? [image, 'same' as const]
    : [framed(image, window.sides), 'valid' as const];
  const one = (part: Tensor4D, filter: Tensor4D) =>
    conv2d(part, filter, window.strides, padding, 'NHWC', window.dilations);
  const inputs: Tensor4D[] = groups === 1 ? [input] : split(input, groups, 3);
  const filters: Tensor4D[] = groups === 1 ? [weights] : split(weights, groups, 3);
  const parts = inputs.map((part, i) => one(part, filters[i]!));
  const whole = parts.length === 1 ? parts[0]! : concat(parts, 3);
  return last(bias ? add(whole, inOrder(bias)) : whole);
};

/** Kernels are kept `[height, width, out, in]`. */
const transposed: Op = (node, [x, kernel, bias]) => {
  const image = channelsLast(required(node, x, 0)) as Tensor4D;
  const weights = kernelOf(node, kernel);
  const [height, width, channels] = weights.shape;
  const { strides, dilations } = sliding(node, [height, width], image.shape);
  if (number(node, 'group', 1) !== 1) throw refuse(node, 'groups');
  if (dilations.some((n) => n !== 1)) throw refuse(node, 'dilations');
  if (list(node, 'output_shape')) throw refuse(node, 'an output_shape');
  const kind = text(node, 'auto_pad', 'NOTSET');
  if (kind !== 'NOTSET' && kind !== 'VALID') throw refuse(node, `auto_pad ${kind}`);
  const [batch, rows, columns] = image.shape;
  const full: Pair = [(rows - 1) * strides[0] + height, (columns - 1) * strides[1] + width];
  const spread = conv2dTranspose(image, weights, [batch, ...full, channels], strides, 'valid');
  const [top, left, bottom, right] = (list(node, 'pads') ?? [0, 0, 0, 0]) as Sliding['sides'];
  const [below = 0, beside = 0] = list(node, 'output_padding') ?? [];
  const longer: Tensor4D = framed(spread, [0, 0, below, beside]);
  const size = [full[0] + below - top - bottom, full[1] + beside - left - right] as const;
  const cut =
    top + left + bottom + right === 0 ? longer : slice(longer, [0, top, left, 0], [batch, ...size, channels]);
  return last(bias ? add(cut, inOrder(bias)) : cut);
};

/** Further sides at the end, where lengths are rounded up. */
function ceiled(
  { size, strides, dilations, sides }: Sliding,
  [, height, width]: readonly number[],
): Sliding['sides'] {
  const more = (length: number, i: 0 | 1) => {
    const reach = (size[i] - 1) * dilations[i] + 1;
    const outputs = Math.ceil((length + sides[i] + sides[i + 2]! - reach) / strides[i]) + 1;
    // A window that would begin in the padding at the end is none.
    const begins = (outputs - 1) * strides[i] >= length + sides[i] ? outputs - 1 : outputs;
    return Math.max(0, (begins - 1) * strides[i] + reach - length - sides[i] - sides[i + 2]!);
  };
  return [sides[0], sides[1], sides[2] + more(height!, 0), sides[3] + more(width!, 1)];
}

function pooled(
  node: OnnxNode,
  x: Value | undefined,
): { image: Tensor4D; window: Sliding; sides: Sliding['sides'] } {
  const image = channelsLast(required(node, x, 0)) as Tensor4D;
  const window = sliding(node, list(node, 'kernel_shape') ?? [], image.shape);
  if (window.dilations.some((n) => n !== 1)) throw refuse(node, 'dilations');
  const sides = number(node, 'ceil_mode', 0) === 1 ? ceiled(window, image.shape) : window.sides;
  return { image, window, sides };
}

/** Below any value of a picture. */
const lowest = -3e38;

const largest: Op = (node, [x]) => {
  if (node.outputs.length > 1) throw refuse(node, 'indices');
  const { image, window, sides } = pooled(node, x);
  return last(maxPool(framed(image, sides, lowest), window.size, window.strides, 'valid'));
};

const average: Op = (node, [x]) => {
  const { image, window, sides } = pooled(node, x);
  const pool = (t: Tensor4D) => avgPool(t, window.size, window.strides, 'valid');
  const sums = pool(framed(image, sides));
  if (sides.every((side) => side === 0)) return last(sums);
  // The share of each window that counts: of the image, or of the image with its declared sides.
  const counted =
    number(node, 'count_include_pad', 0) === 1 ? framed(onesLike(image), window.sides, 1) : onesLike(image);
  const rest = (number(node, 'count_include_pad', 0) === 1
    ? sides.map((side, i) => side - window.sides[i]!)
    : sides) as unknown as Sliding['sides'];
  return last(div(sums, pool(framed(counted, rest))));
};

const globalAverage: Op = (node, [x]) => last(mean(channelsLast(required(node, x, 0)), [1, 2], true));

const globalLargest: Op = (node, [x]) => last(max(channelsLast(required(node, x, 0)), [1, 2], true));

export const windowOps: Readonly<Record<string, Op>> = {
  Conv: convolution,
  ConvTranspose: transposed,
  MaxPool: largest,
  AveragePool: average,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalLargest,
};

/** How kernels are kept: `[height, width, in, out]` of `[out, in, height, width]`; transposed ones' `[in, out, …]` alike. */
export const kernelAxes: Readonly<Record<string, readonly number[]>> = {
  Conv: [2, 3, 1, 0],
  ConvTranspose: [2, 3, 1, 0],
};

/** A kernel of the file in that order. */
export const keptKernel = (kernel: Tensor, op: string): Tensor => transpose(kernel, [...kernelAxes[op]!]);
