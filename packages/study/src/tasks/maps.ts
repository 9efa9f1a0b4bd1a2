import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import {
  type BatchNorm,
  barriers,
  type Batch as GridBatch,
  type GridRunner,
  inline,
  type Plane,
  planeThrough,
  surface,
  trajectoryPlane,
} from '@segscape/landscape';
import { encodeSurface } from '@segscape/landscape/hdf5';
import type { BarrierFact, ForensicsFact, MapFact, SurfaceNumbersFact } from '@segscape/report';
import { pathName } from '@segscape/runs';
import { dispose } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { latestName, stationEpochs, stationName, type TrainingTask } from '../plan/plan.js';
import { mapStatistics } from './batch-statistics.js';
import { load } from './checkpoints.js';
import type { TaskContext } from './context.js';
import { forensicsOf } from './forensics.js';
import type { Outcome } from './outcomes.js';
import { surfaceNumbers } from './surface-numbers.js';
import { heldBatches, objectiveOf, surfaceTasks } from './surfaces.js';

/** What the landscape says beside its surfaces. */
export interface LandscapeFacts {
  readonly maps: readonly MapFact[];
  readonly barriers: readonly BarrierFact[];
  readonly surfaceNumbers: readonly SurfaceNumbersFact[];
  readonly forensics: readonly ForensicsFact[];
}

const path = 'landscape.json';
const nothing: LandscapeFacts = { maps: [], barriers: [], surfaceNumbers: [], forensics: [] };

/** How far a map reaches beyond what lies on it, as a share of its extent. */
const margin = 0.25;

/** What maps are computed with. */
interface DrawnBy {
  readonly runner: GridRunner;
  readonly held: readonly GridBatch[];
  readonly batchNorm?: BatchNorm;
}

interface Walked {
  readonly task: TrainingTask;
  readonly epochs: readonly number[];
  readonly stations: readonly Params[];
}

/** What earlier start has drawn. A torn file is made anew. */
async function earlier({ run }: TaskContext): Promise<LandscapeFacts | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await run.storage.read(path))) as LandscapeFacts;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The weights of a training along its way, its last ones at the end; those that are gone are left out. */
async function walkedOf({ config, run }: TaskContext, task: TrainingTask, last: number): Promise<Walked> {
  const epochs: number[] = [];
  const stations: Params[] = [];
  const names = stationEpochs(config, task.seed)
    .filter((epoch) => epoch < last)
    .map((epoch) => [epoch, stationName(task, epoch)] as const);
  for (const [epoch, name] of [...names, [last, latestName(task)] as const])
    try {
      stations.push(toParams((await load(run, name)).params));
      epochs.push(epoch);
    } catch (error) {
      if (!isSegscapeError(error, 'NOT_FOUND') && !isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
    }
  return { task, epochs, stations };
}

/** An axis over all coordinates, with room beyond; never a single place. */
function axisOver(values: readonly number[], resolution: number): [number, number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) * margin, 1e-3);
  return [low - room, high + room, resolution];
}

/**
 * Draws the maps: each training's path on the plane where it moved most, and, of three losses and more, all of them on one
 * plane, with the barriers between them; the surfaces' numbers; and where the gradients of every loss come from.
 * @returns undefined when the signal stopped it.
 */
export async function* drawMaps(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, LandscapeFacts | undefined> {
  const { config, setup, run, jit, signal } = context;
  if (!config.landscape.enabled || !config.landscape.maps) return nothing;
  const known = await earlier(context);
  if (known !== undefined) return known;
  const firsts = setup.losses.flatMap(({ label }) => {
    const own = outcomes.find(({ task, diverged }) => task.named.label === label && !diverged);
    return own === undefined || own.diverged ? [] : [{ task: own.task, last: own.epoch }];
  });
  const runner = inline(jit);
  const held = await heldBatches(setup, config.landscape.samples);
  const statistics = mapStatistics(context, held);
  const { batchNorm } = statistics;
  const by: DrawnBy = { runner, held, ...(batchNorm && { batchNorm }) };
  const walked: Walked[] = [];
  const maps: MapFact[] = [];
  const total = firsts.length + 3;
  const progress = (completed: number, label: string): StudyEvent => ({
    type: 'progress',
    stage: 'maps',
    completed,
    total,
    label,
  });
  try {
    for (const { task, last } of firsts) walked.push(await walkedOf(context, task, last));
    for (const [index, walk] of walked.entries()) {
      if (signal?.aborted) return undefined;
      yield progress(index, `path of ${walk.task.named.label}`);
      const map = await pathMap(context, walk, by);
      if (map !== undefined) maps.push(map);
    }
    if (signal?.aborted) return undefined;
    yield progress(firsts.length, 'all losses on one map');
    const shared = await sharedMap(context, walked, by);
    if (shared !== undefined) maps.push(shared);
    if (signal?.aborted) return undefined;
    yield progress(firsts.length + 1, 'barriers');
    const between = await barriersOf(context, walked, by);
    if (signal?.aborted) return undefined;
    yield progress(firsts.length + 2, 'gradients');
    const facts = {
      maps,
      barriers: between,
      surfaceNumbers: await surfaceNumbers(run, surfaceTasks(context, outcomes)),
      forensics: await forensicsOf(context, walked, held),
    };
    await run.storage.write(path, JSON.stringify(facts));
    yield progress(total, '');
    return facts;
  } finally {
    dispose([held, walked.flatMap(({ stations }) => stations)] as never);
    await statistics.dispose();
    await runner.dispose();
  }
}

/** The surface over a plane, kept under a name; few points are evaluated where it is smooth. */
async function drawn(
  { config, setup, run, signal }: TaskContext,
  { origin, directions }: Plane,
  places: readonly { readonly x: number; readonly y: number }[],
  name: string,
  { runner, held, batchNorm }: DrawnBy,
): Promise<boolean> {
  const { resolution } = config.landscape;
  const count = Math.max(3, resolution | 1);
  const events = surface({
    objective: objectiveOf(setup),
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
    await run.writeLandscape(name, await encodeSurface(event.result));
    return true;
  }
  return false;
}

async function pathMap(
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

async function sharedMap(
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
    const name = 'all-losses';
    const there = await drawn(context, plane, Object.values(paths).flat(), name, by);
    const places = Object.fromEntries(Object.entries(minima).map(([loss, { x, y }]) => [loss, { x, y }]));
    return there ? { name, kind: 'minima', minima: places, paths, explainedVariance } : undefined;
  } finally {
    plane.dispose();
  }
}

/** Places on the way between two networks. */
const barrierPlaces = 11;

async function barriersOf(
  { setup, signal }: TaskContext,
  walked: readonly Walked[],
  { runner, held, batchNorm }: DrawnBy,
): Promise<BarrierFact[]> {
  if (walked.length < 2) return [];
  const minima = Object.fromEntries(walked.map(({ task, stations }) => [task.named.label, stations.at(-1)!]));
  const found: BarrierFact[] = [];
  const ways = barriers({
    objective: objectiveOf(setup),
    minima,
    batches: held,
    runner,
    x: [0, 1, barrierPlaces],
    ...(batchNorm && { batchNorm }),
    ...(signal && { signal }),
  });
  for await (const { from, to, barriers: heights } of ways)
    found.push({
      from,
      to,
      heights: Object.fromEntries(Object.entries(heights).map(([loss, { height }]) => [loss, height])),
    });
  return found;
}
