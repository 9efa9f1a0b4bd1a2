import type { Measures } from './evaluate.js';
import type { TrainState } from './state.js';

/** How far a training is, in epochs; the first comes before it begins. */
export interface TrainProgress {
  readonly type: 'progress';
  readonly stage: 'training';
  /** Epochs done. */
  readonly completed: number;
  /** Epochs of the whole training. */
  readonly total: number;
  /** `epoch 3 of 10` */
  readonly label: string;
}

export type TrainEvent =
  | TrainProgress
  /** A step was done, over one batch or, with `accumulate`, several. */
  | {
      readonly type: 'batch';
      readonly epoch: number;
      /** Batches done in this epoch. */
      readonly batch: number;
      readonly step: number;
      readonly loss: number;
      /** Images of the step by their ids, where batches name them. */
      readonly ids?: readonly string[];
      /** With `records`: Euclidean length of all gradients together, before clipping. */
      readonly gradientNorm?: number;
      /** With `records`, of optimisers that tell it. */
      readonly learningRate?: number;
      readonly ms: number;
    }
  /** An epoch and its evaluations were done; epoch 0 is before training. */
  | { readonly type: 'epoch'; readonly epoch: number; readonly measures: Measures }
  /** That epoch was the best so far by the measure of `select`; epochs before training do not count. */
  | { readonly type: 'best'; readonly state: TrainState; readonly measure: string; readonly value: number }
  | { readonly type: 'checkpoint'; readonly state: TrainState }
  /** The last event of all. */
  | {
      readonly type: 'done';
      /** Whether the signal had fired; `resumeFrom: result.state` then goes on to the same bits. */
      readonly stopped: boolean;
      readonly result: {
        readonly state: TrainState;
        /** The same as `stopped` beside the result. */
        readonly stopped: boolean;
        /** Patience ended it before the last epoch. */
        readonly early?: boolean;
      };
    };

/**
 * @param completed epochs done.
 * @param total epochs of the whole training.
 * @returns the event that says so.
 */
export const trainProgress = (completed: number, total: number): TrainProgress => ({
  type: 'progress',
  stage: 'training',
  completed,
  total,
  label: `epoch ${completed} of ${total}`,
});

/**
 * @param state where the training stands.
 * @param end what ended it before its last epoch, if anything did.
 * @returns the last event of a training.
 */
export const trainDone = (
  state: TrainState,
  { stopped = false, early = false }: { readonly stopped?: boolean; readonly early?: boolean } = {},
): TrainEvent => ({ type: 'done', stopped, result: { state, stopped, ...(early && { early }) } });
