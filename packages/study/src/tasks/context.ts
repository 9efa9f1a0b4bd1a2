import type { JitOptions } from '@segscape/jit';
import type { GridRunner } from '@segscape/landscape';
import type { Run } from '@segscape/runs';
import type { StudyConfig } from '../config/schema.js';
import type { StudyRegistry } from '../kinds/registry.js';
import type { TrainingTask } from '../plan/plan.js';
import type { Setup } from '../setup.js';

/** What every part of a study works with. */
export interface TaskContext {
  readonly config: StudyConfig;
  readonly setup: Setup;
  readonly registry: StudyRegistry;
  readonly run: Run;
  readonly jit: JitOptions;
  readonly signal: AbortSignal | undefined;
  /** The learning rate of each loss that is given one, or whose was searched. */
  readonly rates?: ReadonlyMap<string, number>;
  /** Evaluates the points of surfaces; here, by `jit`, without one. */
  readonly runner?: GridRunner;
}

/** The same for one training: with its network, the parts of its fold, and what follows from them. */
export const ofTask = (
  context: TaskContext,
  { model, fold }: Pick<TrainingTask, 'model' | 'fold'>,
): TaskContext => ({ ...context, setup: context.setup.models[model]!.folds[fold]! });

/** The same for each network that is compared, in the first fold. */
export const ofEachModel = (context: TaskContext): TaskContext[] =>
  context.setup.models.map((setup) => ({ ...context, setup }));
