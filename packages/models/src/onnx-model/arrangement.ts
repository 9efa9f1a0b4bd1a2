import {
  concat,
  fill,
  gather,
  pad,
  reshape,
  slice,
  split,
  type Tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import { picked, placesOf, turnedKnown } from './known-arrays.js';
import type { OnnxNode } from './parse.js';
import type { Numbers } from './stored-numbers.js';
import {
  axisIn,
  channelsLast,
  inOrder,
  known,
  last,
  list,
  number,
  numbersOf,
  type Op,
  plain,
  refuse,
  required,
  settings,
  shapeOf,
  type Value,
} from './value.js';

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

const joined: Op = (node, inputs) => {
  const values = inputs.map((value, i) => required(node, value, i));
  const axis = number(node, 'axis', 0);
  if (values.every((value) => value.kind === 'known')) {
    const parts = values as readonly Numbers[];
    const all = parts.flatMap((part) => Array.from(part.values));
    return known(
      all,
      [all.length],
      parts.every(({ integer }) => integer),
    );
  }
  if (values.some((value) => value.kind === 'tensor' && value.channelsLast)) {
    const lasts = values.map(channelsLast);
    return last(concat(lasts, axisIn(last(lasts[0]!), axis)));
  }
  return plain(concat(values.map(inOrder), axis));
};

const shaped: Op = (node, [x, to]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const wanted = settings(node, 'shape', to, 'lengths')!;
  const lengths = wanted.map((length, i) => (length === 0 ? shape[i]! : length));
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

/** Every `step`-th value of an axis, of slices and reshapes: TensorFlow.js has no gradient of `stridedSlice`. */
function everyNth(x: Tensor, step: number, axis: number): Tensor {
  if (step === 1) return x;
  const { shape } = x;
  const count = Math.ceil(shape[axis]! / step);
  const missing = count * step - shape[axis]!;
  const whole =
    missing === 0
      ? x
      : pad(
          x,
          shape.map((_, i): [number, number] => [0, i === axis ? missing : 0]),
        );
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const firsts = slice(reshape(whole, [outer, count, step * inner]), [0, 0, 0], [outer, count, inner]);
  return reshape(
    firsts,
    shape.map((n, i) => (i === axis ? count : n)),
  );
}

const cut: Op = (node, [x, from, to, over, by]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const starts = settings(node, 'starts', from, 'starts')!;
  const ends = settings(node, 'ends', to, 'ends')!;
  const axes = settings(node, 'axes', over, 'axes') ?? starts.map((_, i) => i);
  const steps = settings(node, 'steps', by, 'steps') ?? starts.map(() => 1);
  const along = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  if (value.kind === 'known') {
    const places = shape.map((length, axis) => {
      const i = along.indexOf(axis);
      return i < 0 ? placesOf(length, 0, length, 1) : placesOf(length, starts[i]!, ends[i]!, steps[i]!);
    });
    return picked(value, places);
  }
  if (steps.some((step) => step < 1)) throw refuse(node, 'steps below 1');
  const [begin, end, stride] = [shape.map(() => 0), [...shape], shape.map(() => 1)];
  for (const [i, axis] of along.entries()) {
    const length = shape[axis]!;
    const at = (n: number) => Math.min(Math.max(n < 0 ? n + length : n, 0), length);
    [begin[axis], end[axis], stride[axis]] = [at(starts[i]!), at(ends[i]!), steps[i]!];
  }
  const inMemory = (lengths: readonly number[]) => {
    const turnedLengths = [...lengths];
    for (const [axis, length] of lengths.entries()) turnedLengths[axisIn(value, axis)] = length;
    return turnedLengths;
  };
  const first = inMemory(begin);
  const lengths = inMemory(end).map((n, axis) => Math.max(0, n - first[axis]!));
  const part = slice(value.tensor, first, lengths);
  return { ...value, tensor: inMemory(stride).reduce(everyNth, part) };
};

const parted: (node: OnnxNode, inputs: readonly (Value | undefined)[]) => Value[] = (node, [x, given]) => {
  const value = required(node, x, 0);
  if (value.kind === 'known') throw refuse(node, 'constants');
  const axis = axisIn(value, number(node, 'axis', 0));
  const parts = settings(node, 'split', given, 'lengths') ?? node.outputs.length;
  return split(value.tensor, parts as number[], axis).map((part) => ({ ...value, tensor: part }));
};

const taken: Op = (node, [x, at]) => {
  const value = required(node, x, 0);
  const axis = number(node, 'axis', 0);
  const indices = numbersOf(node, at, 'indices');
  const shape = at && shapeOf(at);
  if (value.kind === 'known' && value.shape.length === 1)
    return known(
      indices.map((i) => value.values[i < 0 ? i + value.values.length : i]!),
      shape ?? [],
      value.integer,
    );
  const first = inOrder(value);
  const length = first.shape[axis < 0 ? axis + first.rank : axis]!;
  const places = indices.map((i) => (i < 0 ? i + length : i));
  const found = gather(first, places, axis < 0 ? axis + first.rank : axis);
  const lengths = [...first.shape.slice(0, axis), ...(shape ?? []), ...first.shape.slice(axis + 1)];
  return plain(reshape(found, lengths));
};

const isNumbers = (value: unknown): value is Numbers =>
  typeof value === 'object' && value !== null && 'values' in value;

const constant: Op = ({
  attributes: { value, value_float: float, value_int: int, value_ints: ints },
  ...node
}) => {
  if (isNumbers(value)) return known(value.values, value.shape, value.integer);
  if (typeof float === 'number') return known([float], [], false);
  if (typeof int === 'number') return known([int], []);
  if (Array.isArray(ints)) return known(ints as number[], [ints.length]);
  throw refuse({ ...node, attributes: {} }, 'a value of this kind');
};

const filled: Op = (node, [shape]) => {
  const lengths = numbersOf(node, shape, 'lengths');
  const { value } = node.attributes;
  const one = isNumbers(value) ? value.values[0]! : 0;
  if (lengths.length <= 1) return known(Array<number>(product(lengths)).fill(one), lengths);
  return plain(fill(lengths, one));
};

export const arrangementOps: Readonly<Record<string, Op>> = {
  Concat: joined,
  Reshape: shaped,
  Transpose: turned,
  Squeeze: withoutAxes,
  Unsqueeze: withAxes,
  Flatten: flattened,
  Slice: cut,
  Gather: taken,
  Shape: (node, [x]) => {
    // From opset 15 on a part of it.
    const shape = shapeOf(required(node, x, 0));
    const part = shape.slice(number(node, 'start', 0), number(node, 'end', shape.length));
    return known(part, [part.length]);
  },
  Constant: constant,
  ConstantOfShape: filled,
};

/** Nodes of several results. */
export const splittingOps: Readonly<Record<string, typeof parted>> = { Split: parted };
