import type { DivergenceFact } from '@segscape/report';
import { fit, type TrainState } from '@segscape/train';
import type { StudyEvent } from '../events.js';
import {
  bestName,
  epochName,
  inWords,
  isDrawn,
  keptAs,
  keptEpochs,
  keyOf,
  latestName,
  stationEpochs,
  stationName,
  surfaceName,
  type TrainingTask,
  tasksOf,
} from '../plan/plan.js';
import { canChoose, type Selection, selectionMeasure, selectionOf } from '../plan/selection.js';
import { atOnce, inTurn } from './at-once.js';
import { trainingStatistics } from './batch-statistics.js';
import { newest, save, saveStation } from './checkpoints.js';
import { ofTask, type TaskContext } from './context.js';
import { inWordsOfConfig } from './exhausted.js';
import { isDivergence, type Outcome, readDivergence, recordDivergence } from './outcomes.js';
import { stepRecords } from './step-records.js';
import { recordWeights } from './tensor-board.js';
import { stepsPerEpoch, trainingOptions } from './training-options.js';

/**
 * Trains every loss with every seed in every fold, from the same weights on the same batches; goes on from what the run folder holds.
 * One that diverges is recorded and told of, and does not keep the others from training.
 * @param before steps that were done before the trainings, for progress.
 * @returns how each training ended; undefined when the signal stopped it.
 */
export async function* trainAll(
  given: TaskContext,
  before = 0,
): AsyncGenerator<StudyEvent, Outcome[] | undefined> {
  const { epochs, parallel = 1 } = given.config.training;
  const context = parallel > 1 ? besideOthers(given, parallel) : given;
  const tasks = tasksOf(context);
  const lengths = tasks.map((task) => epochs * stepsPerEpoch(ofTask(context, task)));
  const done = new Array<number>(tasks.length).fill(0);
  const drawn = new Set(await context.run.landscapes());
  const work = tasks.map(
    (task, index) =>
      async function* (): AsyncGenerator<StudyEvent, Outcome | undefined> {
        // One after another, a stop leaves the rest untouched.
        if (context.signal?.aborted) return undefined;
        const outcome = yield* trainOne(ofTask(context, task), task, drawn, (step) => {
          done[index] = step;
          return {
            type: 'progress',
            stage: 'training',
            completed: before + done.reduce((sum, steps) => sum + steps, 0),
            total: before + lengths.reduce((sum, steps) => sum + steps, 0),
            label: task.named.label,
          };
        });
        done[index] = lengths[index]!;
        return outcome;
      },
  );
  const outcomes = yield* atOnce(work, parallel);
  if (context.signal?.aborted) return undefined;
  return outcomes.every((outcome) => outcome !== undefined) ? outcomes : undefined;
}

/** Cores of this machine, where the platform tells. */
const cores = (): number | undefined =>
  (globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } }).navigator
    ?.hardwareConcurrency;

/** A context for trainings that run beside others: the run is written in turn, and each has its share of the threads. */
function besideOthers(context: TaskContext, parallel: number): TaskContext {
  const all = context.jit.threads ?? cores();
  const threads = all === undefined ? {} : { threads: Math.max(1, Math.floor(all / parallel)) };
  return { ...context, run: inTurn(context.run), jit: { ...context.jit, ...threads } };
}

async function* trainOne(
  context: TaskContext,
  task: TrainingTask,
  drawn: ReadonlySet<string>,
  progress: (step: number) => StudyEvent,
): AsyncGenerator<StudyEvent, Outcome | undefined> {
  const { config, run } = context;
  const known = await readDivergence(run.storage, task);
  if (known !== undefined) {
    yield { type: 'notice', message: told(known) };
    return { task, diverged: known };
  }
  const notices: string[] = [];
  const selection = selectionWithin(context);
  const needed = undrawn(context, task, drawn);
  const found = await newest(context, task, { selection, needed }, (message) => notices.push(message));
  for (const message of notices) yield { type: 'notice', message };
  const from = found?.state;
  // What comes after training reads the latest checkpoint; it must not meet a damaged one, or none.
  if (found !== undefined && found.name !== latestName(task)) await save(run, latestName(task), found.state);
  if (from !== undefined && from.epoch >= config.training.epochs) {
    yield* chosenAtLeast(context, task, from);
    return ended(task, from);
  }
  try {
    const state = yield* follow(context, task, from, progress);
    if (state === undefined) return undefined;
    yield* chosenAtLeast(context, task, state);
    return ended(task, state);
  } catch (error) {
    if (!isDivergence(error)) throw inWordsOfConfig(error, task);
    const diverged = await recordDivergence(run.storage, task, error);
    yield { type: 'notice', message: told(diverged) };
    return { task, diverged };
  }
}

/** Which weights a training keeps as it goes: the last ones, too, where validation images cannot choose. */
function selectionWithin({ config, setup }: TaskContext): Selection {
  const selection = selectionOf(config, setup);
  return selection === 'best' && !canChoose(config, setup) ? 'last' : selection;
}

/** Where no epoch could be chosen, or had a value to choose by, the last one counts. */
async function* chosenAtLeast(
  context: TaskContext,
  task: TrainingTask,
  state: TrainState,
): AsyncGenerator<StudyEvent> {
  const { config, setup, run } = context;
  const within = selectionWithin(context);
  if (selectionOf(config, setup) !== 'best' || (within === 'best' && state.best !== undefined)) return;
  await save(run, bestName(task), state);
  // What cannot choose was told of before.
  if (within !== 'best') return;
  const message = `${inWords(keyOf(task))}: no epoch has a validation ${selectionMeasure(config, setup)}, so the last one is scored.`;
  yield { type: 'notice', message };
}

/** Epochs of a training whose surface the run folder does not hold yet. */
const undrawn = ({ config }: TaskContext, task: TrainingTask, drawn: ReadonlySet<string>): number[] =>
  config.landscape.enabled && isDrawn(config, task)
    ? keptEpochs(config)
        .map(({ epoch }) => epoch)
        .filter((epoch) => !drawn.has(surfaceName(task, epoch)))
    : [];

const ended = (task: TrainingTask, { epoch, best }: TrainState): Outcome => ({
  task,
  epoch,
  ...(best && { best }),
});

const told = ({ step, message, ...of }: DivergenceFact) =>
  `${inWords(of)} diverged at step ${step} and is left out: ${message}`;

/** Records what a training tells. @returns its last state; undefined when the signal stopped it. */
async function* follow(
  context: TaskContext,
  task: TrainingTask,
  from: TrainState | undefined,
  progress: (step: number) => StudyEvent,
): AsyncGenerator<StudyEvent, TrainState | undefined> {
  const { config, run } = context;
  const { named, seed, fold } = task;
  const selection = selectionWithin(context);
  const { epochs } = config.training;
  const kept = new Set(keptEpochs(config).map(({ epoch }) => epoch));
  const stations = new Set(stationEpochs(config, task));
  const as = keptAs(config, task);
  const keep = async (state: TrainState) => {
    const name = epochName(task, state.epoch);
    if (as === 'state') await save(run, name, state);
    if (as === 'weights') await saveStation(run, name, state);
  };
  const key = keyOf(task);
  // What a killed run recorded after its last checkpoint comes again.
  await run.rewind({ ...key, epoch: from?.epoch ?? -1 });
  const steps = await stepRecords(run, task, from?.step ?? 0);
  yield progress(from?.step ?? 0);
  const notices: string[] = [];
  const { statistics, dispose } = trainingStatistics(context, seed);
  const rate = context.rates?.get(named.label);
  try {
    for await (const event of fit(trainingOptions(context, task, { from, notices, rate, statistics }))) {
      for (const message of notices.splice(0)) yield { type: 'notice', message };
      if (event.type === 'batch') {
        steps.add(event);
        yield progress(event.step);
      } else if (event.type === 'epoch') {
        await run.recordEpoch({ ...key, epoch: event.epoch, measures: event.measures });
        yield {
          type: 'epoch',
          loss: named.label,
          seed,
          ...(fold > 0 && { fold }),
          epoch: event.epoch,
          epochs,
          measures: event.measures,
        };
      } else if (event.type === 'best') {
        if (selection === 'best') await save(run, bestName(task), event.state);
      } else if (event.type === 'checkpoint') {
        // The kept ones first: a kill in between then only repeats the epoch.
        if (event.state.batch === 0 && stations.has(event.state.epoch))
          await saveStation(run, stationName(task, event.state.epoch), event.state);
        if (event.state.batch === 0 && kept.has(event.state.epoch)) await keep(event.state);
        if (event.state.batch === 0 && (stations.has(event.state.epoch) || kept.has(event.state.epoch)))
          await recordWeights(run, task, event.state);
        await steps.write();
        await save(run, latestName(task), event.state);
      } else if (event.type === 'done') {
        if (event.result.stopped) return undefined;
        const { state, early } = event.result;
        // Its end came before the plan's, and surfaces are drawn there.
        if (early && !kept.has(state.epoch)) await keep(state);
        return state;
      }
    }
    return undefined;
  } finally {
    await dispose();
  }
}
