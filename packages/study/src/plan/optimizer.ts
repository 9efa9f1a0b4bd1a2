import { type Optimizer, SegscapeError } from '@segscape/core';
import { clipByGlobalNorm } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import type { Options } from '../kinds/kind.js';
import { entry, type StudyRegistry } from '../kinds/registry.js';

/** The rate that all losses are given, or the first of those that are searched; undefined where the optimiser's own counts. */
function plannedRate({ learningRate }: StudyConfig['training']): number | undefined {
  return typeof learningRate === 'object' ? learningRate.search[0] : learningRate;
}

/**
 * The optimiser of a config: its kind and options, and beside them `schedule` and `clipNorm`.
 * @param rate of this very training. Default the one that all are given.
 */
export function optimizerOf(
  { training }: StudyConfig,
  registry: StudyRegistry,
  steps: number,
  rate = plannedRate(training),
): Optimizer {
  const { kind, schedule, clipNorm, ...given } = training.optimizer as { kind: string } & Options;
  const options = rate === undefined ? given : { ...given, learningRate: rate };
  const scheduled =
    schedule === undefined ? {} : { learningRate: scheduleOf(schedule, rateOf(options), steps, registry) };
  const optimizer = entry(registry.optimizers, 'optimizer', kind)({ ...options, ...scheduled });
  return clipNorm === undefined ? optimizer : clipByGlobalNorm(optimizer, { maxNorm: Number(clipNorm) });
}

/** `cosine`, or `{ kind: polynomial, power: 2 }`, over all steps of a training. */
function scheduleOf(given: unknown, rate: number, steps: number, { schedules }: StudyRegistry) {
  const isForm = typeof given === 'object' && given !== null && 'kind' in given;
  const { kind, ...options } = isForm ? (given as { kind: string } & Options) : { kind: String(given) };
  // A schedule of periods says itself how many steps one has.
  return entry(schedules, 'schedule', kind)({ steps, ...options, rate });
}

function rateOf({ learningRate }: Options): number {
  if (typeof learningRate === 'number' && learningRate > 0) return learningRate;
  throw new SegscapeError(
    'BAD_CONFIG',
    'config: training.optimizer.schedule needs a learningRate beside it, a positive number.',
    { details: { option: 'schedule', value: learningRate } },
  );
}
