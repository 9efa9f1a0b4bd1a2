import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import {
  type BatchNorm,
  type Batch as GridBatch,
  type GridRunner,
  repeatSurfaces,
  type Surface,
} from '@segscape/landscape';
import { dispose } from '@tensorflow/tfjs-core';
import { objectiveOf } from '../grid-objective.js';
import { epochName, type TrainingTask } from '../plan/plan.js';
import type { TrustPlan } from '../plan/trust-plan.js';
import { load } from './checkpoints.js';
import type { TaskContext } from './context.js';
import type { SurfaceTask } from './surfaces.js';

/** What surfaces are measured with. */
export interface Measuring {
  /** All trainings that came to an end, of which other seeds are drawn where that is asked for. */
  readonly trainings: readonly TrainingTask[];
  readonly held: readonly GridBatch[];
  readonly runner: GridRunner;
  /** As the surfaces were drawn. */
  readonly batchNorm?: BatchNorm;
}

/** One surface's network, and what is wanted of it. */
export interface Around extends Measuring {
  readonly params: Params;
  readonly path?: readonly Params[];
  /** Whether it is the last of its loss. */
  readonly last: boolean;
  readonly wanted: TrustPlan;
}

/** Seeds of directions of the other pairs, which are none of the study's surfaces. */
const otherPairs = 1000;

/** Surfaces around a network over `pairs` pairs of directions, whose seeds begin at `from`. */
async function surfacesOver(
  context: TaskContext,
  name: string,
  { params, held, runner, batchNorm }: Omit<Around, 'wanted' | 'last'>,
  { pairs, from }: { readonly pairs: number; readonly from: number },
): Promise<Surface[]> {
  const { config, setup, run, signal } = context;
  if (pairs === 0) return [];
  const { norm, range, resolution } = config.landscape;
  const axis = [-range, range, resolution] as const;
  const partial = `landscapes/partial/${name}`;
  const found = await repeatSurfaces({
    objective: objectiveOf(context),
    params,
    batches: held,
    runner,
    x: axis,
    y: axis,
    pairs,
    directions: { seed: from, norm, isTrainable: (key) => setup.model.isTrainable(key) },
    store: run.storage,
    key: partial,
    ...(batchNorm && { batchNorm }),
    ...(signal && { signal }),
  });
  for (const file of await run.storage.list(partial)) await run.storage.remove(file);
  return found;
}

/** The same network over as many other pairs of directions as are wanted. */
export const otherPlanes = (context: TaskContext, name: string, around: Around): Promise<Surface[]> =>
  surfacesOver(context, `${name}-repeats`, around, {
    pairs: around.wanted.pairs,
    from: context.config.landscape.seed + otherPairs,
  });

/** Of the networks of all other seeds at the same epoch, the surfaces over the same planes; those that have no such epoch are left out. */
export async function otherSeeds(
  context: TaskContext,
  { task, epoch, name }: SurfaceTask,
  around: Around,
): Promise<Surface[][]> {
  const { config, run } = context;
  const { trainings, wanted } = around;
  const { seed } = config.landscape;
  const found: Surface[][] = [];
  for (const other of wanted.seeds ? trainings : []) {
    const { named, fold } = other;
    if (named.label !== task.named.label || fold !== 0 || other.seed === task.seed) continue;
    const kept = await load(run, epochName(other, epoch)).catch((error: unknown) => {
      if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
      throw error;
    });
    if (kept === undefined) continue;
    const params = toParams(kept.params);
    try {
      const own = { ...around, params };
      const at = `${name}-seed-${other.seed}`;
      found.push([
        ...(await surfacesOver(context, at, own, { pairs: 1, from: seed })),
        ...(await surfacesOver(context, `${at}-repeats`, own, {
          pairs: wanted.pairs,
          from: seed + otherPairs,
        })),
      ]);
    } finally {
      dispose(params);
    }
  }
  return found;
}
