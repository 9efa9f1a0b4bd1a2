import type { Tensor } from '@tensorflow/tfjs-core';
import type { Params } from './parameter-record.js';

/** Moments and counters of an optimiser: a flat record of tensors, so that it is saved like weights. */
export type OptimizerState = Record<string, Tensor>;

/** A pure, traceable update rule: everything it knows is in its state. */
export interface Optimizer {
  init(params: Params): OptimizerState;
  /** New tensors; the arguments are left as they are. Parameters without a gradient pass through. */
  update(params: Params, grads: Params, state: OptimizerState): { params: Params; state: OptimizerState };
}
