import { backend_util, type DataType, gather_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { axes, hasLayouts, type Lowering, onnxType, product } from './lowering.js';
import type { Attrs, Rule, Rules, TypedShape } from './rule.js';
import { withinOrBeyond } from './scatter.js';
import { movingTruth } from './truth.js';
import { type Layout, Value } from './value.js';

/** The sizes around an axis that rows are gathered along, `[batch, outer, size, slice]`, as TensorFlow.js checks them. */
function around(x: TypedShape, indices: TypedShape, attrs: Attrs) {
  const axis = util.parseAxisParam(attrs.axis as number, [...x.shape])[0]!;
  const info = backend_util.segment_util.collectGatherOpShapeInfo(
    { ...x } as TensorInfo,
    { ...indices } as TensorInfo,
    axis,
    (attrs.batchDims as number | undefined) ?? 0,
  );
  if (info.dimSize === 0 && product(indices.shape) > 0) throw new Error('there is nothing along the axis');
  if (info.batchSize === 0) throw new Error('there are no batches');
  return { axis, ...info };
}

/** Indices that ONNX Runtime takes as TensorFlow.js does, where those below 0 are none; GPU providers know no errors. */
const checked = (to: Lowering, indices: Value, count: number): string =>
  to.gpu || indices.atLeastZero
    ? to.name(indices)
    : withinOrBeyond(to, to.cast(to.name(indices), indices.dtype, 'int32'), count);

const gather: Rule = {
  infer: ({ x, indices }, attrs) => [{ shape: around(x!, indices!, attrs).outputShape, dtype: x!.dtype }],
  lower(to, { x, indices }, attrs, [output]) {
    const { axis, dimSize, batchSize, outerSize, sliceSize } = around(x!, indices!, attrs);
    if (!attrs.batchDims)
      return to.value(output!, to.emit('Gather', [to.name(x!), checked(to, indices!, dimSize)], { axis }));
    if (to.gpu && outerSize === 1) {
      const flat = to.reshape(to.name(x!), x!.shape, [batchSize, dimSize, sliceSize]);
      const index = to.reshape(to.name(indices!), [], [batchSize, product(indices!.shape) / batchSize, 1]);
      const found = to.emit('GatherND', [flat, to.emit('Cast', [index], { to: 7 })], { batch_dims: 1 });
      return to.value(output!, to.reshape(found, [], output!.shape));
    }
    // Rows of one long list, each index counted from where its own begin; what is no index is none there either.
    const blocks = batchSize * outerSize;
    const rows = to.reshape(to.name(x!), x!.shape, [blocks * dimSize, sliceSize]);
    const own = to.reshape(to.name(indices!), indices!.shape, [
      batchSize,
      1,
      product(indices!.shape) / batchSize,
    ]);
    const starts = axes(0, blocks).map((i) => i * dimSize);
    const place = to.emit('Add', [own, to.graph.constant(starts, 'int32', [batchSize, outerSize, 1])]);
    const inside = to.emit('And', [
      to.emit('GreaterOrEqual', [own, to.number(0, 'int32')]),
      to.emit('Less', [own, to.number(dimSize, 'int32')]),
    ]);
    const index = to.gpu ? place : to.emit('Where', [inside, place, to.number(blocks * dimSize, 'int32')]);
    return to.value(output!, to.reshape(to.emit('Gather', [rows, index], { axis: 0 }), [], output!.shape));
  },
};

const gatherNd: Rule = {
  infer({ params, indices }) {
    const [shape] = gather_util.prepareAndValidate({ ...params } as TensorInfo, { ...indices } as TensorInfo);
    return [{ shape, dtype: params!.dtype }];
  },
  lower(to, { params, indices }, _attrs, [output]) {
    const place = to.name(indices!);
    if (to.gpu)
      return to.value(output!, to.emit('GatherND', [to.name(params!), to.emit('Cast', [place], { to: 7 })]));
    // As rows of one list, as TensorFlow.js counts them.
    const depth = indices!.shape.at(-1)!;
    const count = product(params!.shape.slice(0, depth));
    const strides = axes(0, depth).map((axis) => product(params!.shape.slice(axis + 1, depth)));
    const moved = to.emit('Mul', [place, to.graph.constant(strides, 'int32')]);
    const flat = to.emit('ReduceSum', [moved, to.ints([indices!.shape.length - 1])], { keepdims: 0 });
    const rows = to.reshape(to.name(params!), [], [count, product(params!.shape) / count]);
    const found = to.emit('Gather', [rows, withinOrBeyond(to, flat, count)], { axis: 0 });
    return to.value(output!, to.reshape(found, [], output!.shape));
  },
};

/** A comparison with 0…depth−1, so that an index outside gives no class; made in the layout that is asked for. */
const oneHot: Rule = {
  infer: ({ indices }, attrs) => [
    {
      shape: [...indices!.shape, attrs.depth as number],
      dtype: (attrs.dtype as DataType | undefined) ?? 'int32',
    },
  ],
  lower(to, { indices }, attrs, [output]) {
    const depth = attrs.depth as number;
    const rank = output!.shape.length;
    const make = (layout: Layout) => () => {
      const axis = layout === 'first' ? 1 : rank - 1;
      const dims =
        layout === 'first' ? [output!.shape[0]!, depth, ...output!.shape.slice(1, -1)] : output!.shape;
      const classes = to.graph.constant(
        axes(0, depth),
        'int32',
        axes(0, rank).map((i) => (i === axis ? depth : 1)),
      );
      const index = to.emit('Reshape', [
        to.name(indices!),
        to.ints(dims.map((n, i) => (i === axis ? 1 : n))),
      ]);
      const hot = to.emit('Equal', [index, classes]);
      const [on, off] = [attrs.onValue as number, attrs.offValue as number];
      const name =
        on === 1 && off === 0
          ? to.cast(hot, 'bool', output!.dtype)
          : to.emit('Where', [
              hot,
              to.graph.constant(on, onnxType(output!.dtype)),
              to.graph.constant(off, onnxType(output!.dtype)),
            ]);
      return { name, dims };
    };
    return new Value(output!.shape, output!.dtype, {
      last: make('last'),
      ...(hasLayouts(rank) && { first: make('first') }),
    });
  },
};

export const indexing: Rules = {
  GatherV2: movingTruth(gather),
  GatherNd: movingTruth(gatherNd),
  OneHot: oneHot,
};
