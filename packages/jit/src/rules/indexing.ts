import { SegscapeError } from '@segscape/core';
import type { DataType } from '@tensorflow/tfjs-core';
import { axes, hasLayouts, type Lowering, onnxType } from './lowering.js';
import type { Rule, Rules } from './rule.js';
import { type Layout, Value } from './value.js';

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

const gather: Rule = {
  infer({ x, indices }, attrs) {
    const axis = attrs.axis as number;
    const batch = (attrs.batchDims as number | undefined) ?? 0;
    if (batch > 0 && axis !== batch)
      throw new SegscapeError(
        'UNSUPPORTED_KERNEL',
        `jit: gather with batchDims ${batch} has an ONNX form only for axis ${batch}, got axis ${axis}.`,
      );
    return [
      {
        shape: [...x!.shape.slice(0, axis), ...indices!.shape.slice(batch), ...x!.shape.slice(axis + 1)],
        dtype: x!.dtype,
      },
    ];
  },
  lower(to, { x, indices }, attrs, [output]) {
    if (!attrs.batchDims)
      return to.value(
        output!,
        to.emit('Gather', [to.name(x!), to.name(indices!)], { axis: attrs.axis as number }),
      );
    const index = to.emit('Cast', [to.emit('Unsqueeze', [to.name(indices!), to.ints([-1])])], { to: 7 });
    return to.value(
      output!,
      to.emit('GatherND', [to.name(x!), index], { batch_dims: attrs.batchDims as number }),
    );
  },
};

const gatherNd: Rule = {
  infer: ({ params, indices }) => [
    {
      shape: [...indices!.shape.slice(0, -1), ...params!.shape.slice(indices!.shape.at(-1)!)],
      dtype: params!.dtype,
    },
  ],
  lower: (to, { params, indices }, _attrs, [output]) =>
    to.value(
      output!,
      to.emit('GatherND', [to.name(params!), to.emit('Cast', [to.name(indices!)], { to: 7 })]),
    ),
};

/**
 * Adds `rows` (`[n, width]`) into `count` rows of zeros, row i at `index[i]`. Rows outside are dropped. ScatterElements adds one
 * after the other, so repeated indices are safe and the sum does not depend on the thread count.
 */
function addRows(to: Lowering, rows: string, index: string, n: number, width: number, count: number): string {
  const outside = to.emit('Or', [
    to.emit('Less', [index, to.number(0, 'int32')]),
    to.emit('GreaterOrEqual', [index, to.number(count, 'int32')]),
  ]);
  const safe = to.emit('Cast', [to.emit('Where', [outside, to.number(count, 'int32'), index])], { to: 7 });
  const spread = to.emit('Expand', [to.emit('Reshape', [safe, to.ints([n, 1])]), to.ints([n, width])]);
  const zeros = to.emit('Expand', [to.number(0), to.ints([count + 1, width])]);
  const sums = to.emit('ScatterElements', [zeros, spread, rows], { axis: 0, reduction: 'add' });
  return to.emit('Slice', [sums, to.ints([0]), to.ints([count]), to.ints([0])]);
}

const asFloat = (to: Lowering, value: Value, shape: readonly number[]) =>
  to.cast(to.emit('Reshape', [to.name(value), to.ints(shape)]), value.dtype, 'float32');

const segmentSum: Rule = {
  infer: ({ x, segmentIds }, attrs) => [
    { shape: [attrs.numSegments as number, ...x!.shape.slice(segmentIds!.shape.length)], dtype: 'float32' },
  ],
  lower(to, { x, segmentIds }, attrs, [output]) {
    const n = size(segmentIds!.shape);
    const width = size(x!.shape) / n;
    const index = to.emit('Reshape', [to.name(segmentIds!), to.ints([n])]);
    const sums = addRows(to, asFloat(to, x!, [n, width]), index, n, width, attrs.numSegments as number);
    return to.value(output!, to.emit('Reshape', [sums, to.ints(output!.shape)]));
  },
};

const scatterNd: Rule = {
  infer: ({ updates }, attrs) => [{ shape: attrs.shape as number[], dtype: updates!.dtype }],
  lower(to, { indices, updates }, attrs, [output]) {
    const shape = attrs.shape as number[];
    const coordinates = indices!.shape.at(-1)!;
    const n = size(indices!.shape) / coordinates;
    const width = size(shape.slice(coordinates));
    const strides = axes(0, coordinates).map((axis) => size(shape.slice(axis + 1, coordinates)));
    const table = to.emit('Reshape', [to.name(indices!), to.ints([n, coordinates])]);
    const index = to.emit(
      'ReduceSum',
      [to.emit('Mul', [table, to.graph.constant(strides, 'int32')]), to.ints([1])],
      { keepdims: 0 },
    );
    const sums = addRows(
      to,
      asFloat(to, updates!, [n, width]),
      index,
      n,
      width,
      size(shape.slice(0, coordinates)),
    );
    return to.value(output!, to.cast(to.emit('Reshape', [sums, to.ints(shape)]), 'float32', updates!.dtype));
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
  GatherV2: gather,
  GatherNd: gatherNd,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  OneHot: oneHot,
};
