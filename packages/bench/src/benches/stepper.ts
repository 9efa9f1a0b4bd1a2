import { type JitOptions, jit } from '@segscape/jit';
import { dispose, scalar } from '@tensorflow/tfjs-core';
import { type Case, stateOf, stepOf } from './networks.js';

/** A training step that carries its state along, as `fit` does. */
export function stepper(current: Case, executor: 'onnxruntime' | 'eager', options: JitOptions = {}) {
  const step = jit(stepOf(current.model), { ...options, executor });
  let state = stateOf(current);
  const seed = scalar(0);
  /** Begins a step; its loss is asked for at once, since a graphics card answers in order. */
  const begin = async (): Promise<{ readonly told: Promise<number> }> => {
    const { loss, ...next } = await step({
      ...state,
      images: current.images,
      labels: { labels: current.labels },
      seed,
    });
    dispose([...Object.values(state.params), ...Object.values(state.optimizer)]);
    state = next;
    const told = loss.data().then((values) => {
      loss.dispose();
      return values[0]!;
    });
    return { told };
  };
  return {
    run: async (): Promise<number> => (await begin()).told,
    /** So many steps, the next begun before a loss is read, as `fit` does on a graphics card. */
    async runAhead(steps: number): Promise<void> {
      let { told } = await begin();
      for (let i = 1; i < steps; i++) {
        const next = await begin();
        await told;
        told = next.told;
      }
      await told;
    },
    async dispose() {
      dispose([seed, ...Object.values(state.params), ...Object.values(state.optimizer)]);
      await step.dispose();
    },
    stats: step.stats,
  };
}
