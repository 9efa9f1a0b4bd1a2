import { type JitOptions, jit } from '@segscape/jit';
import { dispose, scalar } from '@tensorflow/tfjs-core';
import { type Case, stateOf, stepOf } from './networks.js';

/** A training step that carries its state along, as `fit` does. */
export function stepper(current: Case, executor: 'onnxruntime' | 'eager', options: JitOptions = {}) {
  const step = jit(stepOf(current.model), { ...options, executor });
  let state = stateOf(current);
  const seed = scalar(0);
  return {
    async run(): Promise<number> {
      const { loss, ...next } = await step({
        ...state,
        images: current.images,
        labels: { labels: current.labels },
        seed,
      });
      const value = (await loss.data())[0]!;
      dispose([loss, ...Object.values(state.params), ...Object.values(state.optimizer)]);
      state = next;
      return value;
    },
    async dispose() {
      dispose([seed, ...Object.values(state.params), ...Object.values(state.optimizer)]);
      await step.dispose();
    },
    stats: step.stats,
  };
}
