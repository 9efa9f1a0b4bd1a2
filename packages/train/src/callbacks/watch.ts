import type { TrainEvent } from '../events.js';
import { type Best, type SelectOptions, selection } from '../selection.js';

/** Which measure of the epochs is watched. */
export type WatchOptions = Omit<SelectOptions, 'patience'>;

type EpochEvent = Extract<TrainEvent, { readonly type: 'epoch' }>;

export interface Watched {
  /** The epoch, where it is the best yet. */
  readonly better?: Best;
  /** Whether a value counts as better than another that is given. */
  readonly beats: (other: number) => boolean;
}

/**
 * Follows a measure from epoch to epoch: whether the epoch is the best yet. Epochs before training do not count.
 *
 * @param where whose options they are, for errors.
 * @param initial the best value before the first epoch, where there is one.
 */
export function watch(where: string, options: WatchOptions, initial?: number) {
  let best: Best | undefined = initial === undefined ? undefined : { epoch: 0, value: initial };
  return ({ epoch, measures }: EpochEvent): Watched | undefined => {
    if (epoch === 0) return undefined;
    const choice = selection(options, Object.keys(measures), [where, '']);
    const better = choice.improved(measures, epoch, best);
    best = better ?? best;
    const beats = (value: number) => choice.improved(measures, epoch, { epoch: 0, value }) !== undefined;
    return { ...(better && { better }), beats };
  };
}
