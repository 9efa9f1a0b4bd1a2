import type { BackendValues, DataType } from '@tensorflow/tfjs-core';

export type HostArray = Float32Array | Int32Array | Uint8Array;

const kinds = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** The types of tensors that programs here know. */
export type HostType = keyof typeof kinds;

export const isHostType = (dtype: DataType): dtype is HostType => dtype in kinds;

/** Zeros of a type. */
export const hostArray = (dtype: DataType, size: number): HostArray =>
  new kinds[isHostType(dtype) ? dtype : 'float32'](size);

/**
 * Values as an array of the tensor's own type; the very array where it is one. TensorFlow.js keeps many a tensor in the array of
 * another type: a cast from int32 to float32 shares the integers' memory.
 */
export function toHost(values: BackendValues, dtype: HostType): HostArray {
  const Kind = kinds[dtype];
  return values instanceof Kind ? values : Kind.from(values as unknown as ArrayLike<number>);
}
