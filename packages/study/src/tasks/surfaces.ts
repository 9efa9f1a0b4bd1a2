import { toParams } from '@segscape/core/params';
import { type Batch as GridBatch, inline, randomDirection, surface } from '@segscape/landscape';
import { encodeSurface } from '@segscape/landscape/hdf5';
import { dispose } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { objectiveOf } from '../grid-objective.js';
import { epochName, keptEpochs, surfaceName, type TrainingTask } from '../plan/plan.js';
import { comparedLosses, type Setup } from '../setup.js';
import { mapStatistics } from './batch-statistics.js';
import { load } from './checkpoints.js';
import { ofEachModel, type TaskContext } from './context.js';
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
  return comparedLosses(setup).flatMap(({ label }) => {
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

/** Draws each surface that the run folder does not hold yet, those of a network all on the same seeded, filter-normalised directions. */
export async function* drawSurfaces(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, { stopped: boolean }> {
  const tasks = surfaceTasks(context, outcomes);
  for (const [model, own] of ofEachModel(context).entries())
    if ((yield* drawOfOneModel(own, tasks, model)).stopped) return { stopped: true };
  return { stopped: false };
}

/** Whether a network has means and variances of batches: what no gradient moves, though nobody froze it. */
function hasStatistics({ model, initial }: Setup): boolean {
  const frozen = new Set(initial?.frozen);
  return Object.keys(model.shapes).some((name) => !model.isTrainable(name) && !frozen.has(name));
}

/** @param all of the study; drawn are those of this network. */
async function* drawOfOneModel(
  context: TaskContext,
  all: readonly SurfaceTask[],
  model: number,
): AsyncGenerator<StudyEvent, { stopped: boolean }> {
  const { config, setup, run, jit, signal } = context;
  const { resolution, range, samples, seed, norm } = config.landscape;
  const there = new Set(await run.landscapes());
  if (!all.some(({ task, name }) => task.model === model && !there.has(name))) return { stopped: false };
  const points = resolution * resolution;
  const own = context.runner ? undefined : inline(jit);
  const runner = context.runner ?? own!;
  const objective = objectiveOf(context);
  const held = await heldBatches(setup, samples);
  const statistics = config.training.batchNorm === 'precise' ? mapStatistics(context, held) : undefined;
  try {
    for (const [index, { task, epoch, moment, name }] of all.entries()) {
      if (task.model !== model || there.has(name)) continue;
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
        // What no direction moves stays as at the checkpoint.
        ...(hasStatistics(setup) && { batchNorm: 'frozen' }),
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
              total: all.length * points,
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
    dispose(held.flatMap((batch) => Object.values(batch)));
    await statistics?.dispose();
    await own?.dispose();
  }
}
