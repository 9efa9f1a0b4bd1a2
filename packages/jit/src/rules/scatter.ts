import type { DataType } from '@tensorflow/tfjs-core';
import { axes, type Lowering, onnxType, product } from './lowering.js';
import type { Rule, Rules, TypedShape } from './rule.js';
import type { Value } from './value.js';

/** Rows of equal width, and the row of a table that each belongs to. */
interface Rows {
  /** `[n, width]`. */
  readonly rows: string;
  readonly type: DataType;
  /** int32 `[n]`. */
  readonly index: string;
  readonly n: number;
  readonly width: number;
}

/** Indices, those outside of 0…count−1 as `count`. */
function orBeyond(to: Lowering, index: string, count: number): string {
  const beyond = to.number(count, 'int32');
  const low = to.emit('Where', [to.emit('Less', [index, to.number(0, 'int32')]), beyond, index]);
  return to.emit('Min', [low, beyond]);
}

/**
 * A table of `count` rows into which rows are added, or put in place of its own, one after the other: repeated indices are safe and
 * the result does not depend on the thread count. Rows outside go into one that is cut off again.
 */
function placeRows(
  to: Lowering,
  table: string,
  { rows, index, n, width, type }: Rows,
  count: number,
  reduction: 'add' | 'none',
): string {
  const safe = to.emit('Reshape', [orBeyond(to, index, count), to.ints([n, 1])]);
  // Spread as 32-bit numbers: GPU providers move no others.
  const spread = to.emit('Expand', [safe, to.ints([n, width])]);
  const placed = to.emit('ScatterElements', [table, to.emit('Cast', [spread], { to: 7 }), rows], {
    axis: 0,
    reduction,
  });
  // GPU providers cut floats alone, but gather integers.
  if (to.gpu && type !== 'float32') return to.emit('Gather', [placed, to.ints(axes(0, count))], { axis: 0 });
  return to.emit('Slice', [placed, to.ints([0]), to.ints([count]), to.ints([0])]);
}

/** `count` rows of zeros with others added. */
const addRows = (to: Lowering, rows: Rows, count: number): string =>
  placeRows(to, to.emit('Expand', [to.number(0), to.ints([count + 1, rows.width])]), rows, count, 'add');

const reshaped = (to: Lowering, value: Value, shape: readonly number[], type: DataType): string =>
  to.cast(to.emit('Reshape', [to.name(value), to.ints(shape)]), value.dtype, type);

/** Updates to a tensor of `shape`, `[…, coordinates]` telling where each goes, as rows of a table. */
function rowsOf(
  to: Lowering,
  indices: Value,
  updates: Value,
  shape: readonly number[],
  type: DataType,
): { readonly rows: Rows; readonly count: number } {
  // Indices of rank 1 are one coordinate each.
  const coordinates = indices.shape.length > 1 ? indices.shape.at(-1)! : 1;
  const n = product(indices.shape) / coordinates;
  const width = product(shape.slice(coordinates));
  const strides = axes(0, coordinates).map((axis) => product(shape.slice(axis + 1, coordinates)));
  const table = to.emit('Reshape', [to.name(indices), to.ints([n, coordinates])]);
  const index =
    coordinates === 1
      ? to.emit('Reshape', [table, to.ints([n])])
      : to.emit('ReduceSum', [to.emit('Mul', [table, to.graph.constant(strides, 'int32')]), to.ints([1])], {
          keepdims: 0,
        });
  const whole = product(updates.shape) === n * width;
  const flat = reshaped(to, updates, whole ? [n, width] : [1, 1], type);
  const rows = whole ? flat : to.emit('Expand', [flat, to.ints([n, width])]);
  return { rows: { rows, index, n, width, type }, count: product(shape.slice(0, coordinates)) };
}

const segmentSum: Rule = {
  infer: ({ x, segmentIds }, attrs) => [
    { shape: [attrs.numSegments as number, ...x!.shape.slice(segmentIds!.shape.length)], dtype: 'float32' },
  ],
  lower(to, { x, segmentIds }, attrs, [output]) {
    const n = product(segmentIds!.shape);
    const width = product(x!.shape) / n;
    const index = to.emit('Reshape', [to.name(segmentIds!), to.ints([n])]);
    const rows = { rows: reshaped(to, x!, [n, width], 'float32'), index, n, width, type: 'float32' as const };
    const sums = addRows(to, rows, attrs.numSegments as number);
    return to.value(output!, to.emit('Reshape', [sums, to.ints(output!.shape)]));
  },
};

const scatterNd: Rule = {
  infer: ({ updates }, attrs) => [{ shape: attrs.shape as number[], dtype: updates!.dtype }],
  lower(to, { indices, updates }, _attrs, [output]) {
    const { shape, dtype } = output!;
    const { rows, count } = rowsOf(to, indices!, updates!, shape, 'float32');
    const sums = addRows(to, rows, count);
    return to.value(output!, to.cast(to.emit('Reshape', [sums, to.ints(shape)]), 'float32', dtype));
  },
};

/** Updates in place of what a tensor has; of several for one place the last stays. */
function replaced(
  to: Lowering,
  { base, indices, updates }: { readonly base: Value; readonly indices: Value; readonly updates: Value },
  output: TypedShape,
): Value {
  const { shape, dtype } = output;
  const type = dtype === 'bool' ? 'int32' : dtype;
  const { rows, count } = rowsOf(to, indices, updates, shape, type);
  const table =
    product(base.shape) === 1
      ? to.emit('Expand', [reshaped(to, base, [], type), to.ints([count + 1, rows.width])])
      : to.emit(
          'Concat',
          [
            reshaped(to, base, [count, rows.width], type),
            to.graph.filled(0, onnxType(type), [1, rows.width]),
          ],
          { axis: 0 },
        );
  const whole = placeRows(to, table, rows, count, 'none');
  return to.value(output, to.cast(to.emit('Reshape', [whole, to.ints(shape)]), type, dtype));
}

const scatterUpdate: Rule = {
  infer: ({ tensor }) => [tensor!],
  lower: (to, { tensor, indices, updates }, _attrs, [output]) =>
    replaced(to, { base: tensor!, indices: indices!, updates: updates! }, output!),
};

const sparseToDense: Rule = {
  infer: ({ sparseValues }, attrs) => [{ shape: attrs.outputShape as number[], dtype: sparseValues!.dtype }],
  lower: (to, { sparseIndices, sparseValues, defaultValue }, _attrs, [output]) =>
    replaced(to, { base: defaultValue!, indices: sparseIndices!, updates: sparseValues! }, output!),
};

/** How often each number below `size` occurs, or the sum of the weights where it does: of all numbers, or of each row. */
const bincount: Rule = {
  infer: ({ x, weights }, attrs) => [
    { shape: [...x!.shape.slice(0, -1), attrs.size as number], dtype: weights!.dtype },
  ],
  lower(to, { x, weights }, attrs, [output]) {
    const bins = attrs.size as number;
    const n = product(x!.shape);
    const length = x!.shape.at(-1)!;
    const lines = n / length;
    const values = to.emit('Reshape', [to.name(x!), to.ints([n])]);
    // Row after row, each with a bin for the numbers beyond.
    const line = to.graph.constant(
      axes(0, n).map((i) => Math.floor(i / length) * (bins + 1)),
      'int32',
    );
    const safe = orBeyond(to, values, bins);
    const index = lines === 1 ? safe : to.emit('Add', [safe, line]);
    const weighted = product(weights!.shape) > 0 && !attrs.binaryOutput;
    const ones = () => to.emit('Expand', [to.number(1), to.ints([n, 1])]);
    const rows = weighted ? reshaped(to, weights!, [n, 1], 'float32') : ones();
    const sums = to.emit('Reshape', [
      addRows(to, { rows, index, n, width: 1, type: 'float32' }, lines * (bins + 1)),
      to.ints([lines, bins + 1]),
    ]);
    const counted = to.emit('Slice', [sums, to.ints([0]), to.ints([bins]), to.ints([1])]);
    const result = attrs.binaryOutput ? to.emit('Min', [counted, to.number(1)]) : counted;
    return to.value(
      output!,
      to.cast(to.emit('Reshape', [result, to.ints(output!.shape)]), 'float32', output!.dtype),
    );
  },
};

/** Values put, or added, where indices say. */
export const scatters: Rules = {
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  SparseToDense: sparseToDense,
  Bincount: bincount,
  DenseBincount: bincount,
};
