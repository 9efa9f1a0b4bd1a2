import { assertOption } from '@segscape/core';
import { anything, assertOptions, integer, list, options } from '@segscape/core/schema';
import { less, maximum, sub, where } from '@tensorflow/tfjs-core';
import { assertSchedule, type Schedule } from './schedule.js';

export interface SequenceOptions {
  /** What follows one after another, each from its own step 0. */
  readonly schedules: readonly Schedule[];
  /** Steps at which the second schedule and those behind it begin, ascending. */
  readonly milestones: readonly number[];
}

const sequenceSchema = options<SequenceOptions>(
  {
    schedules: list('What follows one after another.', anything('A schedule.'), { minItems: 1 }),
    milestones: list(
      'Steps at which the second and those behind it begin.',
      integer('A step.', { minimum: 1 }),
    ),
  },
  ['schedules', 'milestones'],
);

/**
 * Schedules one after another, each from its own step 0; PyTorch's `SequentialLR`.
 *
 * @param given the schedules, and where each but the first begins.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`, also for milestones that are not ascending or not one fewer than the schedules.
 */
export function sequence(given: SequenceOptions): Schedule {
  assertOptions('sequence', given, sequenceSchema);
  const [schedules, milestones] = [[...given.schedules], [...given.milestones]];
  for (const [i, schedule] of schedules.entries()) assertSchedule('sequence', `schedules[${i}]`, schedule);
  const fits =
    milestones.length === schedules.length - 1 &&
    milestones.every((m, i) => i === 0 || m > milestones[i - 1]!);
  const must = `be ${schedules.length - 1} ascending steps, one fewer than the schedules`;
  assertOption(fits, 'sequence', 'milestones', milestones, must);
  return (at) =>
    schedules
      .map((schedule, i) => (i === 0 ? schedule(at) : schedule(maximum(sub(at, milestones[i - 1]!), 0))))
      .reduceRight((behind, here, i) => where(less(at, milestones[i]!), here, behind));
}
