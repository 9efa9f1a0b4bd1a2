import { type Optimizer, SegscapeError } from '@segscape/core';
import { clipByGlobalNorm } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import type { Options } from '../kinds/kind.js';
import { entry, type StudyRegistry } from '../kinds/registry.js';

/** The optimiser of a config: its kind and options, and beside them `schedule` and `clipNorm`. */
export function optimizerOf({ training }: StudyConfig, registry: StudyRegistry, steps: number): Optimizer {
  const { kind, schedule, clipNorm, ...options } = training.optimizer as { kind: string } & Options;
  const scheduled =
    schedule === undefined ? {} : { learningRate: scheduleOf(schedule, rateOf(options), steps, registry) };
  const optimizer = entry(registry.optimizers, 'optimizer', kind)({ ...options, ...scheduled });
  return clipNorm === undefined ? optimizer : clipByGlobalNorm(optimizer, { maxNorm: Number(clipNorm) });
}

/** `cosine`, or `{ kind: polynomial, power: 2 }`, over all steps of a training. */
function scheduleOf(given: unknown, rate: number, steps: number, { schedules }: StudyRegistry) {
  const isForm = typeof given === 'object' && given !== null && 'kind' in given;
  const { kind, ...options } = isForm ? (given as { kind: string } & Options) : { kind: String(given) };
  return entry(schedules, 'schedule', kind)({ ...options, rate, steps });
}

function rateOf({ learningRate }: Options): number {
  if (typeof learningRate === 'number' && learningRate > 0) return learningRate;
  throw new SegscapeError(
    'BAD_CONFIG',
    'config: training.optimizer.schedule needs a learningRate beside it, a positive number.',
    { details: { option: 'schedule', value: learningRate } },
  );
}
