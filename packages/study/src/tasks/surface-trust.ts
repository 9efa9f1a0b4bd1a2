import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import {
  type CrossedInterval,
  gradientDirection,
  type Interval,
  noiseFloor,
  planeOf,
  randomDirection,
  topEigenpairs,
  trust,
} from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import type { TrustFact } from '@segscape/report';
import { dispose } from '@tensorflow/tfjs-core';
import { objectiveOf } from '../grid-objective.js';
import { epochName } from '../plan/plan.js';
import { trustPlan } from '../plan/trust-plan.js';
import { load } from './checkpoints.js';
import type { TaskContext } from './context.js';
import { problemOf } from './curvature.js';
import { lineCosine } from './direction-cosines.js';
import type { Walked } from './map-drawing.js';
import { type Around, type Measuring, otherPlanes, otherSeeds } from './other-surfaces.js';
import type { SurfaceTask } from './surfaces.js';
import { imageNoise, lineOf } from './trust-line.js';

/** How one of the Hessian's top eigenvectors lies to a surface; each cosine in [0, 1]. */
export interface EigenvectorFact {
  readonly value: number;
  /** To the plane: 1 in it, 0 at right angles to it. */
  readonly plane: number;
  /** To each of the plane's directions. */
  readonly directions: readonly [number, number];
  readonly gradient: number;
}

/** Mean and spread of a statistic, over the surface and its repeats. */
export type SpreadFact = Pick<Interval, 'mean' | 'spread' | 'low' | 'high' | 'count'>;

/** The same over the networks of several seeds, each over the same planes. */
export type CrossedFact = SpreadFact & Pick<CrossedInterval, 'planes'>;

/** What a run records of how far to trust a surface. */
export interface SurfaceTrust extends TrustFact {
  /** Of each statistic, over pairs of directions; where other pairs were drawn. */
  readonly statistics?: Readonly<Record<string, SpreadFact>>;
  /** The same over networks of all seeds, too; where they were drawn. */
  readonly seeds?: Readonly<Record<string, CrossedFact>>;
  /** Where they were asked for. */
  readonly eigenvectors?: readonly EigenvectorFact[];
}

/** The last surface of each loss, which most is made of. */
const isLast = (tasks: readonly SurfaceTask[], { task, epoch }: SurfaceTask) =>
  !tasks.some((other) => other.task.named.label === task.named.label && other.epoch > epoch);

/**
 * How far to trust each surface, of the loss that its network was trained with: the share of the path and of the gradient
 * that its plane holds, and what rounding leaves open; of the last of each loss also how its statistics scatter over other
 * pairs of directions, and how the Hessian's top eigenvectors lie to it.
 */
export async function surfaceTrust(
  context: TaskContext,
  tasks: readonly SurfaceTask[],
  walked: readonly Walked[],
  measuring: Measuring,
): Promise<SurfaceTrust[]> {
  const { config, run, signal } = context;
  const plan = trustPlan(config);
  if (plan === undefined) return [];
  const facts: SurfaceTrust[] = [];
  for (const surface of tasks) {
    if (signal?.aborted) break;
    const { task, epoch, name } = surface;
    const params = toParams((await load(run, epochName(task, epoch))).params);
    const path = walked.find((walk) => walk.task.named.label === task.named.label)?.stations;
    const last = isLast(tasks, surface);
    const { pairs, seeds, everywhere } = plan;
    const wanted = last
      ? plan
      : { pairs: everywhere ? pairs : 0, eigenvectors: 0, ...(everywhere && seeds && { seeds }) };
    try {
      facts.push(
        await oneSurface(context, surface, { ...measuring, params, last, wanted, ...(path && { path }) }),
      );
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

async function oneSurface(context: TaskContext, surface: SurfaceTask, around: Around): Promise<SurfaceTrust> {
  const { task, name } = surface;
  const { config, setup, run } = context;
  const { params, path, held, runner, last, wanted } = around;
  const { seed, norm } = config.landscape;
  const isTrainable = (key: string) => setup.model.isTrainable(key);
  // The directions that the surface was drawn over.
  const directions = [0, 1].map((k) => randomDirection(params, { seed: seed + k, norm, isTrainable })) as [
    Params,
    Params,
  ];
  const loss = task.named.label;
  const problem = { ...problemOf(context, task.named, held), params };
  let gradient: Params | undefined;
  let eigenpairs: Awaited<ReturnType<typeof topEigenpairs>> = [];
  try {
    gradient = (await gradientDirection(problem)).direction;
    const objective = objectiveOf(context);
    const noise = await noiseFloor({ objective, params, batches: held, runner, orders: 4 });
    const read = await decodeSurface(await run.readLandscape(name));
    const plane = planeOf(params, directions, { isTrainable });
    if (wanted.eigenvectors > 0)
      eigenpairs = await topEigenpairs(problem, { count: wanted.eigenvectors, tolerance: 1e-2 });
    const repeats = await otherPlanes(context, name, around);
    const networks = await otherSeeds(context, surface, around);
    const found = await trust(read, {
      loss,
      plane,
      gradient,
      noise,
      ...(eigenpairs.length > 0 && { eigenpairs }),
      ...(repeats.length > 0 && { repeats }),
      ...(networks.length > 0 && { networks }),
      ...(path && path.length > 2 && { path }),
    });
    const eigenvectors: EigenvectorFact[] = [];
    for (const [i, { value, vector }] of eigenpairs.entries())
      eigenvectors.push({
        value,
        plane: found.eigenvectors![i]!.cosine,
        directions: [await lineCosine(vector, directions[0]), await lineCosine(vector, directions[1])],
        gradient: await lineCosine(vector, gradient),
      });
    const line = last ? lineOf([read, ...repeats], loss) : undefined;
    const images =
      line && wanted.images ? await imageNoise(context, task.named, directions[0], around) : undefined;
    const { sentence, pathShare, gradientShare, noiseFloor: floor, statistics, networks: seeds } = found;
    return {
      name,
      loss,
      sentence,
      ...(pathShare !== undefined && { pathShare }),
      ...(gradientShare !== undefined && { gradientShare }),
      ...(floor !== undefined && { noiseFloor: floor }),
      ...(repeats.length > 0 && { statistics }),
      ...(seeds && { seeds }),
      ...(line && { line: { ...line, ...(images && { images }) } }),
      ...(eigenvectors.length > 0 && { eigenvectors }),
    };
  } finally {
    dispose(directions);
    dispose(eigenpairs.map(({ vector }) => vector));
    if (gradient) dispose(gradient);
  }
}
