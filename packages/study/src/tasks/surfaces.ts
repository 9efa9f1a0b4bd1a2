import { toParams } from '@segscape/core/params';
import {
  type Batch as GridBatch,
  inline,
  type NamedObjective,
  type Objective,
  randomDirection,
  surface,
} from '@segscape/landscape';
import { encodeSurface } from '@segscape/landscape/hdf5';
import { dispose } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { lossesObjective, namedObjective } from '../grid-objective.js';
import { epochName, keptEpochs, surfaceName, type TrainingTask } from '../plan/plan.js';
import type { Setup } from '../setup.js';
import { mapStatistics } from './batch-statistics.js';
import { load } from './checkpoints.js';
import type { TaskContext } from './context.js';
import { firstOf, type Outcome } from './outcomes.js';

/** A surface of the plan: around the weights of one training at one epoch. */
export interface SurfaceTask {
  readonly task: TrainingTask;
  readonly epoch: number;
  readonly moment: string;
  /** File name in `landscapes/`, without ending. */
  readonly name: string;
}

/** Surfaces are drawn for the first seed of each loss, in the first fold, that did not diverge; the others are for intervals. */
export function surfaceTasks(
  { config, setup }: Pick<TaskContext, 'config' | 'setup'>,
  outcomes: readonly Outcome[],
): SurfaceTask[] {
  if (!config.landscape.enabled) return [];
  return setup.losses.flatMap(({ label }) => {
    const outcome = firstOf(outcomes, label);
    if (outcome === undefined) return [];
    const { task, epoch: last } = outcome;
    // A training that ended early has its end where it ended.
    const moments = keptEpochs(config).map(({ epoch, moment }) => ({ epoch: Math.min(epoch, last), moment }));
    return moments
      .filter(({ epoch }, i) => !moments.some((later, j) => j > i && later.epoch === epoch))
      .map(({ epoch, moment }) => ({
        task,
        epoch,
        moment,
        name: surfaceName(task, epoch),
      }));
  });
}

/** What surfaces are of: by name where the study's runner is elsewhere, else here. */
const objectiveOf = ({ config, setup, runner }: TaskContext): Objective | NamedObjective =>
  runner ? namedObjective(config, setup) : lossesObjective(setup.model, setup.losses);

/** The training images that surfaces are evaluated on; the caller disposes them. */
export async function heldBatches(setup: Setup, samples: number): Promise<GridBatch[]> {
  const held: GridBatch[] = [];
  for await (const { images, labels, prepared } of setup.evaluationBatches(
    setup.train,
    Math.min(samples, setup.train.length),
  ))
    held.push({ images, ...prepared, labels });
  return held;
}

/** Draws each surface that the run folder does not hold yet, all on the same seeded, filter-normalised directions. */
export async function* drawSurfaces(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, { stopped: boolean }> {
  const { config, setup, run, jit, signal } = context;
  const { resolution, range, samples, seed, norm } = config.landscape;
  const tasks = surfaceTasks(context, outcomes);
  const there = new Set(await run.landscapes());
  const points = resolution * resolution;
  const own = context.runner ? undefined : inline(jit);
  const runner = context.runner ?? own!;
  const objective = objectiveOf(context);
  const held = await heldBatches(setup, samples);
  const statistics = config.training.batchNorm === 'precise' ? mapStatistics(context, held) : undefined;
  try {
    for (const [index, { task, epoch, moment, name }] of tasks.entries()) {
      if (there.has(name)) continue;
      if (signal?.aborted) return { stopped: true };
      const params = toParams((await load(run, epochName(task, epoch))).params);
      const isTrainable = (key: string) => setup.model.isTrainable(key);
      const directions = [0, 1].map((k) =>
        randomDirection(params, { seed: seed + k, norm, isTrainable }),
      ) as [typeof params, typeof params];
      const axis = [-range, range, resolution] as const;
      const attributes = {
        trainedWith: task.named.label,
        seed: task.seed,
        epoch,
        moment,
        norm,
        directionSeed: seed,
      };
      try {
        const events = surface({
          objective,
          params,
          directions,
          x: axis,
          y: axis,
          batches: held,
          runner,
          store: run.storage,
          key: `landscapes/partial/${name}`,
          attributes,
          ...(statistics?.batchNorm && { batchNorm: statistics.batchNorm }),
          ...(signal && { signal }),
        });
        for await (const event of events) {
          if (event.type === 'point')
            yield {
              type: 'progress',
              stage: 'surfaces',
              completed: index * points + event.completed,
              total: tasks.length * points,
              label: `${task.named.label}, ${moment}`,
            };
          if (event.type !== 'done') continue;
          if (event.stopped) return { stopped: true };
          await run.writeLandscape(name, await encodeSurface(event.result));
        }
        for (const file of await run.storage.list('landscapes/partial')) await run.storage.remove(file);
      } finally {
        dispose([params, ...directions]);
      }
    }
    return { stopped: false };
  } finally {
    dispose(held as never);
    await statistics?.dispose();
    await own?.dispose();
  }
}
