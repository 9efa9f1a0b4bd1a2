import { SegscapeError } from '@segscape/core';
import { type DataType, util } from '@tensorflow/tfjs-core';
import { axes, hasLayouts, onnxType } from './lowering.js';
import type { Attrs, Rule, Rules } from './rule.js';
import { movingTruth } from './truth.js';
import { type Layout, Value } from './value.js';

/** Counted from the front. */
const axisOf = (attrs: Attrs, { shape }: { readonly shape: readonly number[] }) =>
  util.parseAxisParam(attrs.axis as number, [...shape])[0]!;

const gather: Rule = {
  infer({ x, indices }, attrs) {
    const axis = axisOf(attrs, x!);
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
        to.emit('Gather', [to.name(x!), to.name(indices!)], { axis: axisOf(attrs, x!) }),
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
