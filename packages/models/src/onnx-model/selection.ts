import { concat, gather, reshape, reverse, slice, split, type Tensor } from '@tensorflow/tfjs-core';
import { everyNth } from './every-nth.js';
import { joinedKnown, picked, placesOf } from './known-arrays.js';
import type { OnnxNode } from './parse.js';
import {
  axisIn,
  channelsLast,
  inOrder,
  type Known,
  known,
  last,
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

const fromFirst = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

const joined: Op = (node, inputs) => {
  const values = inputs.map((value, i) => required(node, value, i));
  const axis = fromFirst(number(node, 'axis', 0), shapeOf(values[0]!).length);
  if (values.every((value): value is Known => value.kind === 'known')) return joinedKnown(values, axis);
  if (values.some((value) => value.kind === 'tensor' && value.channelsLast)) {
    const lasts = values.map(channelsLast);
    return last(concat(lasts, axisIn(last(lasts[0]!), axis)));
  }
  return plain(concat(values.map(inOrder), axis));
};

/** An axis the other way round; of three axes, as WebGL reverses no more than four. */
export function turnedBack(x: Tensor, axis: number): Tensor {
  const { shape } = x;
  const inner = shape.slice(axis + 1).reduce((all, length) => all * length, 1);
  if (shape[axis]! <= 1 || inner === 0) return x;
  return reshape(reverse(reshape(x, [-1, shape[axis]!, inner]), 1), shape);
}

const cut: Op = (node, [x, from, to, over, by]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const starts = settings(node, 'starts', from, 'starts')!;
  const ends = settings(node, 'ends', to, 'ends')!;
  const axes = settings(node, 'axes', over, 'axes') ?? starts.map((_, i) => i);
  const steps = settings(node, 'steps', by, 'steps') ?? starts.map(() => 1);
  if (steps.includes(0)) throw refuse(node, 'steps of 0');
  const along = axes.map((axis) => fromFirst(axis, shape.length));
  const places = shape.map((length, axis) => {
    const i = along.indexOf(axis);
    return i < 0 ? undefined : placesOf(length, starts[i]!, ends[i]!, steps[i]!);
  });
  if (value.kind === 'known')
    return picked(
      value,
      places.map((some, axis) => some ?? placesOf(shape[axis]!, 0, shape[axis]!, 1)),
    );
  const begin = value.tensor.shape.map(() => 0);
  const size = [...value.tensor.shape];
  for (const [axis, some] of places.entries()) {
    if (some === undefined) continue;
    const [first, end] = [some[0] ?? 0, some.at(-1) ?? -1];
    const at = axisIn(value, axis);
    [begin[at], size[at]] = [Math.min(first, Math.max(end, 0)), Math.abs(end - first) + 1];
    if (some.length === 0) size[at] = 0;
  }
  let part = slice(value.tensor, begin, size);
  for (const [i, axis] of along.entries()) {
    const at = axisIn(value, axis);
    if (steps[i]! < 0) part = turnedBack(part, at);
    part = everyNth(part, Math.abs(steps[i]!), at);
  }
  return { ...value, tensor: part };
};

/** As many equal parts as there are results, the last with what is left. */
function equalParts(length: number, count: number): number[] {
  const each = Math.ceil(length / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, length - i * each)));
}

const parted = (node: OnnxNode, [x, given]: readonly (Value | undefined)[]): Value[] => {
  const value = required(node, x, 0);
  const axis = fromFirst(number(node, 'axis', 0), shapeOf(value).length);
  const length = shapeOf(value)[axis]!;
  const parts = settings(node, 'split', given, 'lengths') ?? equalParts(length, node.outputs.length);
  if (value.kind === 'tensor')
    return split(value.tensor, parts, axisIn(value, axis)).map((part) => ({ ...value, tensor: part }));
  let begin = 0;
  return parts.map((part) => {
    const places = value.shape.map((all, i) =>
      i === axis ? placesOf(all, begin, begin + part, 1) : placesOf(all, 0, all, 1),
    );
    begin += part;
    return picked(value, places);
  });
};

const taken: Op = (node, [x, at]) => {
  const value = required(node, x, 0);
  const shape = shapeOf(value);
  const axis = fromFirst(number(node, 'axis', 0), shape.length);
  const length = shape[axis]!;
  const places = numbersOf(node, at, 'indices').map((place) => (place < 0 ? place + length : place));
  if (places.some((place) => !(place >= 0 && place < length)))
    throw refuse(node, 'indices beyond its values');
  const lengths = [...shape.slice(0, axis), ...shapeOf(required(node, at, 1)), ...shape.slice(axis + 1)];
  if (value.kind === 'tensor') return plain(reshape(gather(inOrder(value), places, axis), lengths));
  const { values, integer } = picked(
    value,
    shape.map((all, i) => (i === axis ? places : placesOf(all, 0, all, 1))),
  );
  return known(values, lengths, integer);
};

/** Values of arrays, and arrays of values. */
export const selectionOps: Readonly<Record<string, Op>> = { Concat: joined, Slice: cut, Gather: taken };

/** Nodes of several results. */
export const splittingOps: Readonly<Record<string, typeof parted>> = { Split: parted };
