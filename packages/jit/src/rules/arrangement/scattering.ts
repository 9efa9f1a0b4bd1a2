import { sizeOf } from '@segscape/core';
import { backend_util, type DataType } from '@tensorflow/tfjs-core';
import { refuseBooleans } from '../../lowering/booleans.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { range, tensorInfo } from '../../lowering/sizes.js';
import { onnxType } from '../../onnx/types.js';
import type { TypedShape } from '../../program.js';

/** Rows of equal width, and the row of a table that each belongs to. */
interface Rows {
  /** `[n, width]`. */
  readonly rows: string;
  readonly type: DataType;
  /** int32 `[n]`. */
  readonly index: string;
  readonly n: number;
  readonly width: number;
  /** Whether an index outside is an error, which ONNX Runtime throws; else its row goes nowhere. GPU providers know no errors. */
  readonly strict: boolean;
}

/** Indices, those below 0, which ONNX counts from behind, as one beyond `count`. */
export const withinOrBeyond = (to: Lowering, index: string, count: number): string =>
  to.emit('Where', [to.emit('Less', [index, to.number(0, 'int32')]), to.number(count, 'int32'), index]);

/** Indices, those outside of 0…count−1 as `count`. */
function orBeyond(to: Lowering, index: string, count: number): string {
  const beyond = to.number(count, 'int32');
  const low = to.emit('Where', [to.emit('Less', [index, to.number(0, 'int32')]), beyond, index]);
  return to.emit('Min', [low, beyond]);
}

/** Rows of a table that takes `count`: one more for those that go nowhere. */
const rowsFor = ({ strict }: Rows, count: number) => (strict ? count : count + 1);

/**
 * A table of rows into which others are added, or put in place of its own, one after the other: repeated indices are safe and
 * the result does not depend on the thread count.
 */
function placeRows(
  to: Lowering,
  table: string,
  given: Rows,
  count: number,
  reduction: 'add' | 'none',
): string {
  const { rows, index, n, width, type, strict } = given;
  const safe = strict ? withinOrBeyond(to, index, count) : orBeyond(to, index, count);
  // Spread as 32-bit numbers: GPU providers move no others.
  const spread = to.emit('Expand', [to.reshape(safe, [], [n, 1]), to.ints([n, width])]);
  const placed = to.emit('ScatterElements', [table, to.graph.cast(spread, 'int64'), rows], {
    axis: 0,
    reduction,
  });
  if (strict) return placed;
  // GPU providers cut floats alone, but gather integers.
  if (to.gpu && type !== 'float32') return to.emit('Gather', [placed, to.ints(range(0, count))], { axis: 0 });
  return to.emit('Slice', [placed, to.ints([0]), to.ints([count]), to.ints([0])]);
}

/** Rows of zeros with others added. */
function addRows(to: Lowering, rows: Rows, count: number): string {
  const zeros = to.emit('Expand', [to.number(0, rows.type), to.ints([rowsFor(rows, count), rows.width])]);
  return placeRows(to, zeros, rows, count, 'add');
}

const reshaped = (to: Lowering, value: LoweredTensor, shape: readonly number[], type: DataType): string =>
  to.cast(to.emit('Reshape', [to.name(value), to.ints(shape)]), value.dtype, type);

/** Updates to a tensor of `shape`, `[…, coordinates]` telling where each goes, as rows of a table. */
function rowsOf(
  to: Lowering,
  indices: LoweredTensor,
  updates: LoweredTensor,
  shape: readonly number[],
  type: DataType,
): { readonly rows: Rows; readonly count: number } {
  // Indices of rank 1 are one coordinate each.
  const coordinates = indices.shape.length > 1 ? indices.shape.at(-1)! : 1;
  const n = sizeOf(indices.shape) / coordinates;
  const width = sizeOf(shape.slice(coordinates));
  const strides = range(0, coordinates).map((axis) => sizeOf(shape.slice(axis + 1, coordinates)));
  const table = to.emit('Reshape', [to.name(indices), to.ints([n, coordinates])]);
  const index =
    coordinates === 1
      ? to.emit('Reshape', [table, to.ints([n])])
      : to.emit('ReduceSum', [to.emit('Mul', [table, to.graph.constant(strides, 'int32')]), to.ints([1])], {
          keepdims: 0,
        });
  const whole = sizeOf(updates.shape) === n * width;
  const flat = reshaped(to, updates, whole ? [n, width] : [1, 1], type);
  const rows = whole ? flat : to.emit('Expand', [flat, to.ints([n, width])]);
  return {
    rows: { rows, index, n, width, type, strict: !to.gpu },
    count: sizeOf(shape.slice(0, coordinates)),
  };
}

const segmentSum: Rule<'UnsortedSegmentSum'> = {
  ofNothing: true,
  infer: ({ x, segmentIds }, attrs) => [
    { shape: [attrs.numSegments, ...x.shape.slice(segmentIds.shape.length)], dtype: 'float32' },
  ],
  lower(to, { x, segmentIds }, attrs, [output]) {
    const n = sizeOf(segmentIds.shape);
    if (n === 0) return to.splat(output, 0);
    const width = sizeOf(x.shape) / n;
    const index = to.emit('Reshape', [to.name(segmentIds), to.ints([n])]);
    const rows: Rows = {
      rows: reshaped(to, x, [n, width], 'float32'),
      index,
      n,
      width,
      type: 'float32',
      strict: false,
    };
    const sums = addRows(to, rows, attrs.numSegments);
    return to.value(output, to.emit('Reshape', [sums, to.ints(output.shape)]));
  },
};

/** What TensorFlow.js asks of updates, their places and the whole. */
const assertFitting = (updates: TypedShape, indices: TypedShape, shape: readonly number[]) =>
  void backend_util.calculateShapes(tensorInfo(updates), tensorInfo(indices), [...shape]);

const scatterNd: Rule<'ScatterNd'> = {
  ofNothing: true,
  infer({ indices, updates }, attrs) {
    assertFitting(updates, indices, attrs.shape);
    return [{ shape: attrs.shape, dtype: updates.dtype }];
  },
  lower(to, { indices, updates }, _attrs, [output]) {
    const { shape, dtype } = output;
    refuseBooleans(dtype);
    if (updates.shape.includes(0)) return to.splat(output, 0);
    const type = to.gpu ? 'float32' : dtype;
    const { rows, count } = rowsOf(to, indices, updates, shape, type);
    return to.value(output, to.cast(to.reshape(addRows(to, rows, count), [], shape), type, dtype));
  },
};

/** Updates in place of what a tensor has; of several for one place the last stays. */
function replaced(
  to: Lowering,
  {
    base,
    indices,
    updates,
  }: { readonly base: LoweredTensor; readonly indices: LoweredTensor; readonly updates: LoweredTensor },
  output: TypedShape,
): LoweredTensor {
  const { shape, dtype } = output;
  const type = dtype === 'bool' ? 'int32' : dtype;
  const { rows, count } = rowsOf(to, indices, updates, shape, type);
  const size = rowsFor(rows, count);
  const own = sizeOf(base.shape) === 1 ? [] : [count, rows.width];
  const flat = reshaped(to, base, own, type);
  const nowhere = () => to.graph.filled(0, onnxType(type), [1, rows.width]);
  const table =
    own.length === 0
      ? to.emit('Expand', [flat, to.ints([size, rows.width])])
      : size === count
        ? flat
        : to.emit('Concat', [flat, nowhere()], { axis: 0 });
  const whole = placeRows(to, table, rows, count, 'none');
  return to.value(output, to.cast(to.emit('Reshape', [whole, to.ints(shape)]), type, dtype));
}

const scatterUpdate: Rule<'TensorScatterUpdate'> = {
  ofNothing: true,
  infer({ tensor, indices, updates }) {
    assertFitting(updates, indices, tensor.shape);
    return [tensor];
  },
  lower: (to, { tensor, indices, updates }, _attrs, [output]) =>
    indices.shape.includes(0)
      ? tensor
      : replaced(to, { base: tensor, indices: indices, updates: updates }, output),
};

const sparseToDense: Rule<'SparseToDense'> = {
  ofNothing: true,
  infer({ sparseIndices, sparseValues }, attrs) {
    const shape = attrs.outputShape;
    assertFitting(sparseValues, sparseIndices, shape);
    return [{ shape, dtype: sparseValues.dtype }];
  },
  lower: (to, { sparseIndices, sparseValues, defaultValue }, _attrs, [output]) =>
    sparseIndices.shape.includes(0)
      ? to.elementwise([defaultValue], output, ([name]) => name!)
      : replaced(to, { base: defaultValue, indices: sparseIndices, updates: sparseValues }, output),
};

/** How often each number below `size` occurs, or the sum of the weights where it does: of all numbers, or of each row. */
const bincount = (byRow: boolean): Rule<'Bincount' | 'DenseBincount'> => ({
  ofNothing: true,
  infer: ({ x, weights }, attrs) => [
    { shape: [...(byRow ? x.shape.slice(0, -1) : []), attrs.size], dtype: weights.dtype },
  ],
  lower(to, { x, weights }, attrs, [output]) {
    const bins = attrs.size;
    const n = sizeOf(x.shape);
    if (n === 0) return to.splat(output, 0);
    const length = byRow ? x.shape.at(-1)! : n;
    const lines = n / length;
    const values = to.emit('Reshape', [to.name(x), to.ints([n])]);
    // Row after row, each with a bin for the numbers beyond.
    const line = to.graph.constant(
      range(0, n).map((i) => Math.floor(i / length) * (bins + 1)),
      'int32',
    );
    const beyond = to.number(bins, 'int32');
    const shifted = (name: string) => (lines === 1 ? name : to.emit('Add', [name, line]));
    // TensorFlow.js takes no negative ones.
    const index = to.gpu
      ? shifted(orBeyond(to, values, bins))
      : to.emit('Where', [
          to.emit('Less', [values, to.number(0, 'int32')]),
          values,
          shifted(to.emit('Min', [values, beyond])),
        ]);
    const weighted = sizeOf(weights.shape) > 0 && !attrs.binaryOutput;
    const ones = () => to.emit('Expand', [to.number(1), to.ints([n, 1])]);
    const rows = weighted ? reshaped(to, weights, [n, 1], 'float32') : ones();
    const sums = to.emit('Reshape', [
      addRows(to, { rows, index, n, width: 1, type: 'float32', strict: !to.gpu }, lines * (bins + 1)),
      to.ints([lines, bins + 1]),
    ]);
    const counted = to.emit('Slice', [sums, to.ints([0]), to.ints([bins]), to.ints([1])]);
    const result = attrs.binaryOutput ? to.emit('Min', [counted, to.number(1)]) : counted;
    return to.value(
      output,
      to.cast(to.emit('Reshape', [result, to.ints(output.shape)]), 'float32', output.dtype),
    );
  },
});

/** Values put, or added, where indices say. */
export const scatterings = {
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  SparseToDense: sparseToDense,
  Bincount: bincount(false),
  DenseBincount: bincount(true),
} satisfies Rules;
