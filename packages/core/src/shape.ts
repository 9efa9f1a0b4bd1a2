import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Whether two shapes agree axis by axis.
 * @param a sizes by axis; undefined equals nothing but itself.
 * @param b likewise.
 * @returns whether they do.
 */
export const sameShape = (a: readonly number[] | undefined, b: readonly number[] | undefined): boolean =>
  a !== undefined && a.length === b?.length && a.every((size, axis) => size === b[axis]);

/**
 * Number of elements of a shape: 1 of a scalar's.
 * @param shape sizes by axis.
 * @returns their product.
 */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/**
 * Whether a value is a tensor, of any copy of TensorFlow.js.
 * @param value anything.
 * @returns whether it is one.
 */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value && 'dtype' in value;
