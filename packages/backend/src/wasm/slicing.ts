import { reshape, reverse, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { everyNth } from '../kernels/axis-by-axis.js';
import type { Attrs } from '../kernels/registry.js';
import { type RowSlice, stridedSliceBy } from '../kernels/strided-slice.js';

/** Every so many rows, forwards or backwards, in whole runs. */
function everySoManyRows(rows: Tensor, { begin, end, stride }: RowSlice): Tensor {
  const count = Math.max(0, Math.ceil((end - begin) / stride));
  if (stride > 0) return everyNth(rows, begin, stride, count);
  return everyNth(reverse(rows, 1), rows.shape[1]! - 1 - begin, -stride, count);
}

/** `StridedSlice` of any type: nothing is computed, so numbers stay what they are. */
export const stridedRows = (x: Tensor, attrs: Attrs): Tensor => stridedSliceBy(x, attrs, everySoManyRows);

/** `DepthToSpace`: blocks of channels become blocks of pixels. */
export const depthToSpace = (x: Tensor, { blockSize, dataFormat }: Attrs): Tensor =>
  tidy(() => {
    const b = blockSize as number;
    const first = dataFormat === 'NCHW';
    const pixels = first ? transpose(x, [0, 2, 3, 1]) : x;
    const [batch, height, width, depth] = pixels.shape as [number, number, number, number];
    const channels = depth / (b * b);
    const rows = transpose(reshape(pixels, [batch * height, width, b, b * channels]), [0, 2, 1, 3]);
    const image = reshape(rows, [batch, height * b, width * b, channels]);
    return first ? transpose(image, [0, 3, 1, 2]) : image;
  });
