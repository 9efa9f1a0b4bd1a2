import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TypedShape } from '../program.js';

/** The integers from `from` up to, without, `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Sizes of the broadcast result. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return range(0, rank).map((i) => {
    const sizes = shapes.map((shape) => shape[i - rank + shape.length] ?? 1);
    return sizes.find((n) => n !== 1) ?? 1;
  });
}

/** An axis that may be counted from the end. */
export const axisFromStart = (axis: number, shape: readonly number[]): number =>
  util.parseAxisParam(axis, [...shape])[0]!;

/** What the checks of TensorFlow.js take in place of a tensor. */
export const tensorInfo = ({ shape, dtype }: TypedShape): TensorInfo => ({
  dataId: {},
  shape: [...shape],
  dtype,
});

/** Sizes of a batch of images. */
export const imageShape = ({ shape }: { readonly shape: readonly number[] }) =>
  shape as readonly [batch: number, height: number, width: number, channels: number];
