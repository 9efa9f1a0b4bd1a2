import {
  fill,
  gatherND,
  less,
  minimum,
  reshape,
  scalar,
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

/** Sums rows by their segment; rows of a segment that is not there are left out. */
export function segmentSum(x: Tensor, segments: Tensor1D, count: number): Tensor {
  return tidy(() => {
    const outside = less(segments, 0);
    const beyond = scalar(count, 'int32');
    const index = where(outside, fill(segments.shape, count, 'int32'), minimum(segments, beyond));
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

/** Refuses places outside of a tensor, where the backend's own kernels read and write what lies beside it in the memory. */
export function assertPlaces(kernelName: string, indices: Tensor, shape: readonly number[]): void {
  if (util.sizeFromShape([...shape]) === 0) return;
  const depth = indices.rank > 1 ? indices.shape.at(-1)! : 1;
  const lead = shape.slice(0, depth);
  const strides = util.computeStrides([...lead, 1]);
  const values = indices.dataSync();
  const count = util.sizeFromShape(lead);
  for (let row = 0; row < values.length; row += depth || 1) {
    let index = 0;
    for (let i = 0; i < depth; i++) index += values[row + i]! * strides[i]!;
    if (index >= 0 && index < count) continue;
    const place = values.slice(row, row + depth);
    throw new RangeError(`${kernelName}: [${place}] is no place in [${shape}]`);
  }
}
