import { type Optimizer, SegscapeError } from '@segscape/core';
import { clipByGlobalNorm, cosine, oneCycle, polynomial, type Schedule } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import { entry, type StudyRegistry } from '../registry.js';

/** Schedules by name, over all steps of a training; the learning rate is their start, or their peak. */
const schedules: Readonly<Record<string, (rate: number, steps: number) => Schedule>> = {
  cosine: (initial, steps) => cosine({ initial, steps }),
  polynomial: (initial, steps) => polynomial({ initial, steps }),
  oneCycle: (peak, steps) => oneCycle({ peak, steps }),
};

/** The optimiser of a config: its kind and options, and beside them `schedule` and `clipNorm`. */
export function optimizerOf({ training }: StudyConfig, registry: StudyRegistry, steps: number): Optimizer {
  const { kind, schedule, clipNorm, ...options } = training.optimizer as { kind: string } & Record<
    string,
    unknown
  >;
  const scheduled =
    schedule === undefined
      ? {}
      : { learningRate: entry(schedules, 'schedule', String(schedule))(rateOf(options), steps) };
  const optimizer = entry(registry.optimizers, 'optimizer', kind)({ ...options, ...scheduled });
  return clipNorm === undefined ? optimizer : clipByGlobalNorm(optimizer, { maxNorm: Number(clipNorm) });
}

function rateOf({ learningRate }: Readonly<Record<string, unknown>>): number {
  if (typeof learningRate === 'number' && learningRate > 0) return learningRate;
  throw new SegscapeError(
    'BAD_CONFIG',
    'config: training.optimizer.schedule needs a learningRate beside it, a positive number.',
  );
}
