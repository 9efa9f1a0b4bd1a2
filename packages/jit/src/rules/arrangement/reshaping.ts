import { util } from '@tensorflow/tfjs-core';
import { movingBooleans } from '../../lowering/booleans.js';
import { axisIn, hasLayouts, inLayout, type Layout } from '../../lowering/layout.js';
import { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { axisFromStart, range } from '../../lowering/sizes.js';
import type { TypedShape } from '../../program.js';

/** The layout that most of the given tensors are already in. */
export const commonLayout = (to: Lowering, values: readonly LoweredTensor[]): Layout =>
  to.layoutFor(values, values[0]!.shape.length);

const one = (n: number) => n === 1;

/** Channels-first data in memory order mean the same as channels-last when one of the two is a single column. */
const orderFree = (shape: readonly number[]) =>
  !hasLayouts(shape.length) || one(shape[shape.length - 1]!) || shape.slice(1, -1).every(one);

export function relabel(to: Lowering, x: LoweredTensor, output: TypedShape): LoweredTensor {
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
  return new LoweredTensor(output.shape, output.dtype, forms);
}

const reshape: Rule<'Reshape'> = {
  infer: ({ x }, attrs) => [
    {
      shape: util.inferFromImplicitShape(attrs.shape, util.sizeFromShape([...x.shape])),
      dtype: x.dtype,
    },
  ],
  lower: (to, { x }, _attrs, [output]) => relabel(to, x, output),
};

const expandDims: Rule<'ExpandDims'> = {
  infer({ input }, attrs) {
    const shape = [...input.shape];
    const dim = attrs.dim;
    shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
    return [{ shape, dtype: input.dtype }];
  },
  lower: (to, { input }, _attrs, [output]) => relabel(to, input, output),
};

const identity: Rule<'Identity'> = { infer: ({ x }) => [x], lower: (_to, { x }) => x };

/** The logical axis behind each axis of a form. */
const axesOf = (rank: number, layout: Layout): number[] =>
  layout === 'first' && hasLayouts(rank) ? [0, rank - 1, ...range(1, rank - 1)] : range(0, rank);

/** Made in whichever layout is asked for, from whichever the tensor is in, by one move. */
const transpose: Rule<'Transpose'> = {
  infer: ({ x }, attrs) => [{ shape: attrs.perm.map((axis) => x.shape[axis]!), dtype: x.dtype }],
  lower(to, { x }, attrs, [output]) {
    const order = attrs.perm;
    const rank = x.shape.length;
    if (x.splat !== undefined) return to.splat(output, x.splat);
    if (order.every((axis, i) => axis === i)) return x;
    const make = (layout: Layout) => () => {
      const from: Layout = x.has('last') ? 'last' : 'first';
      const physical = axesOf(rank, from);
      const perm = axesOf(rank, layout).map((axis) => physical.indexOf(order[axis]!));
      const source = inLayout(x.shape, from);
      const dims = perm.map((axis) => source[axis]!);
      const moving = perm.filter((axis) => source[axis] !== 1);
      const still = moving.every((axis, i) => i === 0 || axis > moving[i - 1]!);
      const name = still
        ? to.reshape(to.name(x, from), source, dims)
        : to.emit('Transpose', [to.name(x, from)], { perm });
      return { name, dims };
    };
    return new LoweredTensor(output.shape, output.dtype, {
      last: make('last'),
      ...(hasLayouts(rank) && { first: make('first') }),
    });
  },
};

const concat: Rule<'Concat'> = {
  infer(inputs, attrs) {
    const parts = Object.values(inputs);
    const axis = axisFromStart(attrs.axis, parts[0]!.shape);
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
    const rank = output.shape.length;
    const axis = axisFromStart(attrs.axis, output.shape);
    const layout = commonLayout(to, parts);
    const names = parts.map((part) => to.converted(to.name(part, layout), part.dtype, output.dtype));
    return to.value(output, to.emit('Concat', names, { axis: axisIn(axis, rank, layout) }), layout);
  },
};

/** Where the new axis goes; −1 is behind the last. */
const packAxis = (part: { readonly shape: readonly number[] }, axis: number) =>
  axis < 0 ? axis + part.shape.length + 1 : axis;

const pack: Rule<'Pack'> = {
  infer(inputs, attrs) {
    const parts = Object.values(inputs);
    const shape = [...parts[0]!.shape];
    if (parts.some((part) => part.dtype !== parts[0]!.dtype || part.shape.join() !== shape.join()))
      throw new Error('its parts differ in type or shape');
    shape.splice(packAxis(parts[0]!, attrs.axis), 0, parts.length);
    return [{ shape, dtype: parts[0]!.dtype }];
  },
  lower(to, inputs, attrs, [output]) {
    const parts = Object.values(inputs);
    const axis = packAxis(parts[0]!, attrs.axis);
    const lifted = parts.map((part) => to.emit('Unsqueeze', [to.name(part), to.ints([axis])]));
    return to.value(output, to.emit('Concat', lifted, { axis }));
  },
};

const tile: Rule<'Tile'> = {
  infer: ({ x }, attrs) => [{ shape: x.shape.map((n, i) => n * attrs.reps[i]!), dtype: x.dtype }],
  lower(to, { x }, attrs, [output]) {
    const reps = attrs.reps;
    if (x.splat !== undefined) return to.splat(output, x.splat);
    // Repeating single elements is broadcasting: nothing need be copied.
    if (reps.every((r, axis) => r === 1 || x.shape[axis] === 1))
      return to.elementwise([x], output, ([name]) => name!);
    return to.value(output, to.emit('Tile', [to.name(x), to.ints(reps)]));
  },
};

const broadcastTo: Rule<'BroadcastTo'> = {
  infer: ({ x }, attrs) => [{ shape: attrs.shape, dtype: x.dtype }],
  lower: (to, { x }, _attrs, [output]) =>
    x.splat === undefined ? to.elementwise([x], output, ([name]) => name!) : to.splat(output, x.splat),
};

export const reshapings = {
  Reshape: movingBooleans(reshape),
  ExpandDims: movingBooleans(expandDims),
  Identity: identity,
  Transpose: movingBooleans(transpose),
  Concat: movingBooleans(concat),
  Pack: movingBooleans(pack),
  Tile: movingBooleans(tile),
  BroadcastTo: movingBooleans(broadcastTo),
} satisfies Rules;
