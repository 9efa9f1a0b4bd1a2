import { assertOption } from '@segscape/core';
import type { TrainEvent } from '../events.js';
import { assertFunction, assertGiven } from '../given.js';
import { watched as watching } from '../selection.js';
import type { TrainState } from '../state.js';
import { type WatchOptions, watch } from './watch.js';

export interface ReduceOnPlateauOptions extends WatchOptions {
  /** Rate that it begins with. */
  readonly learningRate: number;
  /** What the rate is multiplied with, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** Epochs without a better value after which the rate falls. A positive integer. Default 10. */
  readonly patience?: number;
  /** Epochs after each fall that do not count. Default 0. */
  readonly cooldown?: number;
  /** The rate falls no lower. Default 0. */
  readonly least?: number;
  /** A fall by no more than this is left out. Default 1e-8, PyTorch's. */
  readonly smallestFall?: number;
  readonly resumeFrom?: TrainState;
}

/** A training with a rate, from a state where one is given. */
export type RatedTraining = (given: {
  readonly learningRate: number;
  readonly resumeFrom?: TrainState;
}) => AsyncIterable<TrainEvent>;

/**
 * Lowers the learning rate when a measure has not become better for some epochs. Keras counts the `patience` as it is here,
 * PyTorch one epoch more; `cooldown` is PyTorch's.
 *
 *     const training = ({ learningRate, ...from }) => fit({ ...options, ...from, optimizer: adam({ learningRate }) });
 *     for await (const event of reduceOnPlateau(training, { learningRate: 1e-3, patience: 5 })) …
 *
 * The training is resumed with the lower rate from the next checkpoint, with `fit`'s default that of the very epoch: the
 * optimiser keeps its moments, the data their order. The step is compiled anew for each rate.
 *
 * @param training begins or resumes a training with a rate: `fit` with an optimiser of that rate.
 * @param options the measure, the first rate, and how it falls.
 * @returns the events of the trainings, one after another.
 * @throws {SegscapeError} `BAD_OPTION`, also for a split or measure that the epochs do not have.
 */
export async function* reduceOnPlateau(
  training: RatedTraining,
  options: ReduceOnPlateauOptions,
): AsyncGenerator<TrainEvent> {
  const where = 'reduceOnPlateau';
  const own = ['learningRate', 'factor', 'patience', 'cooldown', 'least', 'smallestFall', 'resumeFrom'];
  assertFunction(where, 'training', training, 'that begins a training with a rate, not the training itself');
  assertGiven(where, options, [...watching, ...own]);
  const { learningRate, factor = 0.1, patience = 10, cooldown = 0, least = 0, ...others } = options;
  const { smallestFall = 1e-8, resumeFrom, ...watched } = others;
  const isNumber = (condition: boolean, name: keyof ReduceOnPlateauOptions, value: unknown, what: string) =>
    assertOption(Number.isFinite(value) && condition, where, name, value, what);
  const must = 'be a positive integer, in epochs';
  isNumber(learningRate > 0, 'learningRate', learningRate, 'be positive');
  isNumber(factor > 0 && factor < 1, 'factor', factor, 'be in (0, 1)');
  assertOption(Number.isInteger(patience) && patience > 0, where, 'patience', patience, must);
  const whole = Number.isInteger(cooldown) && cooldown >= 0;
  assertOption(whole, where, 'cooldown', cooldown, 'be an integer of at least 0, in epochs');
  isNumber(smallestFall >= 0, 'smallestFall', smallestFall, 'be at least 0');
  isNumber(least >= 0, 'least', least, 'be at least 0');
  const follow = watch(where, watched);
  let rate = learningRate;
  let from = resumeFrom;
  let [waited, cooling] = [0, 0];
  const lower = () => Math.max(least, rate * factor);
  for (let lowered = true; lowered; rate = lower()) {
    lowered = false;
    let due = false;
    for await (const event of training({ learningRate: rate, ...(from && { resumeFrom: from }) })) {
      yield event;
      const seen = event.type === 'epoch' ? follow(event) : undefined;
      if (seen) {
        waited = seen.better ? 0 : waited + 1;
        if (cooling > 0) {
          cooling -= 1;
          waited = 0;
        }
        if (waited >= patience) {
          waited = 0;
          cooling = cooldown;
          due ||= rate - lower() > smallestFall;
        }
      }
      if (event.type !== 'checkpoint' || !due) continue;
      from = event.state;
      lowered = true;
      break;
    }
  }
}
