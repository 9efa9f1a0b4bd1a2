import type { DataType } from '@tensorflow/tfjs-core';

/** Types of elements by their names here, and their numbers in `TensorProto.DataType` of onnx.proto. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

export type OnnxType = keyof typeof elementTypes;

/** What holds a tensor of TensorFlow.js. */
export const onnxType = (dtype: DataType): OnnxType =>
  dtype === 'int32' || dtype === 'bool' ? dtype : 'float32';
