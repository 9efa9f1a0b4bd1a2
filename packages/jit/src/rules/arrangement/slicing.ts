import { backend_util, type StridedSliceAttrs, slice_util, util } from '@tensorflow/tfjs-core';
import { movingBooleans } from '../../lowering/booleans.js';
import type { AttrsOf } from '../../lowering/kernels.js';
import { axisIn } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { axisFromStart, range, tensorInfo } from '../../lowering/sizes.js';
import type { TypedShape } from '../../program.js';
import { commonLayout, relabel } from './reshaping.js';

/** Cuts `[begin, end)` with a step per axis, in the layout the tensor is in. */
function cut(
  to: Lowering,
  x: LoweredTensor,
  output: TypedShape,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
): LoweredTensor {
  if (x.splat !== undefined) return to.splat(output, x.splat);
  const rank = x.shape.length;
  const layout = commonLayout(to, [x]);
  const touched = range(0, rank).filter(
    (axis) => !(begin[axis] === 0 && end[axis] === x.shape[axis] && strides[axis] === 1),
  );
  if (touched.length === 0) return x;
  const part = { shape: output.shape.length === rank ? output.shape : x.shape, dtype: x.dtype };
  // GPU providers cut floats alone, but gather integers.
  if (to.gpu && x.dtype === 'int32') {
    const gathered = touched.reduce(
      (name, axis) => {
        const size = Math.max(0, Math.ceil((end[axis]! - begin[axis]!) / strides[axis]!));
        const at = to.ints(range(0, size).map((i) => begin[axis]! + i * strides[axis]!));
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

/** Where a slice begins, and its sizes, as TensorFlow.js checks them; ONNX would cut off what leaves the tensor. */
function bounds(
  x: TypedShape,
  { begin, size }: AttrsOf<'Slice'>,
): readonly [begin: number[], size: number[]] {
  const [from, sizes] = slice_util.parseSliceParams(tensorInfo(x), begin, size) as [number[], number[]];
  slice_util.assertParamsValid(tensorInfo(x), from, sizes);
  return [from, sizes];
}

const slice: Rule<'Slice'> = {
  infer: ({ x }, attrs) => [{ shape: bounds(x, attrs)[1], dtype: x.dtype }],
  lower(to, { x }, attrs, [output]) {
    const [begin, size] = bounds(x, attrs);
    return cut(
      to,
      x,
      output,
      begin,
      begin.map((b, axis) => b + size[axis]!),
      begin.map(() => 1),
    );
  },
};

const stridedInfo = (shape: readonly number[], attrs: StridedSliceAttrs) =>
  slice_util.sliceInfo(
    [...shape],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );

const stridedSlice: Rule<'StridedSlice'> = {
  infer({ x }, attrs) {
    const { begin, end, strides, finalShape, isSimpleSlice, sliceDim0 } = stridedInfo(x.shape, attrs);
    // Steps of 1 are a slice, which refuses an end before its begin.
    if (isSimpleSlice || sliceDim0)
      bounds(x, { begin, size: slice_util.computeOutShape(begin, end, strides) });
    return [{ shape: finalShape, dtype: x.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const { begin, end, strides, finalShape } = stridedInfo(x.shape, attrs);
    const inner = slice_util.computeOutShape(begin, end, strides);
    const part = cut(to, x, { shape: inner, dtype: x.dtype }, begin, end, strides);
    return finalShape.join() === inner.join() ? part : relabel(to, part, output);
  },
};

const split: Rule<'SplitV'> = {
  list: true,
  infer({ x }, attrs) {
    const axis = axisFromStart(attrs.axis, x.shape);
    const parts = attrs.numOrSizeSplits;
    return backend_util.prepareSplitSize(tensorInfo(x), parts, axis).map((n) => ({
      shape: x.shape.map((m, i) => (i === axis ? n : m)),
      dtype: x.dtype,
    }));
  },
  lower(to, { x }, attrs, outputs) {
    const axis = axisFromStart(attrs.axis, x.shape);
    let at = 0;
    return outputs.map((output) => {
      const begin = x.shape.map((_, i) => (i === axis ? at : 0));
      at += output.shape[axis]!;
      return cut(
        to,
        x,
        output,
        begin,
        x.shape.map((n, i) => (i === axis ? at : n)),
        x.shape.map(() => 1),
      );
    });
  },
};

const unpack: Rule<'Unpack'> = {
  list: true,
  infer({ value }, attrs) {
    const axis = axisFromStart(attrs.axis, value.shape);
    const shape = value.shape.filter((_, i) => i !== axis);
    return range(0, value.shape[axis]!).map(() => ({ shape, dtype: value.dtype }));
  },
  lower(to, { value }, attrs, outputs) {
    const axis = axisFromStart(attrs.axis, value.shape);
    return outputs.map((output, i) => {
      const begin = value.shape.map((_, a) => (a === axis ? i : 0));
      const shape = value.shape.map((n, a) => (a === axis ? 1 : n));
      const part = cut(
        to,
        value,
        { shape, dtype: output.dtype },
        begin,
        begin.map((b, a) => b + shape[a]!),
        begin.map(() => 1),
      );
      return relabel(to, part, output);
    });
  },
};

const reverse: Rule<'Reverse'> = {
  infer: ({ x }) => [x],
  lower(to, { x }, attrs, [output]) {
    const over = util.parseAxisParam(attrs.dims, [...x.shape]);
    const flips = (axis: number) => over.includes(axis);
    return cut(
      to,
      x,
      output,
      x.shape.map((n, a) => (flips(a) ? n - 1 : 0)),
      x.shape.map((n, a) => (flips(a) ? -1 : n)),
      x.shape.map((_, a) => (flips(a) ? -1 : 1)),
    );
  },
};

const flip: Rule<'FlipLeftRight'> = {
  infer: ({ image }) => [image],
  lower: (to, { image }, _attrs, outputs) => reverse.lower(to, { x: image }, { dims: [2] }, outputs),
};

export const slices = {
  Slice: movingBooleans(slice),
  StridedSlice: movingBooleans(stridedSlice),
  SplitV: movingBooleans(split),
  Unpack: movingBooleans(unpack),
  Reverse: movingBooleans(reverse),
  FlipLeftRight: movingBooleans(flip),
} satisfies Rules;
