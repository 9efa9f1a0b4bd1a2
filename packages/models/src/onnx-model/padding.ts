import { concat, pad, slice, type Tensor, tile } from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import { turnedBack } from './selection.js';
import {
  axisIn,
  inOrder,
  number,
  numbersOf,
  type Op,
  plain,
  refuse,
  required,
  settings,
  text,
  type Value,
} from './value.js';

type Sides = readonly (readonly [number, number])[];

/** What a negative side says: the values there are cut off. */
function cropped(x: Tensor, sides: Sides): Tensor {
  if (sides.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const begin = sides.map(([before]) => Math.max(0, -before));
  const size = x.shape.map((length, axis) => length - begin[axis]! - Math.max(0, -sides[axis]![1]));
  return slice(x, begin, size);
}

/** Values of an axis: `count` of them from the one at `at`. */
const run = (x: Tensor, axis: number, at: number, count: number) =>
  slice(
    x,
    x.shape.map((_, i) => (i === axis ? at : 0)),
    x.shape.map((length, i) => (i === axis ? count : length)),
  );

/** What stands before and after an axis of `length` values, of so many. */
type Border = (x: Tensor, axis: number, length: number, count: number) => Tensor;

const repeated = (x: Tensor, axis: number, at: number, times: number) =>
  tile(
    run(x, axis, at, 1),
    x.shape.map((_, i) => (i === axis ? times : 1)),
  );

/** Of parts of the image, as TensorFlow.js takes the gradient of mirrored values for that of zeros. */
const borders: Readonly<Record<string, { readonly before: Border; readonly after: Border }>> = {
  edge: {
    before: (x, axis, _, count) => repeated(x, axis, 0, count),
    after: (x, axis, length, count) => repeated(x, axis, length - 1, count),
  },
  reflect: {
    before: (x, axis, _, count) => turnedBack(run(x, axis, 1, count), axis),
    after: (x, axis, length, count) => turnedBack(run(x, axis, length - 1 - count, count), axis),
  },
  wrap: {
    before: (x, axis, length, count) => run(x, axis, length - count, count),
    after: (x, axis, _, count) => run(x, axis, 0, count),
  },
};

/** How many values a border can be made of. */
const mostOf = (mode: string, length: number) =>
  mode === 'edge' ? Number.POSITIVE_INFINITY : mode === 'wrap' ? length : length - 1;

/** Borders of the image's own values, axis after axis, so that corners are those of the whole. */
function bordered(node: OnnxNode, x: Tensor, sides: Sides, mode: string): Tensor {
  const border = borders[mode];
  if (border === undefined) throw refuse(node, `mode ${mode}`);
  let result = x;
  for (const [axis, [before, after]] of sides.entries()) {
    const length = x.shape[axis]!;
    if (Math.max(before, after) > mostOf(mode, length))
      throw refuse(node, `mode ${mode} and sides of ${Math.max(before, after)} around ${length} values`);
    const parts = [
      ...(before > 0 ? [border.before(result, axis, length, before)] : []),
      result,
      ...(after > 0 ? [border.after(result, axis, length, after)] : []),
    ];
    if (parts.length > 1) result = concat(parts, axis);
  }
  return result;
}

/** Sides of each axis in memory: all befores, then all afters, of all axes or, from opset 18 on, of those that are listed. */
function sidesOf(
  node: OnnxNode,
  value: Value & { readonly kind: 'tensor' },
  given: readonly number[],
  over?: Value,
) {
  const { rank } = value.tensor;
  const axes = over ? numbersOf(node, over, 'axes') : Array.from({ length: rank }, (_, axis) => axis);
  const sides = Array.from({ length: rank }, (): [number, number] => [0, 0]);
  for (const [i, axis] of axes.entries()) sides[axisIn(value, axis)] = [given[i]!, given[i + axes.length]!];
  return sides;
}

const padded: Op = (node, [x, given, fillValue, over]) => {
  const found = required(node, x, 0);
  const value = found.kind === 'known' ? plain(inOrder(found)) : found;
  const all = sidesOf(node, value, settings(node, 'pads', given, 'sides')!, over);
  const left = cropped(value.tensor, all);
  const sides = all.map(([before, after]): [number, number] => [Math.max(0, before), Math.max(0, after)]);
  if (sides.every(([before, after]) => before + after === 0)) return { ...value, tensor: left };
  const mode = text(node, 'mode', 'constant');
  if (mode !== 'constant') return { ...value, tensor: bordered(node, left, sides, mode) };
  const listed = fillValue ? numbersOf(node, fillValue, 'value')[0] : undefined;
  return { ...value, tensor: pad(left, sides, listed ?? number(node, 'value', 0)) };
};

export const paddingOps: Readonly<Record<string, Op>> = { Pad: padded };
