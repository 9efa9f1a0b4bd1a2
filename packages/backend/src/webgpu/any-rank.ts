import { reshape, slice_util, stridedSlice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { axisByAxis, padRows } from '../kernels/axis-by-axis.js';

type Attrs = Readonly<Record<string, unknown>>;

/** Padding of tensors of any rank. */
export const padded = (x: Tensor, { paddings, constantValue }: Attrs): Tensor =>
  tidy(() =>
    axisByAxis(x, (rows, axis) => {
      const [before, after] = (paddings as [number, number][])[axis]!;
      return padRows(rows, before, after, constantValue as number);
    }),
  );

/** Strided slices of tensors of any rank. */
export const strided = (x: Tensor, attrs: Attrs): Tensor =>
  tidy(() => {
    const masks = ['beginMask', 'endMask', 'ellipsisMask', 'newAxisMask', 'shrinkAxisMask'].map(
      (name) => attrs[name] as number,
    );
    const [from, to, steps] = [attrs.begin, attrs.end, attrs.strides] as [number[], number[], number[]];
    const { begin, end, strides, finalShape } = slice_util.sliceInfo(
      x.shape,
      from,
      to,
      steps,
      ...(masks as [number, number, number, number, number]),
    );
    const part = axisByAxis(x, (rows, axis) => {
      const [outer, n, inner] = rows.shape as [number, number, number];
      if (begin[axis] === 0 && end[axis] === n && strides[axis] === 1) return rows;
      return stridedSlice(rows, [0, begin[axis]!, 0], [outer, end[axis]!, inner], [1, strides[axis]!, 1]);
    });
    return reshape(part, finalShape);
  });
