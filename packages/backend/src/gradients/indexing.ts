import { sizeOf } from '@segscape/core';
import {
  add,
  cast,
  type GradConfig,
  gather,
  gatherND,
  greaterEqual,
  less,
  logicalAnd,
  maximum,
  minimum,
  mul,
  range,
  reshape,
  scalar,
  scatterND,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { gatherAxes } from '../kernels/batch-axes.js';
import type { Attrs } from '../kernels/registry.js';
import { rule } from './rule.js';

/**
 * Adds each row's gradient to where it was read. Of `x [batch…, outer…, n, inner…]` and `indices [batch…, m…]` the
 * gathered axis and the batch are brought to the front and counted as one.
 */
function gatherGradient(dy: Tensor, x: Tensor, indices: Tensor, attrs: Attrs): Tensor {
  const { axis, batchDims } = gatherAxes(x, indices, attrs);
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const outer = sizeOf(x.shape.slice(batchDims, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const length = x.shape[axis]!;
  const picks = indices.size / batch;
  const rows = transpose(reshape(dy, [batch, outer, picks, inner]), [0, 2, 1, 3]);
  const starts = reshape(range(0, batch, 1, 'int32'), [batch, 1]);
  const places =
    batch === 1 ? indices : add(reshape(indices, [batch, picks]), mul(starts, scalar(length, 'int32')));
  const sums = unsortedSegmentSum(
    reshape(rows, [batch * picks, outer, inner]),
    reshape(places, [batch * picks]) as Tensor1D,
    batch * length,
  );
  return reshape(transpose(reshape(sums, [batch, length, outer, inner]), [0, 2, 1, 3]), x.shape);
}

/** Each row takes its segment's gradient; rows of a segment that is not there take none. */
function segmentGradient(dy: Tensor, segments: Tensor): Tensor {
  const [zero, count] = [scalar(0, 'int32'), scalar(dy.shape[0]!, 'int32')];
  const last = scalar(Math.max(0, dy.shape[0]! - 1), 'int32');
  const rows = gather(dy, maximum(minimum(segments, last), zero) as Tensor1D);
  const inside = cast(logicalAnd(greaterEqual(segments, zero), less(segments, count)), 'float32');
  return mul(rows, reshape(inside, [...segments.shape, ...dy.shape.slice(1).map(() => 1)]));
}

const constant = (x: Tensor) => cast(mul(x, scalar(0, 'int32')), 'float32');

/** Reading and writing by index. */
export const indexing: readonly GradConfig[] = [
  rule('GatherV2', ['x', 'indices'], (dy, { x, indices }, attrs) => ({
    x: () => gatherGradient(dy, x, indices, attrs),
    indices: () => constant(indices),
  })),
  rule('UnsortedSegmentSum', ['segmentIds'], (dy, { segmentIds }) => ({
    x: () => segmentGradient(dy, segmentIds),
    segmentIds: () => constant(segmentIds),
  })),
  rule('GatherNd', ['params', 'indices'], (dy, { params, indices }) => ({
    params: () => scatterND(indices, dy, params.shape),
    indices: () => constant(indices),
  })),
  rule('ScatterNd', ['indices'], (dy, { indices }) => ({
    updates: () => gatherND(dy, indices),
    indices: () => constant(indices),
  })),
];
