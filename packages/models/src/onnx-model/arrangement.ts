import { fill, reshape, transpose } from '@tensorflow/tfjs-core';
import { turnedKnown } from './known-arrays.js';
import type { Numbers } from './stored-numbers.js';
import {
  axisIn,
  inOrder,
  known,
  list,
  number,
  numbersOf,
  type Op,
  plain,
  refuse,
  required,
  settings,
  shapeOf,
} from './value.js';

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

const shaped: Op = (node, [x, to]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const wanted = settings(node, 'shape', to, 'lengths')!;
  // 0 is the length that is there, or, from opset 14 on if the node says so, 0 itself.
  const zero = number(node, 'allowzero', 0) === 1;
  const lengths = wanted.map((length, i) => (length === 0 && !zero ? shape[i]! : length));
  const free = lengths.indexOf(-1);
  if (free >= 0) lengths[free] = product(shape) / Math.abs(product(lengths));
  if (value.kind === 'known') return known(value.values, lengths, value.integer);
  return plain(reshape(inOrder(value), lengths));
};

const turned: Op = (node, [x]) => {
  const value = required(node, x, 0);
  const rank = shapeOf(value).length;
  const axes = [...(list(node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i))];
  if (value.kind === 'known') return turnedKnown(value, axes);
  // The order of axes in memory, had they been turned so: nothing is moved where it is the one that is there.
  const memory = axes.map((axis) => axisIn(value, axis));
  return plain(memory.every((axis, i) => axis === i) ? value.tensor : transpose(value.tensor, memory));
};

const withoutAxes: Op = (node, [x, given]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const axes = settings(node, 'axes', given, 'axes')?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const lengths = shape.filter((length, i) => (axes ? !axes.includes(i) : length !== 1));
  if (value.kind === 'known') return known(value.values, lengths, value.integer);
  return plain(reshape(inOrder(value), lengths));
};

const withAxes: Op = (node, [x, given]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const axes = settings(node, 'axes', given, 'axes') ?? [];
  const rank = shape.length + axes.length;
  const places = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...shape];
  const lengths = Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : rest.shift()!));
  if (value.kind === 'known') return known(value.values, lengths, value.integer);
  return plain(reshape(inOrder(value), lengths));
};

const flattened: Op = (node, [x]) => {
  const value = required(node, x, 0);
  const ahead = product(shapeOf(value).slice(0, number(node, 'axis', 1)));
  return plain(reshape(inOrder(value), [ahead, -1]));
};

const isNumbers = (value: unknown): value is Numbers =>
  typeof value === 'object' && value !== null && 'values' in value;

const constant: Op = (node) => {
  const { value, value_float: float, value_int: int } = node.attributes;
  if (isNumbers(value)) return known(value.values, value.shape, value.integer);
  if (typeof float === 'number') return known([float], [], false);
  if (typeof int === 'number') return known([int], []);
  for (const name of ['value_ints', 'value_floats']) {
    const values = list(node, name);
    if (values) return known(values, [values.length], name === 'value_ints');
  }
  throw refuse(node, 'a value of this kind');
};

const filled: Op = (node, [shape]) => {
  const lengths = numbersOf(node, shape, 'lengths');
  const { value } = node.attributes;
  const { values, integer } = isNumbers(value) ? value : { values: [0], integer: false };
  if (lengths.length <= 1) return known(Array<number>(product(lengths)).fill(values[0]!), lengths, integer);
  return plain(fill(lengths, values[0]!, integer ? 'int32' : 'float32'));
};

/** The same values by other axes, and values that stand in the graph. */
export const arrangementOps: Readonly<Record<string, Op>> = {
  Reshape: shaped,
  Transpose: turned,
  Squeeze: withoutAxes,
  Unsqueeze: withAxes,
  Flatten: flattened,
  Shape: (node, [x]) => {
    // From opset 15 on a part of it.
    const shape = shapeOf(required(node, x, 0));
    const part = shape.slice(number(node, 'start', 0), number(node, 'end', shape.length));
    return known(part, [part.length]);
  },
  Constant: constant,
  ConstantOfShape: filled,
};
