import type { DataType } from '@tensorflow/tfjs-core';
import type { Ref } from '../trace/program.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

export interface TypedShape {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export type Attrs = Readonly<Record<string, unknown>>;
export type Inputs<T> = Readonly<Record<string, T>>;

/** How one TensorFlow.js kernel is traced (shapes and types of its outputs) and written in ONNX. */
export interface Rule {
  /** The kernel gives a list, even of one tensor. */
  readonly list?: true;
  /** It makes elements of tensors that have none. */
  readonly ofNothing?: true;
  infer(inputs: Inputs<Ref>, attrs: Attrs): readonly TypedShape[];
  lower(
    to: Lowering,
    inputs: Inputs<Value>,
    attrs: Attrs,
    outputs: readonly TypedShape[],
  ): Value | readonly Value[];
}

export type Rules = Readonly<Record<string, Rule>>;
