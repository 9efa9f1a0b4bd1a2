import { sizeOf } from '@segscape/core';
import { type DataType, util } from '@tensorflow/tfjs-core';
import type { ReductionAttrs, ReductionName } from '../../lowering/kernels.js';
import { axisIn, hasLayouts, inLayout, type Layout } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { axisFromStart, range } from '../../lowering/sizes.js';
import { wrapped } from '../../lowering/stored-integers.js';
import { longSum, longTail, type Reduce, total } from './long-sums.js';

const axesOf = (attrs: ReductionAttrs, rank: number): number[] =>
  util
    .parseAxisParam(attrs.axis ?? attrs.reductionIndices ?? range(0, rank), range(0, rank))
    .sort((a, b) => a - b);

export const reduced = (shape: readonly number[], over: readonly number[], keepDims: boolean): number[] =>
  shape.flatMap((n, axis) => (over.includes(axis) ? (keepDims ? [1] : []) : [n]));

/** A layout in which what remains after the reduction is in TensorFlow.js's order, without a transpose if possible. */
export function reductionLayout(x: LoweredTensor, over: readonly number[], keepDims: boolean): Layout {
  const rank = x.shape.length;
  if (!hasLayouts(rank) || x.has('last')) return 'last';
  const channels = over.includes(rank - 1);
  const space = range(1, rank - 1).every((axis) => over.includes(axis));
  return keepDims || channels || space ? 'first' : 'last';
}

/** @param none what becomes of no elements. */
function reduction(
  reduce: Reduce,
  none: number,
  result?: (dtype: DataType) => DataType,
): Rule<ReductionName> {
  return {
    ofNothing: true,
    infer: ({ x }, attrs) => [
      {
        shape: reduced(x.shape, axesOf(attrs, x.shape.length), Boolean(attrs.keepDims)),
        dtype: result?.(x.dtype) ?? x.dtype,
      },
    ],
    lower(to, { x }, attrs, [output]) {
      const rank = x.shape.length;
      const over = axesOf(attrs, rank);
      const keepDims = Boolean(attrs.keepDims);
      if (x.shape.includes(0)) return to.splat(output, none);
      if (over.length === 0)
        return to.elementwise([x], output, ([name]) => reduce(to, name!, [], true, { x: x, layout: 'last' }));
      // Over axes of length 1 there is nothing to do but to drop them.
      if (over.every((axis) => x.shape[axis] === 1)) {
        // By way of numbers: GPU providers reshape no booleans.
        const type = output.dtype === 'bool' && to.gpu ? 'int32' : output.dtype;
        const typed = to.cast(to.name(x, 'last'), x.dtype, type);
        const flat = to.reshape(typed, x.shape, output.shape);
        return to.value(output, to.cast(flat, type, output.dtype), 'last');
      }
      const layout = reductionLayout(x, over, keepDims);
      const moved = over.map((axis) => axisIn(axis, rank, layout));
      const name = reduce(to, to.name(x, layout), moved, keepDims, { x: x, layout });
      return to.value(output, name, keepDims ? layout : 'last');
    },
  };
}

/** The attribute form (opset 17: every reduction but ReduceSum). */
const byAttribute =
  (op: string): Reduce =>
  (to, name, over, keepDims) =>
    over.length === 0
      ? name
      : to.emit(op, [name], { axes: [...over].sort((a, b) => a - b), keepdims: Number(keepDims) });

const numbers =
  (reduce: Reduce): Reduce =>
  (to, name, over, keepDims, whole) =>
    whole.x.dtype === 'bool'
      ? reduce(to, to.cast(name, 'bool', 'int32'), over, keepDims, whole)
      : reduce(to, name, over, keepDims, whole);

/** Integers that leave their 32 bits come back from the other end; ONNX Runtime's own sums and products stay at the last. */
const modulo =
  (reduce: Reduce): Reduce =>
  (to, name, over, keepDims, whole) => {
    // GPU providers have no long integers.
    if (whole.x.dtype !== 'int32' || over.length === 0 || to.gpu)
      return reduce(to, name, over, keepDims, whole);
    const long = reduce(to, to.graph.cast(name, 'int64'), over, keepDims, whole);
    return wrapped(to.graph, long, 'int64');
  };

/** An extreme among which there is a NaN is NaN; ONNX Runtime's reductions pass over it. */
function withNaN(
  to: Lowering,
  name: string,
  over: readonly number[],
  keepDims: boolean,
  { dtype }: LoweredTensor,
  extreme: string,
): string {
  if (dtype !== 'float32' || over.length === 0 || to.gpu) return extreme;
  const odd = to.graph.cast(to.emit('IsNaN', [name]), 'uint8');
  const any = to.emit('ReduceMax', [odd], {
    axes: [...over].sort((a, b) => a - b),
    keepdims: Number(keepDims),
  });
  return to.emit('Where', [to.graph.cast(any, 'bool'), to.number(Number.NaN), extreme]);
}

/** The extreme over a few classes: element by element over their planes, instead of across memory. */
const extreme =
  (op: 'Max' | 'Min'): Reduce =>
  (to, name, over, keepDims, whole) => {
    const dims = inLayout(whole.x.shape, whole.layout);
    const axis = over[0] ?? 0;
    const count = dims[axis] ?? 1;
    const behind = sizeOf(dims.slice(axis + 1));
    if (over.length !== 1 || count < 2 || count > 4 || behind < longSum)
      return withNaN(
        to,
        name,
        over,
        keepDims,
        whole.x,
        byAttribute(`Reduce${op}`)(to, name, over, keepDims, whole),
      );
    const parts = to.ints(Array<number>(count).fill(1));
    const result = to.emit(op, to.graph.emitMany('Split', [name, parts], { axis }, count));
    return keepDims ? result : to.reshape(result, [], [...dims.slice(0, axis), ...dims.slice(axis + 1)]);
  };

/** Of booleans by way of integers. */
const ofBooleans =
  (reduce: Reduce): Reduce =>
  (to, name, over, keepDims, whole) =>
    over.length === 0 || whole.x.dtype !== 'bool'
      ? reduce(to, name, over, keepDims, whole)
      : to.cast(reduce(to, to.cast(name, 'bool', 'int32'), over, keepDims, whole), 'int32', 'bool');

const cumulative: Rule<'Cumsum'> = {
  infer: ({ x }) => [{ shape: x.shape, dtype: toInt(x.dtype) }],
  lower: (to, { x }, attrs, [output]) =>
    to.value(
      output,
      to.emit(
        'CumSum',
        [to.cast(to.name(x), x.dtype, output.dtype), to.graph.constant(attrs.axis, 'int64')],
        {
          exclusive: Number(attrs.exclusive),
          reverse: Number(attrs.reverse),
        },
      ),
    ),
};

/** ONNX has no running product: each doubling of the reach multiplies by the product so far, moved along. */
const runningProduct: Rule<'Cumprod'> = {
  infer: ({ x }) => [{ shape: x.shape, dtype: toInt(x.dtype) }],
  lower(to, { x }, attrs, [output]) {
    const { exclusive, reverse } = attrs;
    const { shape, dtype } = output;
    const axis = axisFromStart(attrs.axis, shape);
    const count = shape[axis]!;
    const moved = (name: string, by: number) => {
      const along = (n: number) => shape.map((_, i) => (i === axis ? n : 0));
      const pads = reverse ? [...along(0), ...along(by)] : [...along(by), ...along(0)];
      const longer = to.emit('Pad', [name, to.ints(pads), to.number(1, dtype)], { mode: 'constant' });
      const from = reverse ? by : 0;
      return to.emit('Slice', [longer, to.ints([from]), to.ints([from + count]), to.ints([axis])]);
    };
    let product = to.cast(to.name(x), x.dtype, dtype);
    if (exclusive) product = moved(product, 1);
    for (let by = 1; by < count; by *= 2) product = to.emit('Mul', [product, moved(product, by)]);
    return to.value(output, product);
  },
};

const toInt = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

export const reductions = {
  Sum: reduction(numbers(modulo(total)), 0, toInt),
  // TensorFlow.js gives means of integers as floats.
  Mean: reduction(
    (to, name, over, keepDims, whole) => {
      if (longTail(to, name, over, whole) === undefined)
        return byAttribute('ReduceMean')(to, to.cast(name, whole.x.dtype, 'float32'), over, keepDims, whole);
      const count = sizeOf(over.map((axis) => inLayout(whole.x.shape, whole.layout)[axis]!));
      return to.emit('Mul', [total(to, name, over, keepDims, whole), to.number(1 / count)]);
    },
    0,
    () => 'float32',
  ),
  Prod: reduction(numbers(modulo(byAttribute('ReduceProd'))), 1, toInt),
  Max: reduction(ofBooleans(extreme('Max')), Number.NaN),
  Min: reduction(ofBooleans(extreme('Min')), Number.NaN),
  All: reduction(ofBooleans(byAttribute('ReduceMin')), 0, () => 'bool'),
  Any: reduction(ofBooleans(byAttribute('ReduceMax')), 0, () => 'bool'),
  Cumsum: cumulative,
  Cumprod: runningProduct,
} satisfies Rules;
