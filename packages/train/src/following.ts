import { assertOption, isTensor, optionNames } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { dispose, scalar } from '@tensorflow/tfjs-core';
import { assertFunction, assertGiven } from './given.js';
import { captureState, restoreState } from './host-state.js';
import { assertState } from './sound.js';
import type { TrainState } from './state.js';
import type { StepBatch, StepResult, StepState } from './step.js';

export interface FollowOptions {
  /** Made with `trainStep`. */
  readonly step: (args: StepState & StepBatch) => StepResult;
  /** Where it begins; left as it is. */
  readonly state: StepState;
  /** The one image `[1, …space, channels]` and its labels `[1, …space]`, as a batch of one. */
  readonly sample: Omit<StepBatch, 'seed'>;
  /** Iterations in all, those before a stop included. */
  readonly iterations: number;
  /** Iterations between two events. */
  readonly every: number;
  readonly signal?: AbortSignal;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /** Goes on from here instead of `state`: `result.state` of a `done` that was stopped, or of any `state` event. */
  readonly resumeFrom?: TrainState;
}

export type FollowEvent =
  | {
      readonly type: 'progress';
      readonly stage: 'following';
      /** Iterations done. */
      readonly completed: number;
      readonly total: number;
      readonly label: string;
    }
  | { readonly type: 'state'; readonly iteration: number; readonly loss: number; readonly state: TrainState }
  | {
      readonly type: 'done';
      /** Whether the signal had fired; `resumeFrom: result.state` then goes on to the same bits. */
      readonly stopped: boolean;
      /** `state.step` is the number of iterations done. */
      readonly result: { readonly state: TrainState };
    };

const known = optionNames<FollowOptions>({
  step: true,
  state: true,
  sample: true,
  iterations: true,
  every: true,
  resumeFrom: true,
  signal: true,
  jit: true,
});

/** What `followImage` does: a module of its own, loaded when it begins. */
export async function* following(options: FollowOptions): AsyncGenerator<FollowEvent> {
  const where = 'followImage';
  assertGiven(where, options, known);
  const { step, state: start, sample, iterations, every, signal, jit: jitOptions, resumeFrom } = options;
  const counts = Number.isInteger(iterations) && iterations >= 0;
  assertOption(counts, where, 'iterations', iterations, 'be an integer of at least 0');
  assertOption(Number.isInteger(every) && every > 0, where, 'every', every, 'be a positive integer');
  assertFunction(where, 'step', step, 'of a state and a batch, as trainStep makes it');
  assertState(where, resumeFrom);
  const begins = resumeFrom !== undefined || typeof start?.params === 'object';
  assertOption(begins, where, 'state', start, 'have params and optimizer, to begin with');
  assertOption(isTensor(sample?.images), where, 'sample.images', sample?.images, 'be a tensor');
  const own = (record: StepState['params']) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value.clone()]));
  let state: StepState = resumeFrom
    ? restoreState(resumeFrom)
    : { params: own(start.params), optimizer: own(start.optimizer) };
  let iteration = resumeFrom?.step ?? 0;
  const snapshot = () => captureState({ epoch: 0, batch: 0, step: iteration, lossSum: 0 }, state);
  const progress = (): FollowEvent => ({
    type: 'progress',
    stage: 'following',
    completed: iteration,
    total: iterations,
    label: `iteration ${iteration} of ${iterations}`,
  });
  const compiled: { dispose(): Promise<void> }[] = [];
  try {
    if (!signal?.aborted) {
      const { jit } = await import('@segscape/jit');
      const run = jit(step, jitOptions);
      compiled.push(run);
      if (resumeFrom === undefined)
        yield { type: 'state', iteration, loss: Number.NaN, state: await snapshot() };
      yield progress();
      while (iteration < iterations && !signal?.aborted) {
        const seed = scalar(iteration + 1);
        const { loss, ...next } = await run({ ...state, ...sample, seed });
        const value = (await loss.data())[0]!;
        dispose([loss, seed, ...Object.values(state.params), ...Object.values(state.optimizer)]);
        state = next;
        iteration++;
        if (iteration % every !== 0 && iteration !== iterations) continue;
        yield { type: 'state', iteration, loss: value, state: await snapshot() };
        yield progress();
      }
    }
    yield { type: 'done', stopped: signal?.aborted === true, result: { state: await snapshot() } };
  } finally {
    dispose([...Object.values(state.params), ...Object.values(state.optimizer)]);
    for (const each of compiled) await each.dispose();
  }
}
