import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { inline } from '@segscape/landscape';
import type {
  BarrierFact,
  CurvatureFact,
  FilterFact,
  ForensicsFact,
  GradientCosinesFact,
  MapFact,
  SimilarityFact,
  SurfaceNumbersFact,
  WeightChangeFact,
} from '@segscape/report';
import { dispose } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { latestName, stationEpochs, stationName, type TrainingTask } from '../plan/plan.js';
import { mapStatistics } from './batch-statistics.js';
import { load } from './checkpoints.js';
import { ofEachModel, type TaskContext } from './context.js';
import { barriersOf, type DrawnBy, pathMap, sharedMap, type Walked } from './map-drawing.js';
import { firstOf, type Outcome } from './outcomes.js';
import { surfaceNumbers } from './surface-numbers.js';
import type { SurfaceTrust } from './surface-trust.js';
import { heldBatches, surfaceTasks } from './surfaces.js';

/** What the landscape says beside its surfaces. */
export interface LandscapeFacts {
  readonly maps: readonly MapFact[];
  readonly barriers: readonly BarrierFact[];
  readonly surfaceNumbers: readonly SurfaceNumbersFact[];
  readonly forensics: readonly ForensicsFact[];
  /** These are absent in older runs. */
  readonly trust?: readonly SurfaceTrust[];
  readonly curvature?: readonly CurvatureFact[];
  readonly weightChange?: readonly WeightChangeFact[];
  readonly weightShares?: readonly ForensicsFact[];
  readonly gradientCosines?: readonly GradientCosinesFact[];
  readonly similarities?: readonly SimilarityFact[];
  readonly filters?: readonly FilterFact[];
}

const path = 'landscape.json';
const nothing: LandscapeFacts = { maps: [], barriers: [], surfaceNumbers: [], forensics: [] };

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
  const names = stationEpochs(config, task)
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

/**
 * Draws the maps of each network that is compared: every training's path on the plane where it moved most, and, of three losses and
 * more, all of them on one plane, with the barriers between them; the surfaces' numbers; and where the gradients of every loss
 * come from.
 * @returns undefined when the signal stopped it.
 */
export async function* drawMaps(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, LandscapeFacts | undefined> {
  const { config, run } = context;
  if (!config.landscape.enabled || !config.landscape.maps) return nothing;
  const known = await earlier(context);
  if (known !== undefined) return known;
  const found: LandscapeFacts[] = [];
  for (const own of ofEachModel(context)) {
    const facts = yield* mapsOfOneModel(own, outcomes);
    if (facts === undefined) return undefined;
    found.push(facts);
  }
  const facts = joined(found);
  await run.storage.write(path, JSON.stringify(facts));
  return facts;
}

/** What is told of several networks, one after the other. */
function joined(found: readonly LandscapeFacts[]): LandscapeFacts {
  const all: Record<string, unknown[]> = {};
  for (const facts of found)
    for (const [name, entries] of Object.entries(facts)) all[name] = [...(all[name] ?? []), ...entries];
  return all as unknown as LandscapeFacts;
}

/** @param outcomes of the study; measured are those of this network. */
async function* mapsOfOneModel(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, LandscapeFacts | undefined> {
  const { config, setup, run, jit, signal } = context;
  const firsts = setup.losses.flatMap(({ label }) => {
    const own = firstOf(outcomes, label);
    return own === undefined ? [] : [{ task: own.task, last: own.epoch }];
  });
  const own = context.runner ? undefined : inline(jit);
  const runner = context.runner ?? own!;
  const held = await heldBatches(setup, config.landscape.samples);
  const statistics = mapStatistics(context, held);
  const { batchNorm } = statistics;
  const by: DrawnBy = { runner, held, ...(batchNorm && { batchNorm }) };
  const walked: Walked[] = [];
  const maps: MapFact[] = [];
  const total = firsts.length + 5;
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
    const drawn = surfaceTasks(context, outcomes).filter(({ task }) =>
      firsts.some((first) => first.task === task),
    );
    // Loaded when it is needed: a page that has only begun to train does not carry it.
    const measured = await import('./around-weights.js');
    const { forensics, weightShares } = await measured.forensicsOf(context, walked, held);
    const gradientCosines = await measured.cosinesOf(context, walked, held);
    const similarities = await measured.similaritiesOf(context, walked, held);
    const filters = await measured.filterPictures(context, walked, held);
    if (signal?.aborted) return undefined;
    yield progress(firsts.length + 3, 'trust');
    const trust = await measured.surfaceTrust(context, drawn, walked, {
      trainings: outcomes.flatMap(({ task, diverged }) => (diverged === undefined ? [task] : [])),
      held,
      runner,
      // As surfaces are drawn: statistics carried along, unless the study computes them anew everywhere.
      ...(config.training.batchNorm === 'precise' && batchNorm && { batchNorm }),
    });
    if (signal?.aborted) return undefined;
    yield progress(firsts.length + 4, 'curvature');
    const facts = {
      maps,
      barriers: between,
      surfaceNumbers: await surfaceNumbers(run, drawn),
      forensics,
      weightShares,
      trust,
      curvature: await measured.curvatureOf(context, walked, held),
      weightChange: await measured.weightChanges(context, walked),
      gradientCosines,
      similarities,
      ...(filters.length > 0 && { filters }),
    };
    if (signal?.aborted) return undefined;
    yield progress(total, '');
    return facts;
  } catch (error) {
    // What was asked to stop says so by an error in the middle of a computation.
    if (signal?.aborted && isSegscapeError(error, 'ABORTED')) return undefined;
    throw error;
  } finally {
    dispose(held.flatMap((batch) => Object.values(batch)));
    dispose(walked.flatMap(({ stations }) => stations));
    await statistics.dispose();
    await own?.dispose();
  }
}
