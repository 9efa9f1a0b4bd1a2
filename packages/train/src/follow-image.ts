import { throwIfAborted } from '@segscape/core';
import { type JitOptions, jit } from '@segscape/jit';
import { dispose, scalar } from '@tensorflow/tfjs-core';
import { captureState, type TrainState } from './state.js';
import type { StepBatch, StepResult, StepState } from './step.js';

export interface FollowOptions {
  /** Made with `trainStep`. */
  readonly step: (args: StepState & StepBatch) => StepResult;
  /** Where it begins; left as it is. */
  readonly state: StepState;
  /** The one image and its labels, as a batch of one. */
  readonly sample: Omit<StepBatch, 'seed'>;
  readonly iterations: number;
  /** Iterations between two events. */
  readonly every: number;
  readonly signal?: AbortSignal;
  readonly jit?: JitOptions;
}

export type FollowEvent =
  | { readonly type: 'state'; readonly iteration: number; readonly loss: number; readonly state: TrainState }
  | { readonly type: 'done'; readonly result: { readonly state: TrainState } };

/**
 * Trains on a single image and shows where it goes: the original study's experiment on what each loss attends to.
 * A `state` event comes before the first iteration and after every `every`.
 */
export async function* followImage({
  step,
  state: start,
  sample,
  iterations,
  every,
  signal,
  jit: jitOptions,
}: FollowOptions): AsyncGenerator<FollowEvent> {
  const run = jit(step, jitOptions);
  const own = (record: StepState['params']) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value.clone()]));
  let state: StepState = { params: own(start.params), optimizer: own(start.optimizer) };
  const snapshot = (iteration: number) =>
    captureState({ epoch: 0, batch: 0, step: iteration, lossSum: 0 }, state);
  try {
    yield { type: 'state', iteration: 0, loss: Number.NaN, state: await snapshot(0) };
    for (let iteration = 1; iteration <= iterations; iteration++) {
      throwIfAborted(signal, 'followImage');
      const seed = scalar(iteration);
      const { loss, ...next } = await run({ ...state, ...sample, seed });
      const value = (await loss.data())[0]!;
      dispose([loss, seed, ...Object.values(state.params), ...Object.values(state.optimizer)]);
      state = next;
      if (iteration % every === 0 || iteration === iterations)
        yield { type: 'state', iteration, loss: value, state: await snapshot(iteration) };
    }
    yield { type: 'done', result: { state: await snapshot(iterations) } };
  } finally {
    dispose([...Object.values(state.params), ...Object.values(state.optimizer)]);
    await run.dispose();
  }
}
