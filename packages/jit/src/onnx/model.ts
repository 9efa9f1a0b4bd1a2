import type { OnnxType } from './types.js';
/** The small part of ONNX that programs here are made of. */

export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  /** Little-endian values. */
  readonly bytes: Uint8Array;
}

export type Attribute = number | { readonly float: number } | string | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** The TensorFlow.js kernel that asked for it, for messages. */
  readonly kernel?: string;
}

export interface OnnxValue {
  readonly name: string;
  /** Left out, ONNX Runtime finds it. */
  readonly type?: OnnxType;
  /** A string is a symbolic size; left out, any shape will do. */
  readonly dims?: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata?: Readonly<Record<string, string>>;
}
