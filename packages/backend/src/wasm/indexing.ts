import {
  add,
  fill,
  gatherND,
  less,
  reshape,
  scatterND,
  slice,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  transpose,
  util,
  where,
} from '@tensorflow/tfjs-core';

/** Sums rows by their segment; rows of a negative segment are left out. */
export function segmentSum(x: Tensor, segments: Tensor1D, count: number): Tensor {
  return tidy(() => {
    const outside = less(segments, 0);
    const index = where(outside, fill(segments.shape, count, 'int32'), segments);
    const sums = scatterND(reshape(index, [-1, 1]), x, [count + 1, ...x.shape.slice(1)]);
    return slice(sums, 0, count);
  });
}

/** `gather` with batch dimensions: the batch and the gathered axis are counted as one, and rows taken from that. */
export function gatherPerBatch(x: Tensor, indices: Tensor, attrs: Readonly<Record<string, unknown>>): Tensor {
  return tidy(() => {
    const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
    const batchDims = attrs.batchDims as number;
    const [lead, between, inner] = [
      x.shape.slice(0, batchDims),
      x.shape.slice(batchDims, axis),
      x.shape.slice(axis + 1),
    ];
    const [batch, outer, length] = [
      util.sizeFromShape([...lead]),
      util.sizeFromShape([...between]),
      x.shape[axis]!,
    ];
    const rows = transpose(reshape(x, [batch, outer, length, util.sizeFromShape([...inner])]), [0, 2, 1, 3]);
    const picks = indices.size / batch;
    // One start for each pick: the backend is slow to stretch whole numbers, and faster at gathering by `gatherND`.
    const starts = new Int32Array(indices.size);
    for (let i = 0; i < batch; i++) starts.fill(i * length, i * picks, (i + 1) * picks);
    const places = add(reshape(indices, [-1]), tensor1d(starts, 'int32'));
    const taken = gatherND(
      reshape(rows, [batch * length, outer * util.sizeFromShape([...inner])]),
      reshape(places, [-1, 1]),
    );
    const ordered = transpose(
      reshape(taken, [batch, picks, outer, util.sizeFromShape([...inner])]),
      [0, 2, 1, 3],
    );
    return reshape(ordered, [...lead, ...between, ...indices.shape.slice(batchDims), ...inner]);
  });
}
