import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import {
  type Batch as GridBatch,
  type GridRunner,
  gradientDirection,
  noiseFloor,
  planeOf,
  randomDirection,
  trust,
} from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import type { TrustFact } from '@segscape/report';
import { dispose } from '@tensorflow/tfjs-core';
import { lossesObjective } from '../grid-objective.js';
import { epochName } from '../plan/plan.js';
import { load } from './checkpoints.js';
import type { TaskContext } from './context.js';
import { problemOf } from './curvature.js';
import type { Walked } from './map-drawing.js';
import type { SurfaceTask } from './surfaces.js';

/**
 * How far to trust each surface, of the loss that its network was trained with: the share of the path and of the gradient
 * that its plane holds, and what rounding leaves open.
 */
export async function surfaceTrust(
  context: TaskContext,
  tasks: readonly SurfaceTask[],
  walked: readonly Walked[],
  { held, runner }: { readonly held: readonly GridBatch[]; readonly runner: GridRunner },
): Promise<TrustFact[]> {
  const { config, run, signal } = context;
  const wanted = config.landscape.trust;
  if (!wanted) return [];
  const facts: TrustFact[] = [];
  for (const surface of tasks) {
    if (signal?.aborted) break;
    const { task, epoch, name } = surface;
    const params = toParams((await load(run, epochName(task, epoch))).params);
    const path = walked.find((walk) => walk.task.named.label === task.named.label)?.stations;
    try {
      facts.push(await oneSurface(context, surface, { params, ...(path && { path }), held, runner }));
    } catch (error) {
      // A surface of what is not finite says so itself.
      if (!isSegscapeError(error, 'NOT_FINITE') && !isSegscapeError(error, 'BAD_OPTION')) throw error;
      facts.push({
        name,
        loss: task.named.label,
        sentence: 'What this surface holds could not be measured.',
      });
    } finally {
      dispose(params);
    }
  }
  return facts;
}

interface Around {
  readonly params: Params;
  readonly path?: readonly Params[];
  readonly held: readonly GridBatch[];
  readonly runner: GridRunner;
}

async function oneSurface(
  context: TaskContext,
  { task, name }: SurfaceTask,
  { params, path, held, runner }: Around,
): Promise<TrustFact> {
  const { config, setup, run } = context;
  const { seed, norm } = config.landscape;
  const isTrainable = (key: string) => setup.model.isTrainable(key);
  // The directions that the surface was drawn over.
  const directions = [0, 1].map((k) => randomDirection(params, { seed: seed + k, norm, isTrainable })) as [
    Params,
    Params,
  ];
  const loss = task.named.label;
  let gradient: Params | undefined;
  try {
    gradient = (await gradientDirection(problemOf(context, task.named, params, held))).direction;
    const objective = lossesObjective(setup.model, setup.losses);
    const noise = await noiseFloor({ objective, params, batches: held, runner, orders: 4 });
    const read = await decodeSurface(await run.readLandscape(name));
    const plane = planeOf(params, directions, { isTrainable });
    const found = await trust(read, {
      loss,
      plane,
      gradient,
      noise,
      ...(path && path.length > 2 && { path }),
    });
    const { sentence, pathShare, gradientShare, noiseFloor: floor } = found;
    return {
      name,
      loss,
      sentence,
      ...(pathShare !== undefined && { pathShare }),
      ...(gradientShare !== undefined && { gradientShare }),
      ...(floor !== undefined && { noiseFloor: floor }),
    };
  } finally {
    dispose(directions);
    if (gradient) dispose(gradient);
  }
}
