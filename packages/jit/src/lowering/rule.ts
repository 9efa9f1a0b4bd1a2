import type { Ref, TypedShape } from '../program.js';
import type { AttrsOf, InputsOf, KernelName } from './kernels.js';
import type { LoweredTensor } from './lowered-tensor.js';
import type { Lowering } from './lowering.js';

/** What a kernel gives: one tensor, or more. */
export type Outputs = readonly [TypedShape, ...TypedShape[]];

/** How one TensorFlow.js kernel is traced (shapes and types of its outputs) and written in ONNX. */
export interface Rule<K extends KernelName = KernelName> {
  /** The kernel gives a list, even of one tensor. */
  readonly list?: true;
  /** It makes elements of tensors that have none. */
  readonly ofNothing?: true;
  infer(inputs: InputsOf<K, Ref>, attrs: AttrsOf<K>): readonly TypedShape[];
  lower(
    to: Lowering,
    inputs: InputsOf<K, LoweredTensor>,
    attrs: AttrsOf<K>,
    outputs: Outputs,
  ): LoweredTensor | readonly LoweredTensor[];
}

/** Inputs of any kernel, by name; those of a list by index. */
export type Inputs<T> = Readonly<Record<string, T>>;

/** A rule for whoever does not know which: tracing and compiling hand a kernel's own inputs and attributes on as they are. */
export interface AnyRule extends Pick<Rule, 'list' | 'ofNothing'> {
  infer(inputs: Inputs<Ref>, attrs: object): readonly TypedShape[];
  lower(
    to: Lowering,
    inputs: Inputs<LoweredTensor>,
    attrs: object,
    outputs: Outputs,
  ): LoweredTensor | readonly LoweredTensor[];
}

/** Rules by the kernels that they are for. */
export type Rules = { readonly [K in KernelName]?: Rule<K> };

/** The inputs with some in place of others. */
export const mapInputs = <K extends KernelName>(
  inputs: InputsOf<K, LoweredTensor>,
  map: (input: LoweredTensor, name: string) => LoweredTensor,
): InputsOf<K, LoweredTensor> =>
  Object.fromEntries(
    Object.entries<LoweredTensor>(inputs).map(([name, input]) => [name, map(input, name)]),
  ) as InputsOf<K, LoweredTensor>;
