import type { DataType, Variable } from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';

/** Sizes of a tensor, channels last, and the type of its elements. */
export interface TypedShape {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A tensor that has a shape and a type but no values yet. */
export interface Ref extends TypedShape {
  /** Values, where they were known while tracing. */
  readonly values?: HostArray;
}

/** What a rule sees of one kernel call: inputs by their TensorFlow.js names, lists by index. */
export interface Call {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Ref>>;
  readonly attrs: object;
  readonly outputs: readonly Ref[];
}

/** A traced function: kernel calls in the order they were made. */
export interface Program {
  /** The arguments, then what the variables held before. */
  readonly inputs: readonly Ref[];
  readonly calls: readonly Call[];
  /** The results, then what the variables hold after. */
  readonly outputs: readonly Ref[];
  /** Variables that the function assigns. */
  readonly variables: readonly Variable[];
}
