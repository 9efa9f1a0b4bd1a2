import type { JitOptions } from '@segscape/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { HostTensor } from './inputs.js';

/** Tensors by name, the inputs or the outputs of a case. */
export type Tensors = Record<string, Tensor>;

/** Numbers in host memory with their shape, as a backend gave them. */
export interface Outcome {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Where a case may not be asked for, and why: DESIGN.md exempts it there. */
export interface Exemption {
  /** Reading a tensor's values in the midst of a function: impossible under jit and on WebGPU. */
  readonly when: 'reads values';
  readonly because: string;
}

interface CommonCase {
  /** `family/op options`: a row of the table. */
  readonly name: string;
  /** Plain numbers, exact in single precision, the same on every backend. */
  readonly inputs: () => Readonly<Record<string, HostTensor>>;
  /** A limit of its own for the largest relative error, with the reason why 1e-4 cannot be met. */
  readonly tolerance?: { readonly value: number; readonly because: string };
  readonly exempt?: Exemption;
}

/** A pure function of tensors; under jit it is traced. */
export interface TensorCase extends CommonCase {
  readonly compute: (inputs: Tensors) => Tensors;
  /** Another way to the same numbers, for the double-precision reference only: finite differences, say. */
  readonly reference?: (inputs: Tensors) => Tensors;
}

/** Work that reads tensors on its way: a training, a grid, a metric. */
export interface HostCase extends CommonCase {
  readonly measure: (
    inputs: Tensors,
    options: { readonly jit: JitOptions },
  ) => Promise<Readonly<Record<string, Outcome>>>;
}

export type ConformanceCase = TensorCase | HostCase;

/** A number as an outcome. */
export const one = (value: number): Outcome => ({ shape: [], data: [value] });

/** A list of numbers as an outcome. */
export const many = (data: ArrayLike<number>): Outcome => ({ shape: [data.length], data });
