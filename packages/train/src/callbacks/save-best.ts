import { assertOption } from '@segscape/core';
import type { TrainEvent } from '../events.js';
import { assertFunction, assertGiven } from '../given.js';
import { type Best, watched as watching } from '../selection.js';
import type { TrainState } from '../state.js';
import { type WatchOptions, watch } from './watch.js';

export interface SaveBestOptions extends WatchOptions {
  /** The best value of an earlier part of the training: only what is better is saved. Default: none, the first epoch is. */
  readonly initialValue?: number;
}

/**
 * Hands the state of every epoch that is the best so far to a function, which keeps it.
 *
 *     for await (const event of saveBest(fit(options), (state) => writeFile('best.safetensors', encodeState(state)))) …
 *
 * It takes the checkpoint of that epoch; where not every epoch gives one, use `best` events, by `select` of `fit`. A training that
 * is resumed knows no earlier best but `initialValue`.
 *
 * @param events of `fit`, or of another of these.
 * @param save awaited before the events go on.
 * @param options the measure.
 * @returns the same events.
 * @throws {SegscapeError} `BAD_OPTION`, also for a split or measure that the epochs do not have.
 */
export async function* saveBest(
  events: AsyncIterable<TrainEvent>,
  save: (state: TrainState, best: Best) => unknown,
  options: SaveBestOptions = {},
): AsyncGenerator<TrainEvent> {
  assertFunction('saveBest', 'save', save, 'that is given a state');
  assertGiven('saveBest', options, [...watching, 'initialValue']);
  const { initialValue, ...watched } = options;
  const known = initialValue === undefined || Number.isFinite(initialValue);
  assertOption(known, 'saveBest', 'initialValue', initialValue, 'be a finite number');
  const follow = watch('saveBest', watched, initialValue);
  let due: Best | undefined;
  for await (const event of events) {
    if (event.type === 'epoch') due = follow(event)?.better;
    if (event.type === 'checkpoint' && due?.epoch === event.state.epoch && event.state.batch === 0) {
      await save(event.state, due);
      due = undefined;
    }
    yield event;
  }
}
