import { isSegscapeError } from '@segscape/core';
import { fit, type TrainState } from '@segscape/train';
import type { StudyEvent } from '../events.js';
import type { NamedLoss } from '../named-losses.js';
import { candidatesAt, epochsOfSearch, rungsOf, type Standing, survivors } from '../plan/halving.js';
import { candidateName } from '../plan/plan.js';
import { canChoose, selectionMeasure, selectionOf } from '../plan/selection.js';
import { comparedLosses } from '../setup.js';
import { trainingStatistics } from './batch-statistics.js';
import { load, save } from './checkpoints.js';
import { ofEachModel, type TaskContext } from './context.js';
import { inWordsOfConfig } from './exhausted.js';
import { isDivergence } from './outcomes.js';
import { type RatesRecord, readRates, type TriedLoss, type TriedRate, writeRates } from './rates-record.js';
import { stepsPerEpoch, trainingOptions } from './training-options.js';

/** What a search gives: the rate of each loss that has one of its own, and how many steps it took. */
export interface SearchedRates {
  readonly rates: ReadonlyMap<string, number>;
  readonly steps: number;
}

/** Rates that need no search: of single losses, or the one of all. */
function givenRates({ config, setup }: TaskContext): Map<string, number> {
  const { learningRate } = config.training;
  const all = typeof learningRate === 'number' ? learningRate : undefined;
  return new Map(
    comparedLosses(setup).flatMap(({ label, learningRate: own = all }) =>
      own === undefined ? [] : [[label, own] as const],
    ),
  );
}

/** The search as the run began with it, or as its config asks for it. */
async function recordOf({ config, setup, run }: TaskContext, search: readonly number[], longest?: number) {
  const known = await readRates(run.storage);
  if (known !== undefined) return known;
  const rates = [...search].sort((a, b) => a - b);
  const begun: RatesRecord = {
    measure: selectionMeasure(config, setup),
    seed: config.training.seeds[0]!,
    rates,
    rungs: rungsOf(rates.length, config.training.epochs, longest),
    losses: [],
  };
  return begun;
}

/**
 * Searches the learning rate of each loss that is given none, by successive halving on the validation images: every candidate is
 * the training itself, of the first seed, cut short. A loss whose rate is known, from an earlier start, is not searched again; a
 * stopped search goes on to the same choice. Every loss has the same number of steps.
 * @returns undefined when the signal stopped it.
 */
export async function* searchRates(
  context: TaskContext,
): AsyncGenerator<StudyEvent, SearchedRates | undefined> {
  const { config, setup, run, signal } = context;
  const { learningRate } = config.training;
  const rates = givenRates(context);
  if (typeof learningRate !== 'object') return { rates, steps: 0 };
  let record = await recordOf(context, learningRate.search, learningRate.epochs);
  const open = ofEachModel(context).flatMap((own) =>
    own.setup.losses.filter(({ label }) => !rates.has(label)).map((named) => ({ named, own })),
  );
  const each = epochsOfSearch(record.rates.length, record.rungs) * stepsPerEpoch(context);
  const trainings = comparedLosses(setup).length * config.training.seeds.length;
  const total = open.length * each + trainings * config.training.epochs * stepsPerEpoch(context);
  for (const [index, { named, own }] of open.entries()) {
    const keep = async (tried: TriedLoss) => {
      record = { ...record, losses: [...record.losses.filter(({ loss }) => loss !== tried.loss), tried] };
      await writeRates(run.storage, record);
    };
    const chosen = yield* searchOne(own, named, record, keep, (steps, rate) => ({
      type: 'progress',
      stage: 'training',
      completed: index * each + steps,
      total,
      label: `${named.label}, learning rate ${rate}`,
    }));
    if (chosen === undefined || signal?.aborted) return undefined;
    rates.set(named.label, chosen);
  }
  return { rates, steps: open.length * each };
}

/** The rate of one loss; what each candidate comes to is kept at every epoch. */
async function* searchOne(
  context: TaskContext,
  named: NamedLoss,
  { rates, rungs, measure, seed, losses }: RatesRecord,
  keep: (tried: TriedLoss) => Promise<void>,
  progress: (steps: number, rate: number) => StudyEvent,
): AsyncGenerator<StudyEvent, number | undefined> {
  const known = losses.find(({ loss }) => loss === named.label);
  if (known?.chosen !== undefined) return known.chosen;
  const tried = new Map<number, TriedRate>(
    rates.map((rate, i) => [i, known?.tried[i] ?? { rate, epochs: [] }]),
  );
  const written = () => ({ loss: named.label, tried: rates.map((_, i) => tried.get(i)!) });
  const best = measure.split('.')[0] === 'loss' ? 'least' : 'most';
  const { config, setup } = context;
  const byBest = selectionOf(config, setup) === 'best' && canChoose(config, setup);
  let candidates = rates.map((_, i) => i);
  let before = 0;
  for (const [k, rung] of rungs.entries()) {
    for (const [place, i] of candidates.entries()) {
      const done = before + place * (rung - (rungs[k - 1] ?? 0)) * stepsPerEpoch(context);
      const stopped = yield* train(context, named, {
        name: candidateName(named.label, i),
        seed,
        rung,
        measure,
        tried: () => tried.get(i)!,
        told: async (now) => {
          tried.set(i, now);
          await keep(written());
        },
        progress: (steps) => progress(done + Math.max(0, steps), rates[i]!),
        skipped: (rungs[k - 1] ?? 0) * stepsPerEpoch(context),
      });
      if (stopped) return undefined;
    }
    before += candidates.length * (rung - (rungs[k - 1] ?? 0)) * stepsPerEpoch(context);
    const standings = new Map(
      candidates.map((i) => [i, standingOf(tried.get(i)!, rung, byBest ? best : undefined)] as const),
    );
    const count = k === rungs.length - 1 ? 1 : candidatesAt(rates.length, k + 1);
    // In the order of the rates, so that the work is the same whoever leads.
    candidates = survivors(standings, best, count).sort((a, b) => a - b);
  }
  const chosen = rates[candidates[0]!]!;
  await keep({ ...written(), chosen });
  for (const i of rates.keys()) await context.run.removeCheckpoint(candidateName(named.label, i));
  return chosen;
}

/** What a candidate has come to: at its best epoch where epochs are chosen, else at the rung. */
function standingOf(
  { epochs, diverged }: TriedRate,
  rung: number,
  best: 'least' | 'most' | undefined,
): Standing {
  const seen = epochs.filter(({ epoch }) => epoch <= rung);
  const last = seen.find(({ epoch }) => epoch === rung);
  if (diverged !== undefined || last === undefined) return { value: Number.NaN, loss: Number.NaN };
  const values = seen.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  if (best === undefined || values.length === 0) return last;
  return { value: best === 'least' ? Math.min(...values) : Math.max(...values), loss: last.loss };
}

interface Candidate {
  readonly name: string;
  readonly seed: number;
  /** Epochs that it trains up to. */
  readonly rung: number;
  readonly measure: string;
  readonly tried: () => TriedRate;
  readonly told: (now: TriedRate) => Promise<void>;
  /** Of the steps since the rung before. */
  readonly progress: (steps: number) => StudyEvent;
  readonly skipped: number;
}

/** Trains a candidate up to a rung. @returns whether the signal stopped it. */
async function* train(
  context: TaskContext,
  named: NamedLoss,
  { name, seed, rung, measure, tried, told, progress, skipped }: Candidate,
): AsyncGenerator<StudyEvent, boolean> {
  const { run, setup, signal } = context;
  const { rate, diverged } = tried();
  if (diverged !== undefined || tried().epochs.some(({ epoch }) => epoch === rung)) return false;
  if (signal?.aborted) return true;
  const from = await stateOf(context, name);
  yield progress((from?.step ?? 0) - skipped);
  const notices: string[] = [];
  const { statistics, dispose } = trainingStatistics(context, seed);
  const { select: _, ...options } = trainingOptions(
    context,
    { named, seed },
    { from, notices, rate, statistics },
  );
  try {
    const events = fit({
      ...options,
      epochs: rung,
      select: { measure },
      validation: { validation: () => setup.evaluationBatches(setup.validation) },
    });
    for await (const event of events) {
      for (const message of notices.splice(0)) yield { type: 'notice', message };
      if (event.type === 'batch') yield progress(event.step - skipped);
      if (event.type === 'epoch' && event.epoch > 0) {
        const { validation = {} } = event.measures;
        const now = { epoch: event.epoch, value: validation[measure]!, loss: validation.loss! };
        const epochs = [...tried().epochs.filter(({ epoch }) => epoch !== now.epoch), now];
        await told({ ...tried(), epochs });
      }
      if (event.type === 'checkpoint') await save(run, name, event.state);
      if (event.type === 'done') return event.stopped;
    }
  } catch (error) {
    if (!isDivergence(error)) throw inWordsOfConfig(error, { named, seed, fold: 0 });
    await told({ ...tried(), diverged: error.message });
  } finally {
    await dispose();
  }
  return false;
}

/** Where a candidate stands; a damaged checkpoint begins it anew, to the same end. */
async function stateOf({ run }: TaskContext, name: string): Promise<TrainState | undefined> {
  try {
    return await load(run, name);
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND') || isSegscapeError(error, 'CORRUPT_CHECKPOINT')) return undefined;
    throw error;
  }
}
