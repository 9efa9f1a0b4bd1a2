import { sizeOf } from '@segscape/core';
import {
  add,
  type GradConfig,
  pad,
  reshape,
  reverse,
  slice,
  slice_util,
  sum,
  type Tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { sliceOf } from '../kernels/strided-slice.js';
import { withZeros } from '../windows/window.js';
import { unary } from './rule.js';

/** Adds the copies up, axis by axis. */
function tileGradient(dy: Tensor, x: Tensor, { reps }: Attrs): Tensor {
  return x.shape.reduce(
    (current, n, axis) => {
      const copies = (reps as number[])[axis]!;
      const [front, back] = [current.shape.slice(0, axis), current.shape.slice(axis + 1)];
      if (copies === 1) return current;
      return reshape(sum(reshape(current, [sizeOf(front), copies, n * sizeOf(back)]), 1), [
        ...front,
        n,
        ...back,
      ]);
    },
    reshape(dy, dy.shape),
  );
}

/** Part of a tensor along one axis. */
const part = (x: Tensor, axis: number, begin: number, length: number) =>
  slice(
    x,
    x.shape.map((_, i) => (i === axis ? begin : 0)),
    x.shape.map((n, i) => (i === axis ? length : n)),
  );

const along = (x: Tensor, axis: number, before: number, after: number) =>
  pad(
    x,
    x.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0])),
  );

/** Folds the mirrored borders back onto the pixels that they copied. */
function mirrorGradient(dy: Tensor, x: Tensor, { paddings, mode }: Attrs): Tensor {
  // Reflection leaves out the border's own pixel; symmetry repeats it.
  const gap = mode === 'reflect' ? 1 : 0;
  return (paddings as [number, number][]).reduce((current, [before, after], axis) => {
    const n = x.shape[axis]!;
    let folded = part(current, axis, before, n);
    if (before > 0) {
      const border = reverse(part(current, axis, 0, before), axis);
      folded = add(folded, along(border, axis, gap, n - before - gap));
    }
    if (after > 0) {
      const border = reverse(part(current, axis, before + n, after), axis);
      folded = add(folded, along(border, axis, n - after - gap, gap));
    }
    return folded;
  }, dy);
}

/** Puts each value back where the stride found it, zeros between. */
function stridedSliceGradient(dy: Tensor, x: Tensor, attrs: Attrs): Tensor {
  const info = sliceOf(x.shape, attrs);
  const values = reshape(dy, slice_util.computeOutShape(info.begin, info.end, info.strides));
  if (values.size === 0)
    return pad(
      values,
      x.shape.map((n, i) => [0, n - values.shape[i]!]),
    );
  const backwards = info.strides.flatMap((stride, axis) => (stride < 0 ? [axis] : []));
  const forwards = backwards.length > 0 ? reverse(values, backwards) : values;
  return x.shape.reduce((current, n, axis) => {
    const stride = Math.abs(info.strides[axis]!);
    const count = values.shape[axis]!;
    const span = (count - 1) * stride + 1;
    const wide = withZeros(
      current,
      current.shape.map((_, i) => (i === axis ? stride : 1)),
    );
    const first = info.strides[axis]! < 0 ? info.begin[axis]! - span + 1 : info.begin[axis]!;
    return along(part(wide, axis, 0, span), axis, first, n - first - span);
  }, forwards);
}

/** Takes each block of pixels apart into channels again. */
function depthToSpaceGradient(dy: Tensor, x: Tensor, { blockSize, dataFormat }: Attrs): Tensor {
  const b = blockSize as number;
  const first = dataFormat === 'NCHW';
  const pixels = first ? transpose(dy, [0, 2, 3, 1]) : dy;
  const [batch, height, width, channels] = pixels.shape as [number, number, number, number];
  const [h, w] = [height / b, width / b];
  // Two moves of one axis each: no tensor of more than five axes.
  const columns = transpose(reshape(pixels, [batch * h, b, w, b * channels]), [0, 2, 1, 3]);
  const blocks = reshape(columns, [batch, h, w, b * b * channels]);
  return first ? transpose(blocks, [0, 3, 1, 2]) : reshape(blocks, x.shape);
}

/** Kernels that only move values. */
export const shapes: readonly GradConfig[] = [
  unary('Tile', tileGradient),
  unary('MirrorPad', mirrorGradient),
  unary('StridedSlice', stridedSliceGradient),
  unary('DepthToSpace', depthToSpaceGradient),
];
