import { type Params, SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What a parameter is for, which decides how it starts and whether it is trained. */
type ParamRole = 'kernel' | 'bias' | 'scale' | 'offset' | 'mean' | 'variance';

export interface ParamSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParamRole;
  /** Values that one output sums over; for a transposed kernel its taps times its outputs, as PyTorch counts. */
  readonly fanIn: number;
}

/** What a running pass knows; the layers only read it, and add to `updates` when training. */
export interface Pass {
  readonly params: Params;
  readonly training: boolean;
  readonly seed: Tensor | undefined;
  readonly updates: Params;
}

/** A piece of a network: the parameters it needs, and what it does. */
export interface Layer {
  readonly specs: readonly ParamSpec[];
  apply(x: Tensor, pass: Pass): Tensor;
}

/**
 * The parameter of that name, or an error that says which are there.
 * @param pass what a layer is given.
 * @param name of the parameter.
 * @returns the tensor, which stays the caller's.
 */
export function parameter({ params }: Pass, name: string): Tensor {
  const value = params[name];
  if (value !== undefined) return value;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `apply: parameter '${name}' is missing; the record has ${Object.keys(params).length} others. Were the weights made by another network?`,
    { details: { name, given: Object.keys(params) } },
  );
}

/**
 * Layers one after another.
 * @param layers in their order.
 * @returns a part of a network.
 */
export function sequence(layers: readonly Layer[]): Layer {
  return {
    specs: layers.flatMap(({ specs }) => specs),
    apply: (x, pass) => layers.reduce((y, layer) => layer.apply(y, pass), x),
  };
}
