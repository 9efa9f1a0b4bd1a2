import {
  fill,
  gatherND,
  less,
  reshape,
  scatterND,
  slice,
  type Tensor,
  type Tensor1D,
  tensor2d,
  tidy,
  transpose,
  util,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { gatherAxes } from '../kernels/batch-axes.js';
import type { Attrs } from '../kernels/registry.js';

/** Sums rows by their segment; rows of a negative segment are left out. */
export function segmentSum(x: Tensor, segments: Tensor1D, count: number): Tensor {
  return tidy(() => {
    const outside = less(segments, 0);
    const index = where(outside, fill(segments.shape, count, 'int32'), segments);
    const sums = scatterND(reshape(index, [-1, 1]), x, [count + 1, ...x.shape.slice(1)]);
    return slice(sums, 0, count);
  });
}

/** Where each pick lies among all batches' rows, counted as one. */
function placesOf(indices: Tensor, batch: number, length: number): Int32Array {
  const picks = indices.size / batch;
  return (indices.dataSync() as Int32Array).map((index, i) => {
    if (!(index >= 0 && index < length))
      throw new RangeError(`GatherV2: the index value ${index} is not in [0, ${length - 1}]`);
    return Math.floor(i / picks) * length + index;
  });
}

/** `gather`: the batch and the gathered axis are counted as one, and whole rows taken from that. */
export function gathered(x: Tensor, indices: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const { axis, batchDims } = gatherAxes(x, indices, attrs);
    const [lead, between, inner] = [
      x.shape.slice(0, batchDims),
      x.shape.slice(batchDims, axis),
      x.shape.slice(axis + 1),
    ];
    const [batch, outer, row] = [lead, between, inner].map((shape) => util.sizeFromShape(shape)) as [
      number,
      number,
      number,
    ];
    const length = x.shape[axis]!;
    const shape = [...lead, ...between, ...indices.shape.slice(batchDims), ...inner];
    if (util.sizeFromShape(shape) === 0) return zeros(shape, x.dtype as 'float32');
    const places = placesOf(indices, batch, length);
    const picks = indices.size / batch;
    const rows = transpose(reshape(x, [batch, outer, length, row]), [0, 2, 1, 3]);
    const taken = gatherND(
      reshape(rows, [batch * length, outer * row]),
      tensor2d(places, [places.length, 1], 'int32'),
    );
    return reshape(transpose(reshape(taken, [batch, picks, outer, row]), [0, 2, 1, 3]), shape);
  });
}
