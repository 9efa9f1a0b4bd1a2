import { type DataType, util } from '@tensorflow/tfjs-core';
import { type HostArray, hostArray } from '../trace/host-array.js';
import { axes, axisIn, hasLayouts, inLayout, type Lowering, onnxType } from './lowering.js';
import type { Rule, Rules, TypedShape } from './rule.js';
import { movingTruth } from './truth.js';
import { type Layout, Value } from './value.js';

/** The layout that most of the given tensors are already in. */
export const commonLayout = (to: Lowering, values: readonly Value[]): Layout =>
  to.layoutFor(values, values[0]!.shape.length);

const one = (n: number) => n === 1;

/** Channels-first data in memory order mean the same as channels-last when one of the two is a single column. */
const orderFree = (shape: readonly number[]) =>
  !hasLayouts(shape.length) || one(shape[shape.length - 1]!) || shape.slice(1, -1).every(one);

export function relabel(to: Lowering, x: Value, output: TypedShape): Value {
  if (x.splat !== undefined) return to.splat(output, x.splat);
  // Gradients reshape to the shape they have: the layouts stay.
  if (x.shape.join() === output.shape.join()) return x;
  const layout: Layout = !x.has('last') && orderFree(x.shape) ? 'first' : 'last';
  const flat = to.reshape(to.name(x, layout), inLayout(x.shape, layout), output.shape);
  const forms: Partial<Record<Layout, { name: string; dims: readonly number[] }>> = {
    last: { name: flat, dims: output.shape },
  };
  if (orderFree(output.shape) && hasLayouts(output.shape.length)) {
    const first = inLayout(output.shape, 'first');
    forms.first = { name: to.reshape(flat, output.shape, first), dims: first };
  }
  return new Value(output.shape, output.dtype, forms);
}

const reshape: Rule = {
  infer: ({ x }, attrs) => [
    {
      shape: util.inferFromImplicitShape(attrs.shape as number[], util.sizeFromShape([...x!.shape])),
      dtype: x!.dtype,
    },
  ],
  lower: (to, { x }, _attrs, [output]) => relabel(to, x!, output!),
};

const expandDims: Rule = {
  infer({ input }, attrs) {
    const shape = [...input!.shape];
    const dim = attrs.dim as number;
    shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
    return [{ shape, dtype: input!.dtype }];
  },
  lower: (to, { input }, _attrs, [output]) => relabel(to, input!, output!),
};

const identity: Rule = { infer: ({ x }) => [x!], lower: (_to, { x }) => x! };

/** The logical axis behind each axis of a form. */
const axesOf = (rank: number, layout: Layout): number[] =>
  layout === 'first' && hasLayouts(rank) ? [0, rank - 1, ...axes(1, rank - 1)] : axes(0, rank);

/** Made in whichever layout is asked for, from whichever the tensor is in, by one move. */
const transpose: Rule = {
  infer: ({ x }, attrs) => [
    { shape: (attrs.perm as number[]).map((axis) => x!.shape[axis]!), dtype: x!.dtype },
  ],
  lower(to, { x }, attrs, [output]) {
    const order = attrs.perm as number[];
    const rank = x!.shape.length;
    if (x!.splat !== undefined) return to.splat(output!, x!.splat);
    if (order.every((axis, i) => axis === i)) return x!;
    const make = (layout: Layout) => () => {
      const from: Layout = x!.has('last') ? 'last' : 'first';
      const physical = axesOf(rank, from);
      const perm = axesOf(rank, layout).map((axis) => physical.indexOf(order[axis]!));
      const source = inLayout(x!.shape, from);
      const dims = perm.map((axis) => source[axis]!);
      const moving = perm.filter((axis) => source[axis] !== 1);
      const still = moving.every((axis, i) => i === 0 || axis > moving[i - 1]!);
      const name = still
        ? to.reshape(to.name(x!, from), source, dims)
        : to.emit('Transpose', [to.name(x!, from)], { perm });
      return { name, dims };
    };
    return new Value(output!.shape, output!.dtype, {
      last: make('last'),
      ...(hasLayouts(rank) && { first: make('first') }),
    });
  },
};

const concat: Rule = {
  infer(inputs, attrs) {
    const parts = Object.values(inputs);
    const axis = util.parseAxisParam(attrs.axis as number, [...parts[0]!.shape])[0]!;
    const shape = [...parts[0]!.shape];
    for (const part of parts)
      if (part.shape.length !== shape.length || part.shape.some((n, i) => i !== axis && n !== shape[i]))
        throw new Error(`its parts differ in more than axis ${axis}`);
    shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    return [{ shape, dtype: parts[0]!.dtype }];
  },
  ofNothing: true,
  lower(to, inputs, attrs, [output]) {
    const parts = Object.values(inputs).filter(({ shape }) => !shape.includes(0));
    const rank = output!.shape.length;
    const axis = util.parseAxisParam(attrs.axis as number, [...output!.shape])[0]!;
    const layout = commonLayout(to, parts);
    const names = parts.map((part) => to.converted(to.name(part, layout), part.dtype, output!.dtype));
    return to.value(output!, to.emit('Concat', names, { axis: axisIn(axis, rank, layout) }), layout);
  },
};

/** Where the new axis goes; −1 is behind the last. */
const packAxis = (part: { readonly shape: readonly number[] }, axis: number) =>
  axis < 0 ? axis + part.shape.length + 1 : axis;

const pack: Rule = {
  infer(inputs, attrs) {
    const parts = Object.values(inputs);
    const shape = [...parts[0]!.shape];
    if (parts.some((part) => part.dtype !== parts[0]!.dtype || part.shape.join() !== shape.join()))
      throw new Error('its parts differ in type or shape');
    shape.splice(packAxis(parts[0]!, attrs.axis as number), 0, parts.length);
    return [{ shape, dtype: parts[0]!.dtype }];
  },
  lower(to, inputs, attrs, [output]) {
    const parts = Object.values(inputs);
    const axis = packAxis(parts[0]!, attrs.axis as number);
    const lifted = parts.map((part) => to.emit('Unsqueeze', [to.name(part), to.ints([axis])]));
    return to.value(output!, to.emit('Concat', lifted, { axis }));
  },
};

const tile: Rule = {
  infer: ({ x }, attrs) => [
    { shape: x!.shape.map((n, i) => n * (attrs.reps as number[])[i]!), dtype: x!.dtype },
  ],
  lower(to, { x }, attrs, [output]) {
    const reps = attrs.reps as number[];
    if (x!.splat !== undefined) return to.splat(output!, x!.splat);
    // Repeating single elements is broadcasting: nothing need be copied.
    if (reps.every((r, axis) => r === 1 || x!.shape[axis] === 1))
      return to.elementwise([x!], output!, ([name]) => name!);
    return to.value(output!, to.emit('Tile', [to.name(x!), to.ints(reps)]));
  },
};

const broadcastTo: Rule = {
  infer: ({ x }, attrs) => [{ shape: attrs.shape as number[], dtype: x!.dtype }],
  lower: (to, { x }, _attrs, [output]) =>
    x!.splat === undefined ? to.elementwise([x!], output!, ([name]) => name!) : to.splat(output!, x!.splat),
};

const filled = (number: number): Rule => ({
  infer: ({ x }) => [x!],
  lower: (to, _inputs, _attrs, [output]) => to.splat(output!, number),
});

const fill: Rule = {
  infer: (_inputs, attrs) => [
    { shape: attrs.shape as number[], dtype: (attrs.dtype as DataType | undefined) ?? 'float32' },
  ],
  lower(to, _inputs, attrs, [output]) {
    const value = attrs.value as number;
    if (output!.dtype === 'bool' && value !== 0 && value !== 1) throw new Error(`no boolean is ${value}`);
    return to.splat(output!, value);
  },
};

/**
 * As TensorFlow.js has it: backwards by ones where the step is left out, nothing where a step leads away from the end, but forwards all
 * the same where one below 1 does. Each number is the last, as the type keeps it, and a step.
 */
function counted({ start, stop, step, dtype = 'float32' }: RangeAttrs): HostArray {
  const away = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
  const values = hostArray(dtype, away ? 0 : Math.abs(Math.ceil((stop - start) / step)));
  const by = stop < start && step === 1 ? -1 : step;
  for (let i = 0; i < values.length; i++) values[i] = i === 0 ? start : values[i - 1]! + by;
  return values;
}

interface RangeAttrs {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype?: DataType;
}

const range: Rule = {
  infer(_inputs, attrs) {
    const given = attrs as unknown as RangeAttrs;
    return [{ shape: [counted(given).length], dtype: given.dtype ?? 'float32' }];
  },
  lower(to, _inputs, attrs, [output]) {
    const values = counted(attrs as unknown as RangeAttrs);
    return to.value(output!, to.graph.data(values, onnxType(output!.dtype), output!.shape));
  },
};

/** Step by step, as TensorFlow.js makes it: rounding adds up. */
const linSpace: Rule = {
  infer: (_inputs, attrs) => [{ shape: [attrs.num as number], dtype: 'float32' }],
  lower(to, _inputs, attrs, [output]) {
    const { start, stop, num } = attrs as { start: number; stop: number; num: number };
    const values = new Float32Array(num).fill(start);
    for (let i = 1; i < num; i++) values[i] = values[i - 1]! + (stop - start) / (num - 1);
    return to.value(output!, to.graph.data(values, 'float32', [num]));
  },
};

export const shapes: Rules = {
  Reshape: movingTruth(reshape),
  ExpandDims: movingTruth(expandDims),
  Identity: identity,
  Transpose: movingTruth(transpose),
  Concat: movingTruth(concat),
  Pack: movingTruth(pack),
  Tile: movingTruth(tile),
  BroadcastTo: movingTruth(broadcastTo),
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: fill,
  Range: range,
  LinSpace: linSpace,
};
