import { isSegscapeError, type Params } from '@segscape/core';
import {
  type BatchNorm,
  barriers,
  type Batch as GridBatch,
  type GridRunner,
  type Plane,
  planeThrough,
  surface,
  trajectoryPlane,
} from '@segscape/landscape';
import { encodeSurface } from '@segscape/landscape/hdf5';
import type { BarrierFact, MapFact } from '@segscape/report';
import { pathName } from '@segscape/runs';
import { objectiveOf } from '../grid-objective.js';
import type { TrainingTask } from '../plan/plan.js';
import type { TaskContext } from './context.js';

/** How far a map reaches beyond what lies on it, as a share of its extent. */
const margin = 0.25;

/** What maps are computed with. */
export interface DrawnBy {
  readonly runner: GridRunner;
  readonly held: readonly GridBatch[];
  readonly batchNorm?: BatchNorm;
}

export interface Walked {
  readonly task: TrainingTask;
  readonly epochs: readonly number[];
  readonly stations: readonly Params[];
}

/** An axis over all coordinates, with room beyond; never a single place. */
function axisOver(values: readonly number[], resolution: number): [number, number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) * margin, 1e-3);
  return [low - room, high + room, resolution];
}

/** The surface over a plane, kept under a name; few points are evaluated where it is smooth. */
async function drawn(
  context: TaskContext,
  { origin, directions }: Plane,
  places: readonly { readonly x: number; readonly y: number }[],
  name: string,
  { runner, held, batchNorm }: DrawnBy,
): Promise<boolean> {
  const { config, run, signal } = context;
  const { resolution } = config.landscape;
  const count = Math.max(3, resolution | 1);
  const events = surface({
    objective: objectiveOf(context),
    params: origin,
    directions,
    x: axisOver(
      places.map(({ x }) => x),
      count,
    ),
    y: axisOver(
      places.map(({ y }) => y),
      count,
    ),
    batches: held,
    runner,
    attributes: { map: name },
    ...(batchNorm && { batchNorm }),
    ...(signal && { signal }),
  });
  for await (const event of events) {
    if (event.type !== 'done') continue;
    if (event.stopped) return false;
    await run.writeLandscape(name, await encodeSurface(event.result));
    return true;
  }
  return false;
}

export async function pathMap(
  context: TaskContext,
  { task, epochs, stations }: Walked,
  by: DrawnBy,
): Promise<MapFact | undefined> {
  if (stations.length < 3) return undefined;
  const loss = task.named.label;
  const isTrainable = (name: string) => context.setup.model.isTrainable(name);
  const plane = await planeOrNone(() => trajectoryPlane(stations, { isTrainable }));
  if (plane === undefined) return undefined;
  try {
    const path = plane.points.map(([x, y], i) => ({ epoch: epochs[i]!, x: x!, y: y! }));
    const name = `path-${pathName(loss)}`;
    const { explainedVariance } = plane;
    const there = await drawn(context, plane, path, name, by);
    return there ? { name, kind: 'path', loss, paths: { [loss]: path }, explainedVariance } : undefined;
  } finally {
    plane.dispose();
  }
}

/** Weights that did not move, or lie on one line, span no plane: there is no map of them. */
async function planeOrNone<P extends Plane>(make: () => Promise<P>): Promise<P | undefined> {
  try {
    return await make();
  } catch (error) {
    if (isSegscapeError(error, 'BAD_OPTION')) return undefined;
    throw error;
  }
}

export async function sharedMap(
  context: TaskContext,
  walked: readonly Walked[],
  by: DrawnBy,
): Promise<MapFact | undefined> {
  if (walked.length < 3) return undefined;
  const isTrainable = (name: string) => context.setup.model.isTrainable(name);
  const byLoss = <T>(value: (walk: Walked) => T): Record<string, T> =>
    Object.fromEntries(walked.map((walk) => [walk.task.named.label, value(walk)]));
  const plane = await planeOrNone(() =>
    planeThrough(
      byLoss(({ stations }) => stations.at(-1)!),
      { paths: byLoss(({ stations }) => stations), isTrainable },
    ),
  );
  if (plane === undefined) return undefined;
  try {
    const paths = byLoss(({ task, epochs }) =>
      plane.paths[task.named.label]!.map(({ x, y }, i) => ({ epoch: epochs[i]!, x, y })),
    );
    const { minima, explainedVariance } = plane;
    const { label: network } = context.setup.network;
    const name = network === undefined ? 'all-losses' : `all-losses-${pathName(network)}`;
    const there = await drawn(context, plane, Object.values(paths).flat(), name, by);
    const places = Object.fromEntries(Object.entries(minima).map(([loss, { x, y }]) => [loss, { x, y }]));
    return there ? { name, kind: 'minima', minima: places, paths, explainedVariance } : undefined;
  } finally {
    plane.dispose();
  }
}

/** Places on the way between two networks. */
const barrierPlaces = 11;

export async function barriersOf(
  context: TaskContext,
  walked: readonly Walked[],
  { runner, held, batchNorm }: DrawnBy,
): Promise<BarrierFact[]> {
  const { signal } = context;
  if (walked.length < 2) return [];
  const minima = Object.fromEntries(walked.map(({ task, stations }) => [task.named.label, stations.at(-1)!]));
  const found: BarrierFact[] = [];
  const ways = barriers({
    objective: objectiveOf(context),
    minima,
    batches: held,
    runner,
    x: [0, 1, barrierPlaces],
    ...(batchNorm && { batchNorm }),
    ...(signal && { signal }),
  });
  for await (const event of ways) {
    if (event.type !== 'pair') continue;
    const { from, to, barriers: heights } = event;
    found.push({
      from,
      to,
      heights: Object.fromEntries(Object.entries(heights).map(([loss, { height }]) => [loss, height])),
    });
  }
  return found;
}
