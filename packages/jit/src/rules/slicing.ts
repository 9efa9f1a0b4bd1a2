import { backend_util, slice_util, type Tensor, util } from '@tensorflow/tfjs-core';
import { axes, axisIn, type Lowering } from './lowering.js';
import type { Rule, Rules, TypedShape } from './rule.js';
import { commonLayout, relabel } from './shape.js';
import { movingTruth } from './truth.js';
import type { Value } from './value.js';

/** Cuts `[begin, end)` with a step per axis, in the layout the tensor is in. */
function cut(
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
  const part = { shape: output.shape.length === rank ? output.shape : x.shape, dtype: x.dtype };
  // GPU providers cut floats alone, but gather integers.
  if (to.gpu && x.dtype === 'int32') {
    const gathered = touched.reduce(
      (name, axis) => {
        const size = Math.max(0, Math.ceil((end[axis]! - begin[axis]!) / strides[axis]!));
        const at = to.ints(axes(0, size).map((i) => begin[axis]! + i * strides[axis]!));
        return to.emit('Gather', [name, at], { axis: axisIn(axis, rank, layout) });
      },
      to.name(x, layout),
    );
    return to.value(part, gathered, layout);
  }
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
  return to.value(part, name, layout);
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
  infer({ x }, attrs) {
    const { begin, end, strides, finalShape, isSimpleSlice, sliceDim0 } = stridedInfo(x!.shape, attrs);
    // Steps of 1 are a slice, which refuses an end before its begin.
    if (isSimpleSlice || sliceDim0)
      slice_util.parseSliceParams(
        { shape: [...x!.shape] } as never,
        begin,
        slice_util.computeOutShape(begin, end, strides),
      );
    return [{ shape: finalShape, dtype: x!.dtype }];
  },
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
    const parts = attrs.numOrSizeSplits as number | number[];
    return backend_util.prepareSplitSize({ shape: [...x!.shape] } as Tensor, parts, axis).map((n) => ({
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

const padded = (shape: readonly number[], attrs: Readonly<Record<string, unknown>>) =>
  shape.map(
    (n, axis) =>
      n + (attrs.paddings as [number, number][])[axis]![0] + (attrs.paddings as [number, number][])[axis]![1],
  );

function pad(mode: (attrs: Readonly<Record<string, unknown>>) => 'constant' | 'reflect' | 'symmetric'): Rule {
  return {
    ofNothing: true,
    infer: ({ x }, attrs) => [{ shape: padded(x!.shape, attrs), dtype: x!.dtype }],
    lower(to, { x }, attrs, [output]) {
      const widths = attrs.paddings as [number, number][];
      if (widths.every(([before, after]) => before === 0 && after === 0)) return x!;
      const rank = x!.shape.length;
      const how = mode(attrs);
      if (x!.shape.includes(0) && how === 'constant') return to.splat(output!, attrs.constantValue as number);
      if (x!.shape.includes(0)) throw new Error('it mirrors a tensor of no elements');
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

export const slices: Rules = {
  Slice: movingTruth(slice),
  StridedSlice: movingTruth(stridedSlice),
  SplitV: movingTruth(split),
  Unpack: movingTruth(unpack),
  Reverse: movingTruth(reverse),
  FlipLeftRight: movingTruth({
    ...reverse,
    lower: (to, { image }, _attrs, outputs) => reverse.lower(to, { x: image! }, { dims: [2] }, outputs),
    infer: ({ image }) => [image!],
  }),
  PadV2: movingTruth(pad(() => 'constant')),
  MirrorPad: movingTruth(pad((attrs) => (attrs.mode === 'reflect' ? 'reflect' : 'symmetric'))),
};
