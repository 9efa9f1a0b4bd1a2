import { sizeOf } from '@segscape/core';
import { backend_util, gather_util } from '@tensorflow/tfjs-core';
import { hostArray } from '../../host-array.js';
import { movingBooleans } from '../../lowering/booleans.js';
import type { AttrsOf } from '../../lowering/kernels.js';
import { hasLayouts, type Layout } from '../../lowering/layout.js';
import { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { axisFromStart, range, tensorInfo } from '../../lowering/sizes.js';
import { onnxType } from '../../onnx/types.js';
import type { TypedShape } from '../../program.js';
import { withinOrBeyond } from './scattering.js';

/** The sizes around an axis that rows are gathered along, `[batch, outer, size, slice]`, as TensorFlow.js checks them. */
function around(x: TypedShape, indices: TypedShape, attrs: AttrsOf<'GatherV2'>) {
  const axis = axisFromStart(attrs.axis, x.shape);
  const info = backend_util.segment_util.collectGatherOpShapeInfo(
    tensorInfo(x),
    tensorInfo(indices),
    axis,
    attrs.batchDims ?? 0,
  );
  if (info.dimSize === 0 && sizeOf(indices.shape) > 0) throw new Error('there is nothing along the axis');
  if (info.batchSize === 0) throw new Error('there are no batches');
  return { axis, ...info };
}

/** Indices that ONNX Runtime takes as TensorFlow.js does, where those below 0 are none; GPU providers know no errors. */
const checked = (to: Lowering, indices: LoweredTensor, count: number): string =>
  to.gpu || indices.atLeastZero
    ? to.name(indices)
    : withinOrBeyond(to, to.cast(to.name(indices), indices.dtype, 'int32'), count);

const gather: Rule<'GatherV2'> = {
  infer: ({ x, indices }, attrs) => [{ shape: around(x, indices, attrs).outputShape, dtype: x.dtype }],
  lower(to, { x, indices }, attrs, [output]) {
    const { axis, dimSize, batchSize, outerSize, sliceSize } = around(x, indices, attrs);
    if (!attrs.batchDims)
      return to.value(output, to.emit('Gather', [to.name(x), checked(to, indices, dimSize)], { axis }));
    if (to.gpu && outerSize === 1) {
      const flat = to.reshape(to.name(x), x.shape, [batchSize, dimSize, sliceSize]);
      const index = to.reshape(to.name(indices), [], [batchSize, sizeOf(indices.shape) / batchSize, 1]);
      const found = to.emit('GatherND', [flat, to.graph.cast(index, 'int64')], { batch_dims: 1 });
      return to.value(output, to.reshape(found, [], output.shape));
    }
    // Rows of one long list, each index counted from where its own begin; what is no index is none there either.
    const blocks = batchSize * outerSize;
    const rows = to.reshape(to.name(x), x.shape, [blocks * dimSize, sliceSize]);
    const own = to.reshape(to.name(indices), indices.shape, [
      batchSize,
      1,
      sizeOf(indices.shape) / batchSize,
    ]);
    const starts = range(0, blocks).map((i) => i * dimSize);
    const place = to.emit('Add', [own, to.graph.constant(starts, 'int32', [batchSize, outerSize, 1])]);
    const inside = to.emit('And', [
      to.emit('GreaterOrEqual', [own, to.number(0, 'int32')]),
      to.emit('Less', [own, to.number(dimSize, 'int32')]),
    ]);
    const index = to.gpu ? place : to.emit('Where', [inside, place, to.number(blocks * dimSize, 'int32')]);
    return to.value(output, to.reshape(to.emit('Gather', [rows, index], { axis: 0 }), [], output.shape));
  },
};

const gatherNd: Rule<'GatherNd'> = {
  infer({ params, indices }) {
    const [shape] = gather_util.prepareAndValidate(tensorInfo(params), tensorInfo(indices));
    return [{ shape, dtype: params.dtype }];
  },
  lower(to, { params, indices }, _attrs, [output]) {
    const place = to.name(indices);
    if (to.gpu)
      return to.value(output, to.emit('GatherND', [to.name(params), to.graph.cast(place, 'int64')]));
    // As rows of one list, as TensorFlow.js counts them.
    const depth = indices.shape.at(-1)!;
    const count = sizeOf(params.shape.slice(0, depth));
    const strides = range(0, depth).map((axis) => sizeOf(params.shape.slice(axis + 1, depth)));
    const moved = to.emit('Mul', [place, to.graph.constant(strides, 'int32')]);
    const flat = to.emit('ReduceSum', [moved, to.ints([indices.shape.length - 1])], { keepdims: 0 });
    const rows = to.reshape(to.name(params), [], [count, sizeOf(params.shape) / count]);
    const found = to.emit('Gather', [rows, withinOrBeyond(to, flat, count)], { axis: 0 });
    return to.value(output, to.reshape(found, [], output.shape));
  },
};

/** A comparison with 0…depth−1, so that an index outside gives no class; made in the layout that is asked for. */
const oneHot: Rule<'OneHot'> = {
  infer: ({ indices }, attrs) => [
    {
      shape: [...indices.shape, attrs.depth],
      dtype: attrs.dtype ?? 'int32',
    },
  ],
  lower(to, { indices }, attrs, [output]) {
    const { depth, onValue: on, offValue: off } = attrs;
    // TensorFlow.js keeps such a value all the same, out of sight until a cast to floats.
    for (const value of output.dtype === 'float32' ? [] : [on, off])
      if (hostArray(output.dtype, 1).fill(value)[0] !== value)
        throw new Error(`no ${output.dtype} is ${value}: ask for dtype 'float32'`);
    const rank = output.shape.length;
    const make = (layout: Layout) => () => {
      const axis = layout === 'first' ? 1 : rank - 1;
      const dims =
        layout === 'first' ? [output.shape[0]!, depth, ...output.shape.slice(1, -1)] : output.shape;
      const classes = to.graph.constant(
        range(0, depth),
        'int32',
        range(0, rank).map((i) => (i === axis ? depth : 1)),
      );
      const index = to.emit('Reshape', [to.name(indices), to.ints(dims.map((n, i) => (i === axis ? 1 : n)))]);
      const hot = to.emit('Equal', [index, classes]);
      const name =
        on === 1 && off === 0
          ? to.cast(hot, 'bool', output.dtype)
          : to.emit('Where', [
              hot,
              to.graph.constant(on, onnxType(output.dtype)),
              to.graph.constant(off, onnxType(output.dtype)),
            ]);
      return { name, dims };
    };
    return new LoweredTensor(output.shape, output.dtype, {
      last: make('last'),
      ...(hasLayouts(rank) && { first: make('first') }),
    });
  },
};

export const gatherings = {
  GatherV2: movingBooleans(gather),
  GatherNd: movingBooleans(gatherNd),
  OneHot: oneHot,
} satisfies Rules;
