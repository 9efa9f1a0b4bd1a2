import { type DataType, slice_util, util } from '@tensorflow/tfjs-core';
import { axes, axisIn, hasLayouts, inLayout, type Lowering, onnxType } from './lowering.js';
import type { Rule, Rules, TypedShape } from './rule.js';
import { type Layout, Value } from './value.js';

/** The layout that most of the given tensors are already in. */
const commonLayout = (to: Lowering, values: readonly Value[]): Layout =>
  to.layoutFor(values, values[0]!.shape.length);

const one = (n: number) => n === 1;

/** Channels-first data in memory order mean the same as channels-last when one of the two is a single column. */
const orderFree = (shape: readonly number[]) =>
  !hasLayouts(shape.length) || one(shape[shape.length - 1]!) || shape.slice(1, -1).every(one);

function relabel(to: Lowering, x: Value, output: TypedShape): Value {
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
    shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    return [{ shape, dtype: parts[0]!.dtype }];
  },
  lower(to, inputs, attrs, [output]) {
    const parts = Object.values(inputs);
    const rank = output!.shape.length;
    const axis = util.parseAxisParam(attrs.axis as number, [...parts[0]!.shape])[0]!;
    const layout = commonLayout(to, parts);
    return to.value(
      output!,
      to.emit(
        'Concat',
        parts.map((part) => to.name(part, layout)),
        { axis: axisIn(axis, rank, layout) },
      ),
      layout,
    );
  },
};

/** Cuts `[begin, end)` with a step per axis, in the layout the tensor is in. */
export function cut(
  to: Lowering,
  x: Value,
  output: TypedShape,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
): Value {
  if (x.splat !== undefined) return to.splat(output, x.splat);
  const rank = x.shape.length;
  const layout = commonLayout(to, [x]);
  const touched = axes(0, rank).filter(
    (axis) => !(begin[axis] === 0 && end[axis] === x.shape[axis] && strides[axis] === 1),
  );
  if (touched.length === 0) return x;
  const pick = (list: readonly number[]) => to.ints(touched.map((axis) => list[axis]!));
  // Past the front, which a negative stride runs towards, ONNX wants a number below -size.
  const stop = end.map((n, axis) => (strides[axis]! < 0 && n < 0 ? -x.shape[axis]! - 1 : n));
  const name = to.emit('Slice', [
    to.name(x, layout),
    pick(begin),
    pick(stop),
    to.ints(touched.map((axis) => axisIn(axis, rank, layout))),
    pick(strides),
  ]);
  return to.value(
    { shape: output.shape.length === rank ? output.shape : x.shape, dtype: x.dtype },
    name,
    layout,
  );
}

const slice: Rule = {
  infer({ x }, attrs) {
    const [, size] = slice_util.parseSliceParams(
      { shape: [...x!.shape] } as never,
      attrs.begin as number[],
      attrs.size as number[],
    );
    return [{ shape: size as number[], dtype: x!.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const [begin, size] = slice_util.parseSliceParams(
      { shape: [...x!.shape] } as never,
      attrs.begin as number[],
      attrs.size as number[],
    ) as [number[], number[]];
    return cut(
      to,
      x!,
      output!,
      begin,
      begin.map((b, axis) => b + size[axis]!),
      begin.map(() => 1),
    );
  },
};

const stridedInfo = (shape: readonly number[], attrs: Readonly<Record<string, unknown>>) =>
  slice_util.sliceInfo(
    [...shape],
    attrs.begin as number[],
    attrs.end as number[],
    attrs.strides as number[],
    attrs.beginMask as number,
    attrs.endMask as number,
    attrs.ellipsisMask as number,
    attrs.newAxisMask as number,
    attrs.shrinkAxisMask as number,
  );

const stridedSlice: Rule = {
  infer: ({ x }, attrs) => [{ shape: stridedInfo(x!.shape, attrs).finalShape, dtype: x!.dtype }],
  lower(to, { x }, attrs, [output]) {
    const { begin, end, strides, finalShape } = stridedInfo(x!.shape, attrs);
    const inner = slice_util.computeOutShape(begin, end, strides);
    const part = cut(to, x!, { shape: inner, dtype: x!.dtype }, begin, end, strides);
    return finalShape.join() === inner.join() ? part : relabel(to, part, output!);
  },
};

const split: Rule = {
  list: true,
  infer({ x }, attrs) {
    const axis = util.parseAxisParam(attrs.axis as number, [...x!.shape])[0]!;
    return splitSizes(x!.shape, attrs.numOrSizeSplits as number | number[], axis).map((n) => ({
      shape: x!.shape.map((m, i) => (i === axis ? n : m)),
      dtype: x!.dtype,
    }));
  },
  lower(to, { x }, attrs, outputs) {
    const axis = util.parseAxisParam(attrs.axis as number, [...x!.shape])[0]!;
    let at = 0;
    return outputs.map((output) => {
      const begin = x!.shape.map((_, i) => (i === axis ? at : 0));
      at += output.shape[axis]!;
      return cut(
        to,
        x!,
        output,
        begin,
        x!.shape.map((n, i) => (i === axis ? at : n)),
        x!.shape.map(() => 1),
      );
    });
  },
};

function splitSizes(shape: readonly number[], parts: number | number[], axis: number): number[] {
  if (typeof parts === 'number') return Array<number>(parts).fill(shape[axis]! / parts);
  const given = parts.reduce((sum, n) => sum + Math.max(n, 0), 0);
  return parts.map((n) => (n === -1 ? shape[axis]! - given : n));
}

/** Where the new axis goes; −1 is behind the last. */
const packAxis = (part: { readonly shape: readonly number[] }, axis: number) =>
  axis < 0 ? axis + part.shape.length + 1 : axis;

const pack: Rule = {
  infer(inputs, attrs) {
    const parts = Object.values(inputs);
    const shape = [...parts[0]!.shape];
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

const unpack: Rule = {
  list: true,
  infer({ value }, attrs) {
    const axis = util.parseAxisParam(attrs.axis as number, [...value!.shape])[0]!;
    const shape = value!.shape.filter((_, i) => i !== axis);
    return Array.from({ length: value!.shape[axis]! }, () => ({ shape, dtype: value!.dtype }));
  },
  lower(to, { value }, attrs, outputs) {
    const axis = util.parseAxisParam(attrs.axis as number, [...value!.shape])[0]!;
    return outputs.map((output, i) => {
      const begin = value!.shape.map((_, a) => (a === axis ? i : 0));
      const shape = value!.shape.map((n, a) => (a === axis ? 1 : n));
      const part = cut(
        to,
        value!,
        { shape, dtype: output.dtype },
        begin,
        begin.map((b, a) => b + shape[a]!),
        begin.map(() => 1),
      );
      return relabel(to, part, output);
    });
  },
};

const padded = (shape: readonly number[], attrs: Readonly<Record<string, unknown>>) =>
  shape.map(
    (n, axis) =>
      n + (attrs.paddings as [number, number][])[axis]![0] + (attrs.paddings as [number, number][])[axis]![1],
  );

function pad(mode: (attrs: Readonly<Record<string, unknown>>) => 'constant' | 'reflect' | 'symmetric'): Rule {
  return {
    infer: ({ x }, attrs) => [{ shape: padded(x!.shape, attrs), dtype: x!.dtype }],
    lower(to, { x }, attrs, [output]) {
      const widths = attrs.paddings as [number, number][];
      if (widths.every(([before, after]) => before === 0 && after === 0)) return x!;
      const rank = x!.shape.length;
      const how = mode(attrs);
      if (how === 'symmetric') return symmetric(to, x!, widths, output!);
      const layout = commonLayout(to, [x!]);
      const order = axes(0, rank).sort((a, b) => axisIn(a, rank, layout) - axisIn(b, rank, layout));
      const pads = to.ints([
        ...order.map((axis) => widths[axis]![0]),
        ...order.map((axis) => widths[axis]![1]),
      ]);
      const inputs =
        how === 'constant'
          ? [to.name(x!, layout), pads, to.number(attrs.constantValue as number, x!.dtype)]
          : [to.name(x!, layout), pads];
      return to.value(output!, to.emit('Pad', inputs, { mode: how }), layout);
    },
  };
}

/** ONNX has no padding that repeats the edge pixel: gather the mirrored rows, axis by axis. */
function symmetric(to: Lowering, x: Value, widths: readonly [number, number][], output: TypedShape): Value {
  let name = to.name(x);
  widths.forEach(([before, after], axis) => {
    if (before === 0 && after === 0) return;
    const n = x.shape[axis]!;
    const indices = [...axes(0, before).reverse(), ...axes(0, n), ...axes(0, after).map((i) => n - 1 - i)];
    name = to.emit('Gather', [name, to.ints(indices)], { axis });
  });
  return to.value(output, name);
}

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

const reverse: Rule = {
  infer: ({ x }) => [x!],
  lower(to, { x }, attrs, [output]) {
    const over = util.parseAxisParam(attrs.dims as number[], [...x!.shape]);
    const flips = (axis: number) => over.includes(axis);
    return cut(
      to,
      x!,
      output!,
      x!.shape.map((n, a) => (flips(a) ? n - 1 : 0)),
      x!.shape.map((n, a) => (flips(a) ? -1 : n)),
      x!.shape.map((_, a) => (flips(a) ? -1 : 1)),
    );
  },
};

const filled = (number: number): Rule => ({
  infer: ({ x }) => [x!],
  lower: (to, _inputs, _attrs, [output]) => to.splat(output!, number),
});

const fill: Rule = {
  infer: (_inputs, attrs) => [
    { shape: attrs.shape as number[], dtype: (attrs.dtype as DataType | undefined) ?? 'float32' },
  ],
  lower: (to, _inputs, attrs, [output]) => to.splat(output!, attrs.value as number),
};

const range: Rule = {
  infer(_inputs, attrs) {
    const { start, stop, step } = attrs as { start: number; stop: number; step: number };
    return [
      {
        shape: [Math.max(0, Math.ceil((stop - start) / step))],
        dtype: (attrs.dtype as DataType | undefined) ?? 'float32',
      },
    ];
  },
  lower(to, _inputs, attrs, [output]) {
    const { start, step } = attrs as { start: number; step: number };
    return to.value(
      output!,
      to.graph.constant(
        axes(0, output!.shape[0]!).map((i) => start + i * step),
        onnxType(output!.dtype),
      ),
    );
  },
};

export const shapes: Rules = {
  Reshape: reshape,
  ExpandDims: expandDims,
  Identity: identity,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  StridedSlice: stridedSlice,
  SplitV: split,
  Pack: pack,
  Unpack: unpack,
  PadV2: pad(() => 'constant'),
  MirrorPad: pad((attrs) => (attrs.mode === 'reflect' ? 'reflect' : 'symmetric')),
  Tile: tile,
  BroadcastTo: broadcastTo,
  Reverse: reverse,
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: fill,
  Range: range,
};
