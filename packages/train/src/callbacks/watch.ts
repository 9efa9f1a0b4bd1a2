import type { TrainEvent } from '../events.js';
import { type Best, type SelectOptions, selection } from '../selection.js';

/** Which measure of the epochs is watched. */
export type WatchOptions = Omit<SelectOptions, 'patience'>;

type EpochEvent = Extract<TrainEvent, { readonly type: 'epoch' }>;

/**
 * Follows a measure from epoch to epoch: whether the epoch is the best yet, and how many have passed since the best.
 * Epochs before training do not count.
 *
 * @param where whose options they are, for errors.
 */
export function watch(where: string, options: WatchOptions) {
  let best: Best | undefined;
  let waited = 0;
  return ({ epoch, measures }: EpochEvent): { readonly better?: Best; readonly waited: number } => {
    if (epoch === 0) return { waited };
    const better = selection(options, Object.keys(measures), [where, '']).improved(measures, epoch, best);
    best = better ?? best;
    waited = better ? 0 : waited + 1;
    return { ...(better && { better }), waited };
  };
}
