import { reshape, slice_util, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { axisByAxis } from './axis-by-axis.js';
import type { Attrs } from './registry.js';

/** A slice of the middle axis of `[outer, n, inner]`: from `begin` up to `end`, without it, in steps of `stride`. */
export interface RowSlice {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
}

const maskNames = ['beginMask', 'endMask', 'ellipsisMask', 'newAxisMask', 'shrinkAxisMask'] as const;

/** What a slice's attributes mean for a tensor of this shape. */
export const sliceOf = (shape: readonly number[], attrs: Attrs): ReturnType<typeof slice_util.sliceInfo> =>
  slice_util.sliceInfo(
    [...shape],
    attrs.begin as number[],
    attrs.end as number[],
    attrs.strides as number[],
    ...(maskNames.map((name) => attrs[name]) as [number, number, number, number, number]),
  );

/** `StridedSlice` of tensors of any rank, one axis after the other by `along`. */
export const stridedSliceBy = (
  x: Tensor,
  attrs: Attrs,
  along: (rows: Tensor, slice: RowSlice) => Tensor,
): Tensor =>
  tidy(() => {
    const { begin, end, strides, finalShape } = sliceOf(x.shape, attrs);
    const part = axisByAxis(x, (rows, axis) => {
      const [from, to, stride] = [begin[axis]!, end[axis]!, strides[axis]!];
      const whole = from === 0 && to === rows.shape[1] && stride === 1;
      return whole ? rows : along(rows, { begin: from, end: to, stride });
    });
    return reshape(part, finalShape);
  });
