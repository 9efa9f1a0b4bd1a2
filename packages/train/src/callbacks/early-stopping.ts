import { assertOption } from '@segscape/core';
import { type TrainEvent, trainDone } from '../events.js';
import { type WatchOptions, watch } from './watch.js';

export interface EarlyStoppingOptions extends WatchOptions {
  /** Epochs without a better value after which it ends. A positive integer. */
  readonly patience: number;
}

/**
 * Ends a training when a measure has not become better for some epochs.
 *
 *     for await (const event of earlyStopping(fit(options), { patience: 5 })) …
 *
 * It ends at the next checkpoint, so with `fit`'s default at that very epoch, with `done`, `early: true`. A resumed training
 * counts anew; `select: { patience }` of `fit` does the same and remembers.
 *
 * @param events of `fit`, or of another of these.
 * @param options the measure, and how long it may stand still.
 * @returns the same events, up to the end of the patience.
 * @throws {SegscapeError} `BAD_OPTION` for a split or measure that the epochs do not have.
 */
export async function* earlyStopping(
  events: AsyncIterable<TrainEvent>,
  { patience, ...watched }: EarlyStoppingOptions,
): AsyncGenerator<TrainEvent> {
  const must = 'be a positive integer, in epochs';
  assertOption(Number.isInteger(patience) && patience > 0, 'earlyStopping', 'patience', patience, must);
  const follow = watch('earlyStopping', watched);
  let over = false;
  for await (const event of events) {
    yield event;
    if (event.type === 'epoch') over ||= follow(event).waited >= patience;
    if (event.type !== 'checkpoint' || !over) continue;
    yield trainDone(event.state, { early: true });
    return; // which ends the training below, too
  }
}
