import type { Measures } from './evaluate.js';
import type { TrainState } from './state.js';

export type TrainEvent =
  /** A step was done, over one batch or, with `accumulate`, several. */
  | {
      readonly type: 'batch';
      readonly epoch: number;
      /** Batches done in this epoch. */
      readonly batch: number;
      readonly step: number;
      readonly loss: number;
      readonly ms: number;
    }
  /** An epoch and its evaluations were done; epoch 0 is before training. */
  | { readonly type: 'epoch'; readonly epoch: number; readonly measures: Measures }
  /** That epoch was the best so far by the measure of `select`; epochs before training do not count. */
  | { readonly type: 'best'; readonly state: TrainState; readonly measure: string; readonly value: number }
  | { readonly type: 'checkpoint'; readonly state: TrainState }
  | {
      readonly type: 'done';
      readonly result: {
        readonly state: TrainState;
        /** By the signal. */
        readonly stopped: boolean;
        /** Patience ended it before the last epoch. */
        readonly early?: boolean;
      };
    };
