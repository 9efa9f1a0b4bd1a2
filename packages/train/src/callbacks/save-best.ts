import type { TrainEvent } from '../events.js';
import type { Best } from '../selection.js';
import type { TrainState } from '../state.js';
import { type WatchOptions, watch } from './watch.js';

/**
 * Hands the state of every epoch that is the best so far to a function, which keeps it.
 *
 *     for await (const event of saveBest(fit(options), (state) => writeFile('best.safetensors', encodeState(state)))) …
 *
 * It takes the checkpoint of that epoch; where not every epoch gives one, use `best` events, by `select` of `fit`.
 *
 * @param events of `fit`, or of another of these.
 * @param save awaited before the events go on.
 * @param options the measure.
 * @returns the same events.
 * @throws {SegscapeError} `BAD_OPTION` for a split or measure that the epochs do not have.
 */
export async function* saveBest(
  events: AsyncIterable<TrainEvent>,
  save: (state: TrainState, best: Best) => unknown,
  options: WatchOptions = {},
): AsyncGenerator<TrainEvent> {
  const follow = watch('saveBest', options);
  let due: Best | undefined;
  for await (const event of events) {
    if (event.type === 'epoch') due = follow(event).better;
    if (event.type === 'checkpoint' && due?.epoch === event.state.epoch && event.state.batch === 0) {
      await save(event.state, due);
      due = undefined;
    }
    yield event;
  }
}
