import { assertOption } from '@segscape/core';
import { type TrainEvent, trainDone } from '../events.js';
import { assertGiven } from '../given.js';
import { watched as watching } from '../selection.js';
import type { TrainState } from '../state.js';
import { type WatchOptions, watch } from './watch.js';

export interface EarlyStoppingOptions extends WatchOptions {
  /** Epochs without a better value after which it ends. A positive integer. */
  readonly patience: number;
  /** Only values better than this begin the patience anew, in the units of the measure. Default: any that is the best so far. */
  readonly baseline?: number;
  /** Epochs at the beginning that are not looked at. Default 0. */
  readonly startFromEpoch?: number;
  /**
   * Whether `done` has the state of the best epoch; it takes that epoch's checkpoint, and where `checkpoints` of `fit` leaves that one out
   * the last. Default false: the last one's.
   */
  readonly restoreBest?: boolean;
}

/**
 * Ends a training when a measure has not become better for some epochs.
 *
 *     for await (const event of earlyStopping(fit(options), { patience: 5 })) …
 *
 * It ends at the next checkpoint, so with `fit`'s default at that very epoch, with `done`, `early: true`. A resumed training
 * counts anew; `select: { patience }` of `fit` does the same and remembers. With `restoreBest` a training that comes to its end by
 * itself gives the best epoch's state, too; one that a signal stopped gives the last, to be resumed.
 *
 * @param events of `fit`, or of another of these.
 * @param options the measure, and how long it may stand still.
 * @returns the same events, up to the end of the patience.
 * @throws {SegscapeError} `BAD_OPTION`, also for a split or measure that the epochs do not have.
 */
export async function* earlyStopping(
  events: AsyncIterable<TrainEvent>,
  options: EarlyStoppingOptions,
): AsyncGenerator<TrainEvent> {
  const where = 'earlyStopping';
  assertGiven(where, options, [...watching, 'patience', 'baseline', 'startFromEpoch', 'restoreBest']);
  const { patience, baseline, startFromEpoch = 0, restoreBest = false, ...watched } = options;
  const must = 'be a positive integer, in epochs';
  assertOption(Number.isInteger(patience) && patience > 0, where, 'patience', patience, must);
  const counted = Number.isInteger(startFromEpoch) && startFromEpoch >= 0;
  assertOption(counted, where, 'startFromEpoch', startFromEpoch, 'be an integer of at least 0, in epochs');
  assertOption(
    baseline === undefined || Number.isFinite(baseline),
    where,
    'baseline',
    baseline,
    'be a finite number',
  );
  const follow = watch(where, watched);
  let over = false;
  let waited = 0;
  let bestEpoch: number | undefined;
  let best: TrainState | undefined;
  for await (const event of events) {
    if (event.type === 'epoch' && event.epoch > startFromEpoch) {
      const seen = follow(event);
      waited += 1;
      if (seen?.better) {
        bestEpoch = event.epoch;
        // That of an earlier best is none any more, though no checkpoint may follow.
        best = undefined;
        if (baseline === undefined || seen.beats(baseline)) waited = 0;
      } else over ||= waited >= patience;
    }
    if (restoreBest && event.type === 'checkpoint' && isOf(event.state, bestEpoch)) best = event.state;
    if (event.type === 'done' && best && !event.stopped)
      yield { ...event, result: { ...event.result, state: best } };
    else yield event;
    if (event.type !== 'checkpoint' || !over) continue;
    yield trainDone(best ?? event.state, { early: true });
    return; // which ends the training below, too
  }
}

/** Whether a state is that of an epoch's end. */
const isOf = (state: TrainState, epoch: number | undefined) => state.epoch === epoch && state.batch === 0;
