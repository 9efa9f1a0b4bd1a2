import { pad, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import { list, refuse, text } from './value.js';

/** How a window moves over an image or a volume; a number for each spatial axis. */
export interface Sliding {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly sides: Sides;
}

/** Values before and after each spatial axis. */
export type Sides = readonly (readonly [before: number, after: number])[];

/** `SAME_UPPER` and `SAME_LOWER`: as many outputs as strides, what is odd at the end or at the beginning. */
function automatic(
  kind: string,
  length: number,
  size: number,
  stride: number,
  dilation: number,
): [number, number] {
  if (kind === 'VALID') return [0, 0];
  const reach = (size - 1) * dilation + 1;
  const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
  const [less, more] = [Math.floor(all / 2), Math.ceil(all / 2)];
  return kind === 'SAME_UPPER' ? [less, more] : [more, less];
}

/** The file's `pads`: all befores, then all afters. */
export function declaredSides(node: OnnxNode, axes: number): Sides {
  const given = list(node, 'pads') ?? [];
  if (given.some((side) => side < 0)) throw refuse(node, 'negative pads');
  return Array.from({ length: axes }, (_, axis) => [given[axis] ?? 0, given[axis + axes] ?? 0] as const);
}

/**
 * A node's window over `shape`, channels last.
 * @throws {SegscapeError} `UNSUPPORTED_FORMAT` for windows of other than two or three axes, or of another number than the images have.
 */
export function sliding(node: OnnxNode, size: readonly number[], shape: readonly number[]): Sliding {
  const axes = size.length;
  if ((axes !== 2 && axes !== 3) || shape.length !== axes + 2) throw refuse(node, `${axes} spatial axes`);
  const each = (name: string) => list(node, name) ?? size.map(() => 1);
  const [strides, dilations] = [each('strides'), each('dilations')];
  const kind = text(node, 'auto_pad', 'NOTSET');
  const sides =
    kind === 'NOTSET'
      ? declaredSides(node, axes)
      : size.map((length, i) => automatic(kind, shape[i + 1]!, length, strides[i]!, dilations[i]!));
  return { size, strides, dilations, sides };
}

/**
 * An image or a volume with its edges, of zeros or another value; negative sides are none. A volume's last axis and its channels are
 * padded as one: the WebGL backend of TensorFlow.js has no padding of five axes.
 */
export function framed(x: Tensor, given: Sides, value = 0): Tensor {
  const sides = given.map(([a, b]): [number, number] => [Math.max(0, a), Math.max(0, b)]);
  if (sides.every(([a, b]) => a + b === 0)) return x;
  if (x.rank === 4) return pad(x, [[0, 0], ...sides, [0, 0]], value);
  const [batch, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const [front, top, [left, right]] = sides as [[number, number], [number, number], [number, number]];
  const rows = reshape(x, [batch, depth, height, width * channels]);
  const whole = pad(rows, [[0, 0], front, top, [left * channels, right * channels]], value);
  return reshape(whole, [batch, whole.shape[1]!, whole.shape[2]!, left + width + right, channels]);
}

/** TensorFlow.js's `'same'` where it means these sides: it has kernels of its own for that. */
export const isSame = ({ size, strides, dilations, sides }: Sliding): boolean =>
  strides.every((n) => n === 1) &&
  sides.every((side, i) => side.every((n) => n === ((size[i]! - 1) * dilations[i]!) / 2));

/** Further values at the end, where lengths are rounded up. */
export const ceiled = ({ size, strides, dilations, sides }: Sliding, shape: readonly number[]): Sides =>
  sides.map(([before, after], i) => {
    const length = shape[i + 1]!;
    const reach = (size[i]! - 1) * dilations[i]! + 1;
    const outputs = Math.ceil((length + before + after - reach) / strides[i]!) + 1;
    // A window that would begin in the padding at the end is none.
    const begins = (outputs - 1) * strides[i]! >= length + before ? outputs - 1 : outputs;
    return [before, after + Math.max(0, (begins - 1) * strides[i]! + reach - length - before - after)];
  });
