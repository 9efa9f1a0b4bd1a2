import { isSegscapeError, type Storage } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import type { GridRunner } from '@segscape/landscape';
import { reportHtml } from '@segscape/report';
import { createRun, openRun, type Run } from '@segscape/runs';
import { parseStudyConfig } from './config/parse.js';
import type { StudyConfig, StudyInput } from './config/schema.js';
import { recordEnvironment, thisEnvironment } from './environment.js';
import type { StudyEvent, StudyResult } from './events.js';
import { type ChosenImage, checkedExperiment } from './experiment/chosen-images.js';
import type { followedImages as FollowedImages } from './experiment/followed-images.js';
import { assertSameImages, writeImagesRecord } from './images-record.js';
import { assertSameStart } from './initialise.js';
import { type StudyRegistry, studyRegistry } from './kinds/registry.js';
import { makeSetup } from './make-setup.js';
import { mend } from './mend.js';
import { writeModelRecord } from './model-record.js';
import { withDecidedSeeds } from './plan/decision.js';
import { filterLayers } from './plan/filter-layers.js';
import { grow, growthOf } from './plan/growth.js';
import { assertRoom } from './plan/room.js';
import { assertSelectBy } from './plan/selection.js';
import { settledPlan } from './plan/settled-plan.js';
import { nothingYet, type Results, reportFacts } from './report-facts.js';
import { comparedLosses, type Setup } from './setup.js';
import { studyNotices } from './study-notices.js';
import type { TaskContext } from './tasks/context.js';
import { searchRates } from './tasks/learning-rates.js';
import { drawMaps } from './tasks/maps.js';
import { profilesOf } from './tasks/profiles.js';
import { scoresOf } from './tasks/scoring.js';
import { drawSurfaces } from './tasks/surfaces.js';
import { trainedAndScored } from './tasks/until-decided.js';

type FollowImages = typeof FollowedImages;

export interface RunStudyOptions {
  /** The run folder. */
  readonly storage: Storage;
  /** Stops at the next step; the run folder can be resumed. */
  readonly signal?: AbortSignal;
  /**
   * Go on with what the run folder holds. The config must be its own, or that with more losses, seeds or epochs, or another
   * landscape, experiment, measures or report: only what is new is trained. Default false: the folder must hold no run.
   */
  readonly resume?: boolean;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /**
   * Where the points of surfaces are evaluated: `threads` or `bullmq` of @segscape/landscape, with `gridRegistry()` at the
   * workers. Default: here. The caller disposes it.
   */
  readonly runner?: GridRunner;
  /** Default `studyRegistry`. */
  readonly registry?: StudyRegistry;
  /** What the record says of this machine. */
  readonly platform?: string;
  /** SHA-256 of the code that computes, for the record and the report's receipt; only whoever started it can read its files. */
  readonly code?: string;
}

/** What `runStudy` of `on-demand` does; its documentation stands there. */
export async function* runStudy(
  given: string | StudyInput,
  options: RunStudyOptions,
): AsyncGenerator<StudyEvent> {
  const { storage, registry = studyRegistry } = options;
  const config = await withResampling(parseStudyConfig(given, registry), options);
  // Before the run folder is touched, so that a mistake in the config leaves nothing behind.
  yield { type: 'progress', stage: 'data', completed: 0, total: 1, label: 'reading' };
  const setup = await makeSetup(config, registry);
  const chosen = await checkedExperiment(config, setup);
  filterLayers({ config, setup });
  assertSelectBy(config, Object.keys(scoresOf(setup).overall()));
  const release = await storage.lock?.();
  try {
    yield* writtenStudy(config, { setup, chosen }, options);
  } finally {
    await release?.();
  }
}

/** A run that goes on moves pixels as it has; before a config could say so, each transform did by itself. */
async function withResampling(
  config: StudyConfig,
  { storage, resume = false }: RunStudyOptions,
): Promise<StudyConfig> {
  if (config.resampling !== undefined || config.augment.length === 0) return config;
  const recorded = resume ? ((await openRun(storage)).config as Partial<StudyConfig>) : undefined;
  return { ...config, resampling: recorded === undefined ? 'once' : (recorded.resampling ?? 'each') };
}

/** The parts of a study that write to its folder, which nobody else does meanwhile. */
async function* writtenStudy(
  given: StudyConfig,
  { setup, chosen }: { readonly setup: Setup; readonly chosen: readonly ChosenImage[] },
  options: RunStudyOptions,
): AsyncGenerator<StudyEvent> {
  const { signal, jit = {}, registry = studyRegistry, platform = '', code, resume = false } = options;
  const there = new Set(resume ? [] : await options.storage.list(''));
  const { run, config: asTold, notice } = await openOrCreate(setup, given, options);
  if (notice) yield { type: 'notice', message: notice };
  for await (const message of studyNotices(given, setup)) yield { type: 'notice', message };
  if (resume) for (const message of await mend(run)) yield { type: 'notice', message };
  const { storage } = run;
  const config = await withDecidedSeeds(storage, asTold);
  const environment = await recordEnvironment(storage, await thisEnvironment(jit, { platform, code }));
  await writeModelRecord(storage, setup, config);
  await writeImagesRecord(storage, setup);
  const started = performance.now();
  const stop = (): StudyEvent => ({ type: 'done', result: { stopped: true, table: [] } });
  const { runner } = options;
  const asked: TaskContext = { config, setup, registry, run, jit, signal, ...(runner && { runner }) };
  const { dataSheetOf } = await import('./tasks/data-sheet.js');
  const dataSheet = await dataSheetOf(asked);
  if (dataSheet === undefined) return yield stop();
  // A run that cannot begin is none.
  const undo = async () => {
    for (const path of resume ? [] : await options.storage.list(''))
      if (!there.has(path)) await options.storage.remove(path);
  };
  const { config: settled, estimate } = await settledPlan(asked, resume).catch(async (error: unknown) => {
    if (isSegscapeError(error, 'BAD_OPTION')) await undo();
    throw error;
  });
  if (signal?.aborted) return yield stop();
  if (estimate) await assertRoom(storage, estimate.bytes, undo);
  yield { type: 'prepared', summary: setup.summary, ...(estimate && { estimate }) };
  const searched = yield* searchRates({ ...asked, config: settled });
  if (searched === undefined) return yield stop();
  const planned: TaskContext = { ...asked, config: settled, rates: searched.rates };
  const minutes = () => (performance.now() - started) / 60_000;
  // What a report shows of a run that has not ended, or never does.
  const soFar = async (
    context: TaskContext,
    unfinished: 'training' | 'surfaces',
    results: Partial<Results>,
  ) => {
    const facts = await reportFacts(context, {
      ...nothingYet,
      environment,
      dataSheet,
      minutes: minutes(),
      ...results,
    });
    await storage.write('report.json', JSON.stringify({ ...facts, unfinished }));
  };
  await soFar(planned, 'training', {});
  const trained = yield* trainedAndScored(planned, searched.steps);
  if (trained === undefined) return yield stop();
  const { context, outcomes, evaluation, decision } = trained;
  await soFar(context, 'surfaces', evaluation);
  if ((yield* drawSurfaces(context, outcomes)).stopped) return yield stop();
  const landscape = yield* drawMaps(context, outcomes);
  if (landscape === undefined) return yield stop();
  const followed = yield* followedAlone(context, outcomes, chosen);
  if (followed === undefined) return yield stop();

  yield { type: 'progress', stage: 'report', completed: 0, total: 1, label: 'report.html' };
  const found = await reportFacts(context, {
    ...evaluation,
    landscape,
    outcomes,
    environment,
    dataSheet,
    minutes: minutes(),
  });
  const profiles = await profilesOf(comparedLosses(setup));
  const facts = { ...found, ...(decision && { decision }), ...followed, profiles };
  await storage.write('report.json', JSON.stringify(facts));
  await storage.write('report.html', await reportHtml(storage));
  yield { type: 'progress', stage: 'report', completed: 1, total: 1, label: 'report.html' };
  const table = facts.losses.map((loss) => ({
    loss,
    values: Object.fromEntries(
      facts.intervals
        .filter((interval) => interval.loss === loss)
        .map(({ measure, mean }) => [measure, mean]),
    ),
  }));
  yield { type: 'done', result: { stopped: false, table } satisfies StudyResult };
}

/** The single-image experiment, which is loaded where it is asked for. */
async function* followedAlone(
  ...[context, outcomes, chosen]: Parameters<FollowImages>
): ReturnType<FollowImages> {
  if (chosen.length === 0) return {};
  const { followedImages } = await import('./experiment/followed-images.js');
  return yield* followedImages(context, outcomes, chosen);
}

/** The run to write to, and its config: with what was added to it, where it goes on. */
async function openOrCreate(
  setup: Setup,
  config: StudyConfig,
  { storage, resume = false, registry = studyRegistry }: RunStudyOptions,
): Promise<{ readonly run: Run; readonly config: StudyConfig; readonly notice?: string }> {
  if (!resume) return { run: await createRun(storage, config), config };
  const run = await openRun(storage);
  const growth = growthOf(parseStudyConfig(run.config as StudyInput, registry), config);
  // Before the run grows: what is refused changes nothing.
  await assertSameStart(storage, setup.initial);
  await assertSameImages('runStudy', storage, setup);
  if (growth.added.length === 0) return { run, config: growth.config };
  await grow(run, growth);
  return {
    run: await openRun(storage),
    config: growth.config,
    notice: `The run grows: ${growth.added.join('; ')}.`,
  };
}
