import type { Params } from '@segscape/core';
import { type JitOptions, jit } from '@segscape/jit';
import type { Model } from '@segscape/models';
import type { Tensor } from '@tensorflow/tfjs-core';
import { probabilitiesOf } from '../overlapping/label-planes.js';
import type { Setup } from '../setup.js';

/** Logits and probabilities of images; the caller's. */
export type Predict = (
  weights: Params,
  images: Tensor,
) => Promise<{ readonly logits: Tensor; readonly probabilities: Tensor }>;

const forwardOf = ({ model, overlapping }: Setup, options: JitOptions) =>
  jit(({ weights, images }: { weights: Params; images: Tensor }) => {
    const logits = model.apply(weights, images);
    return { logits, probabilities: probabilitiesOf(logits, overlapping) };
  }, options);

/** What networks make of images: compiled once for each network, whatever training or fold its weights are of. */
export interface Forwards {
  of(setup: Setup): Predict;
  dispose(): Promise<void>;
}

export function forwards(options: JitOptions): Forwards {
  const compiled = new Map<Model, ReturnType<typeof forwardOf>>();
  return {
    of(setup) {
      const forward = compiled.get(setup.model) ?? forwardOf(setup, options);
      compiled.set(setup.model, forward);
      return (weights, images) => forward({ weights, images });
    },
    async dispose() {
      for (const forward of compiled.values()) await forward.dispose();
    },
  };
}
