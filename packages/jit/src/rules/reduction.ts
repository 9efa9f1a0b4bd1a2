import { type DataType, util } from '@tensorflow/tfjs-core';
import { axes, axisIn, hasLayouts, inLayout, type Lowering } from './lowering.js';
import type { Attrs, Rule, Rules, TypedShape } from './rule.js';
import type { Layout, Value } from './value.js';

const axesOf = (attrs: Attrs, rank: number): number[] =>
  util
    .parseAxisParam(
      (attrs.axis ?? attrs.reductionIndices ?? axes(0, rank)) as number | number[],
      axes(0, rank),
    )
    .sort((a, b) => a - b);

const reduced = (shape: readonly number[], over: readonly number[], keepDims: boolean): number[] =>
  shape.flatMap((n, axis) => (over.includes(axis) ? (keepDims ? [1] : []) : [n]));

/** A layout in which what remains after the reduction is in TensorFlow.js's order, without a transpose if possible. */
function reductionLayout(x: Value, over: readonly number[], keepDims: boolean): Layout {
  const rank = x.shape.length;
  if (!hasLayouts(rank) || x.has('last')) return 'last';
  const channels = over.includes(rank - 1);
  const space = axes(1, rank - 1).every((axis) => over.includes(axis));
  return keepDims || channels || space ? 'first' : 'last';
}

type Reduce = (
  to: Lowering,
  name: string,
  axes: readonly number[],
  keepDims: boolean,
  whole: { x: Value; layout: Layout },
) => string;

function reduction(reduce: Reduce, result?: (dtype: DataType) => DataType): Rule {
  return {
    infer: ({ x }, attrs) => [
      {
        shape: reduced(x!.shape, axesOf(attrs, x!.shape.length), Boolean(attrs.keepDims)),
        dtype: result?.(x!.dtype) ?? x!.dtype,
      },
    ],
    lower(to, { x }, attrs, [output]) {
      const rank = x!.shape.length;
      const over = axesOf(attrs, rank);
      const keepDims = Boolean(attrs.keepDims);
      if (over.length === 0)
        return to.elementwise([x!], output!, ([name]) =>
          reduce(to, name!, [], true, { x: x!, layout: 'last' }),
        );
      const layout = reductionLayout(x!, over, keepDims);
      const moved = over.map((axis) => axisIn(axis, rank, layout));
      const name = reduce(to, to.name(x!, layout), moved, keepDims, { x: x!, layout });
      return to.value(output!, name, keepDims ? layout : 'last');
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

/**
 * A sum over one short axis with much behind it (classes, channels) is a product with a row of ones: the general reduction walks
 * memory against its order there.
 */
function shortAxis(
  to: Lowering,
  name: string,
  over: readonly number[],
  keepDims: boolean,
  { x, layout }: { x: Value; layout: Layout },
): string | undefined {
  const dims = inLayout(x.shape, layout);
  const axis = over[0]!;
  const behind = dims.slice(axis + 1).reduce((product, n) => product * n, 1);
  const count = dims[axis]!;
  if (over.length !== 1 || x.dtype !== 'float32' || count > 32 || count < 2 || behind < longSum)
    return undefined;
  const ahead = dims.slice(0, axis);
  const matrix = to.reshape(name, dims, [...ahead, count, behind]);
  const ones = to.graph.constant(Array<number>(count).fill(1), 'float32', [1, count]);
  const sums = to.emit('MatMul', [ones, matrix]);
  return to.reshape(sums, [], [...ahead, ...(keepDims ? [1] : []), ...dims.slice(axis + 1)]);
}

/** Sums longer than this are made in two steps. */
const longSum = 4096;

/** The divisor of `n` nearest to its root from below. */
function rootDivisor(n: number): number {
  let d = Math.floor(Math.sqrt(n));
  while (n % d !== 0) d--;
  return d;
}

/**
 * A long sum over the last axes as sums of rows, then of their results: all cores share the rows, and the rounding error of single
 * precision grows with the root of the length only.
 */
function longTail(
  to: Lowering,
  name: string,
  over: readonly number[],
  { x, layout }: { x: Value; layout: Layout },
): string | undefined {
  const dims = inLayout(x.shape, layout);
  const first = dims.length - over.length;
  const size = dims.slice(first).reduce((product, n) => product * n, 1);
  const trailing = over.every((axis) => axis >= first);
  if (!trailing || size < longSum || x.dtype !== 'float32') return undefined;
  const rows = rootDivisor(size);
  if (rows < 8) return undefined;
  const lead = dims.slice(0, first);
  const split = to.reshape(name, dims, [...lead, rows, size / rows]);
  const sums = to.emit('ReduceSum', [split, to.ints([first + 1])], { keepdims: 0 });
  return to.emit('ReduceSum', [sums, to.ints([first])], { keepdims: 0 });
}

/**
 * A sum over batch and space of a channels-first tensor (every bias gradient) is a product with ones,
 * which runs on all cores; the general reduction does not.
 */
const total: Reduce = (to, name, over, keepDims, { x, layout }) => {
  if (over.length === 0) return name;
  const [batch, channels, ...space] = inLayout(x.shape, layout);
  const perChannel =
    layout === 'first' && x.dtype === 'float32' && !over.includes(1) && over.length === x.shape.length - 1;
  if (!perChannel) {
    const short = shortAxis(to, name, over, keepDims, { x, layout });
    if (short !== undefined) return short;
    const long = longTail(to, name, over, { x, layout });
    if (long === undefined)
      return to.emit('ReduceSum', [name, to.ints([...over].sort((a, b) => a - b))], {
        keepdims: Number(keepDims),
      });
    const dims = inLayout(x.shape, layout);
    return keepDims
      ? to.reshape(
          long,
          [],
          dims.map((n, axis) => (over.includes(axis) ? 1 : n)),
        )
      : long;
  }
  const area = space.reduce((product, n) => product * n, 1);
  const rows = to.reshape(name, inLayout(x.shape, layout), [batch! * channels!, area]);
  const sums = to.emit('MatMul', [
    rows,
    to.graph.constant(Array<number>(area).fill(1), 'float32', [area, 1]),
  ]);
  const perImage = to.reshape(sums, [], [batch!, channels!]);
  const result =
    batch === 1
      ? to.reshape(perImage, [], [channels!])
      : to.emit('ReduceSum', [perImage, to.ints([0])], { keepdims: 0 });
  return keepDims ? to.reshape(result, [], [1, channels!, ...space.map(() => 1)]) : result;
};

/** The extreme over a few classes: element by element over their planes, instead of across memory. */
const extreme =
  (op: 'Max' | 'Min'): Reduce =>
  (to, name, over, keepDims, whole) => {
    const dims = inLayout(whole.x.shape, whole.layout);
    const axis = over[0] ?? 0;
    const count = dims[axis] ?? 1;
    const behind = dims.slice(axis + 1).reduce((product, n) => product * n, 1);
    if (over.length !== 1 || count < 2 || count > 4 || behind < longSum)
      return byAttribute(`Reduce${op}`)(to, name, over, keepDims, whole);
    const parts = to.ints(Array<number>(count).fill(1));
    const result = to.emit(op, to.graph.emitMany('Split', [name, parts], { axis }, count));
    return keepDims ? result : to.reshape(result, [], [...dims.slice(0, axis), ...dims.slice(axis + 1)]);
  };

const truth =
  (op: string): Reduce =>
  (to, name, over, keepDims, whole) =>
    over.length === 0
      ? name
      : to.cast(byAttribute(op)(to, to.cast(name, 'bool', 'int32'), over, keepDims, whole), 'int32', 'bool');

function argument(op: string): Rule {
  const axisOf = (attrs: Attrs, rank: number) =>
    util.parseAxisParam(attrs.axis as number | number[], axes(0, rank))[0] ?? 0;
  return {
    infer: ({ x }, attrs) => [
      { shape: reduced(x!.shape, [axisOf(attrs, x!.shape.length)], false), dtype: 'int32' },
    ],
    lower(to, { x }, attrs, [output]) {
      const rank = x!.shape.length;
      const axis = axisOf(attrs, rank);
      const layout = reductionLayout(x!, [axis], false);
      const index = to.emit(op, [to.name(x!, layout)], { axis: axisIn(axis, rank, layout), keepdims: 0 });
      return to.value(output!, to.emit('Cast', [index], { to: 6 }));
    },
  };
}

/** Exponentials over the last axis, shifted by their maximum, in whichever layout the scores are. */
function exponentials(to: Lowering, logits: Value) {
  const rank = logits.shape.length;
  const layout: Layout = hasLayouts(rank) && !logits.has('last') ? 'first' : 'last';
  const axis = axisIn(rank - 1, rank, layout);
  const scores = to.name(logits, layout);
  const shifted = to.emit('Sub', [scores, to.emit('ReduceMax', [scores], { axes: [axis], keepdims: 1 })]);
  const powers = to.emit('Exp', [shifted]);
  const sum = to.emit('ReduceSum', [powers, to.ints([axis])], { keepdims: 1 });
  return { layout, shifted, powers, sum };
}

const softmax: Rule = {
  infer: ({ logits }) => [logits!],
  lower(to, { logits }, _attrs, [output]) {
    const { layout, powers, sum } = exponentials(to, logits!);
    return to.value(output!, to.emit('Div', [powers, sum]), layout);
  },
};

const logSoftmax: Rule = {
  infer: ({ logits }) => [logits!],
  lower(to, { logits }, _attrs, [output]) {
    const { layout, shifted, sum } = exponentials(to, logits!);
    return to.value(output!, to.emit('Sub', [shifted, to.emit('Log', [sum])]), layout);
  },
};

const cumulative: Rule = {
  infer: ({ x }) => [x!],
  lower: (to, { x }, attrs, [output]) =>
    to.value(
      output!,
      to.emit('CumSum', [to.name(x!), to.graph.constant(attrs.axis as number, 'int64')], {
        exclusive: Number(attrs.exclusive),
        reverse: Number(attrs.reverse),
      }),
    ),
};

const topK: Rule = {
  infer({ x }, attrs) {
    const shape = [...x!.shape.slice(0, -1), attrs.k as number];
    return [
      { shape, dtype: x!.dtype },
      { shape, dtype: 'int32' },
    ];
  },
  lower(to, { x }, attrs, outputs) {
    const [values, indices] = to.graph.emitMany(
      'TopK',
      [to.name(x!), to.ints([attrs.k as number])],
      { axis: -1, largest: 1, sorted: Number(attrs.sorted ?? true) },
      2,
    );
    return [
      to.value(outputs[0] as TypedShape, values!),
      to.value(outputs[1] as TypedShape, to.emit('Cast', [indices!], { to: 6 })),
    ];
  },
};

const toInt = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

export const reductions: Rules = {
  Sum: reduction(numbers(total), toInt),
  // TensorFlow.js gives means of integers as floats.
  Mean: reduction(
    (to, name, over, keepDims, whole) => {
      if (longTail(to, name, over, whole) === undefined)
        return byAttribute('ReduceMean')(to, to.cast(name, whole.x.dtype, 'float32'), over, keepDims, whole);
      const count = over.reduce((product, axis) => product * inLayout(whole.x.shape, whole.layout)[axis]!, 1);
      return to.emit('Mul', [total(to, name, over, keepDims, whole), to.number(1 / count)]);
    },
    () => 'float32',
  ),
  Prod: reduction(numbers(byAttribute('ReduceProd')), toInt),
  Max: reduction(extreme('Max')),
  Min: reduction(extreme('Min')),
  All: reduction(truth('ReduceMin'), () => 'bool'),
  Any: reduction(truth('ReduceMax'), () => 'bool'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  Cumsum: cumulative,
  TopK: topK,
};
