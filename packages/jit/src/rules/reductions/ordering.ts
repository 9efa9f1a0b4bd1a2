import { type ArgMaxAttrs, type DataType, util } from '@tensorflow/tfjs-core';
import { axisIn, inLayout, type Layout } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { range } from '../../lowering/sizes.js';
import { reduced, reductionLayout } from './reduction.js';

type ArgumentName = 'ArgMax' | 'ArgMin';

function argument(op: ArgumentName): Rule<ArgumentName> {
  const axisOf = (attrs: ArgMaxAttrs, rank: number) =>
    util.parseAxisParam(attrs.axis, range(0, rank))[0] ?? 0;
  return {
    ofNothing: true,
    infer: ({ x }, attrs) => [
      { shape: reduced(x.shape, [axisOf(attrs, x.shape.length)], false), dtype: 'int32' },
    ],
    lower(to, { x }, attrs, [output]) {
      const rank = x.shape.length;
      const axis = axisOf(attrs, rank);
      const layout = reductionLayout(x, [axis], false);
      const physical = axisIn(axis, rank, layout);
      if (x.shape.includes(0)) return to.splat(output, 0);
      if (to.gpu) return to.value(output, firstExtreme(to, x, { op, axis: physical, layout }));
      const index = to.emit(op, [comparable(to, x, { op, axis: physical, layout })], {
        axis: physical,
        keepdims: 0,
      });
      return to.value(output, to.graph.cast(index, 'int32'));
    },
  };
}

interface Search {
  readonly op: ArgumentName;
  readonly axis: number;
  readonly layout: Layout;
}

/** With numbers for NaN, which in TensorFlow.js wins where it is the first and loses elsewhere. */
function comparable(to: Lowering, x: LoweredTensor, { op, axis, layout }: Search): string {
  const name = to.name(x, layout);
  if (x.dtype === 'bool') return to.cast(name, 'bool', 'int32');
  if (x.dtype !== 'float32') return name;
  const dims = inLayout(x.shape, layout);
  const best = op === 'ArgMax' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const instead = to.graph.constant(
    range(0, dims[axis]!).map((i) => (i === 0 ? best : -best)),
    'float32',
    dims.map((n, i) => (i === axis ? n : 1)),
  );
  return to.emit('Where', [to.emit('IsNaN', [name]), instead, name]);
}

/** The index of the first extreme, without the 64-bit integers that GPU providers leave to the CPU. */
function firstExtreme(to: Lowering, x: LoweredTensor, { op, axis, layout }: Search): string {
  const name = to.cast(to.name(x, layout), x.dtype, 'float32');
  const dims = inLayout(x.shape, layout);
  const count = dims[axis]!;
  const best = to.emit(op === 'ArgMax' ? 'ReduceMax' : 'ReduceMin', [name], { axes: [axis], keepdims: 1 });
  const ranks = to.graph.constant(
    range(0, count).map((i) => count - i),
    'float32',
    dims.map((n, i) => (i === axis ? n : 1)),
  );
  const found = to.emit('Where', [to.emit('Equal', [name, best]), ranks, to.number(0)]);
  const rank = to.emit('ReduceMax', [found], { axes: [axis], keepdims: 0 });
  return to.cast(to.emit('Sub', [to.number(count), rank]), 'float32', 'int32');
}

/** 64-bit indices below `count` as 32-bit ones: on GPUs, whose providers cast from none, by looking them up. */
const narrowed = (to: Lowering, indices: string, count: number): string =>
  to.gpu
    ? to.emit('Gather', [to.graph.constant(range(0, count), 'int32'), indices], { axis: 0 })
    : to.graph.cast(indices, 'int32');

/** Above what a GPU's sort, of floats alone, fills rows up with: less, or no number, would change places with that. */
const lowest = -3.4e38;
const sortable = (to: Lowering, name: string, dtype: DataType): string => {
  const least = to.number(lowest);
  return dtype === 'float32'
    ? to.emit('Where', [to.emit('GreaterOrEqual', [name, least]), name, least])
    : to.cast(name, dtype, 'float32');
};

const topK: Rule<'TopK'> = {
  infer({ x }, attrs) {
    const shape = [...x.shape.slice(0, -1), attrs.k];
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int32' },
    ];
  },
  lower(to, { x }, attrs, outputs) {
    const count = x.shape.at(-1)!;
    if (attrs.sorted === false && attrs.k === count) {
      // All of them, as they stand.
      const order = to.graph.constant(range(0, count), 'int32');
      return [x, to.value(outputs[1]!, to.emit('Expand', [order, to.ints(x.shape)]))];
    }
    const type = x.dtype === 'bool' ? 'int32' : x.dtype;
    const name = to.cast(to.name(x), x.dtype, type);
    const [sorted, places] = to.graph.emitMany(
      'TopK',
      [to.gpu ? sortable(to, name, type) : name, to.ints([attrs.k])],
      { axis: -1, largest: 1, sorted: Number(attrs.sorted ?? true) },
      2,
    ) as [string, string];
    const found = () =>
      x.dtype === 'float32'
        ? to.emit('GatherElements', [name, places], { axis: -1 })
        : to.cast(sorted, 'float32', x.dtype);
    const indices = to.value(outputs[1]!, narrowed(to, places, count));
    indices.atLeastZero = true;
    return [to.value(outputs[0], to.gpu ? found() : to.cast(sorted, type, x.dtype)), indices];
  },
};

/** How many numbers of a sorted row come before each value. */
const searchSorted: Rule<'SearchSorted'> = {
  ofNothing: true,
  infer: ({ values }) => [{ shape: values.shape, dtype: 'int32' }],
  lower(to, { sortedSequence, values }, attrs, [output]) {
    if (sortedSequence.shape.includes(0)) return to.splat(output, 0);
    // Compared as JavaScript does, whichever types they have.
    const mixed = sortedSequence.dtype !== values.dtype;
    const typed = (x: LoweredTensor) => {
      if (x.dtype === 'bool') throw new Error('of numbers alone: cast booleans to int32 first');
      return mixed ? to.graph.cast(to.name(x), to.gpu ? 'float32' : 'float64') : to.name(x);
    };
    const row = to.emit('Unsqueeze', [typed(sortedSequence), to.ints([1])]);
    const value = to.emit('Unsqueeze', [typed(values), to.ints([2])]);
    const before = to.emit(attrs.side === 'left' ? 'Less' : 'LessOrEqual', [row, value]);
    const counted = to.emit('ReduceSum', [to.cast(before, 'bool', 'int32'), to.ints([2])], { keepdims: 0 });
    return to.value(output, counted);
  },
};

export const orderings = {
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  TopK: topK,
  SearchSorted: searchSorted,
} satisfies Rules;
