import { SegscapeError } from '@segscape/core';
import type { StudyEvent } from '../events.js';
import { writeModelRecord } from '../model-record.js';
import {
  alphaAt,
  type DecisionFact,
  type Look,
  readDecision,
  withSeeds,
  writeDecision,
} from '../plan/decision.js';
import { mostSeeds } from '../plan/plan.js';
import { comparedLosses } from '../setup.js';
import { comparisonsOf, intervalsOf } from './comparison.js';
import type { TaskContext } from './context.js';
import { type Evaluation, evaluateAll } from './evaluation.js';
import type { Outcome } from './outcomes.js';
import { pooledOverFolds } from './pooled-folds.js';
import { trainAll } from './training.js';

/** Everything trained and scored. */
export interface Trained {
  /** With all seeds that there are in the end. */
  readonly context: TaskContext;
  readonly outcomes: readonly Outcome[];
  readonly evaluation: Evaluation;
  /** Where seeds were added until it was decided. */
  readonly decision?: DecisionFact;
}

const isSame = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a) === JSON.stringify(b);

/** What a look is at. */
export interface Looking {
  readonly config: { readonly training: Pick<TaskContext['config']['training'], 'seeds' | 'epochs'> };
  readonly setup: {
    readonly losses: readonly { readonly label: string }[];
    readonly groups: ReadonlyMap<string, string>;
    readonly folds: readonly unknown[];
  };
}

/** The leader in the measure, and whether it is settled against every other loss at this look. */
export function lookAt(
  { config, setup }: Looking,
  { scores }: Pick<Evaluation, 'scores'>,
  { measure, looks }: Pick<DecisionFact, 'measure' | 'looks'>,
): Look {
  const losses = setup.losses.map(({ label }) => label);
  const compared = { scores: pooledOverFolds(scores, setup.folds.length), groups: setup.groups };
  const means = intervalsOf(compared, losses).filter((row) => row.measure === measure);
  const known = means.filter(({ mean }) => Number.isFinite(mean));
  const leader = known.reduce((a, b) => (b.mean > a.mean ? b : a), known[0] ?? { loss: '', mean: 0 }).loss;
  const own = comparisonsOf(compared, losses, measure).filter(({ a, b }) => a === leader || b === leader);
  // What could not be tested, one patient alone for instance, settles nothing.
  const tested = own.map(({ pHolm, method }) => (method === 'crossed' && pHolm >= 0 ? pHolm : 1));
  const p = own.length === 0 ? 1 : Math.max(...tested);
  const alpha = alphaAt(looks.length + 1);
  const { seeds, epochs } = config.training;
  return { seeds, losses, epochs, leader, p, alpha, settled: p < alpha };
}

const short = (value: number) => Number(value.toPrecision(2));

/** How it ended. */
function sentenceOf({ leader, p, alpha, settled, seeds }: Look, measure: string, looks: number): string {
  const at = `after look ${looks}, with ${seeds.length} seeds of each loss`;
  if (settled)
    return `Decided ${at}: ${leader} is ahead of every other loss in ${measure} (largest p after Holm's correction ${short(p)}, below ${short(alpha)}, this look's share of 0.05).`;
  return leader === ''
    ? `Not decided ${at}: no loss has a value of ${measure}.`
    : `Not decided ${at}, the most that were asked for: ${leader} is ahead in ${measure}, but p = ${short(p)} is not below ${short(alpha)}, this look's share of 0.05.`;
}

/** One training that diverged does not end a study; nothing is left to compare when all did. */
function assertSomeSound(outcomes: readonly Outcome[]): void {
  const lost = outcomes.flatMap(({ diverged }) => (diverged ? [diverged] : []));
  if (lost.length < outcomes.length) return;
  throw new SegscapeError(
    'NOT_FINITE',
    `runStudy: every training diverged: ${lost.map(({ loss, seed, step }) => `${loss} (seed ${seed}) at step ${step}`).join(', ')}. Lower training.optimizer.learningRate, or give clipNorm, in a new run.`,
    { details: { diverged: lost } },
  );
}

/** Each notice once: what an earlier round has told of is told of by every later one. */
async function* oncePerNotice<R>(
  events: AsyncGenerator<StudyEvent, R>,
  told: Set<string>,
): AsyncGenerator<StudyEvent, R> {
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
    if (value.type === 'notice' && told.has(value.message)) continue;
    if (value.type === 'notice') told.add(value.message);
    yield value;
  }
}

/**
 * Trains and scores the plan; where the config says so, with one more seed after the other until the leading loss is settled or
 * there are as many as it allows. Every round finds what the earlier ones have trained.
 * @param before steps that were done before, for progress.
 * @returns undefined when the signal stopped it.
 * @throws {SegscapeError} `NOT_FINITE` when every training diverged.
 */
export async function* trainedAndScored(
  given: TaskContext,
  before: number,
): AsyncGenerator<StudyEvent, Trained | undefined> {
  const { run, setup, signal } = given;
  const { until } = given.config.training;
  const told = new Set<string>();
  const measure = `iou.${setup.foreground}`;
  const known = until && (await readDecision(run.storage));
  let looks: readonly Look[] = known?.measure === measure ? known.looks : [];
  let context = given;
  for (;;) {
    const outcomes = yield* oncePerNotice(trainAll(context, before), told);
    if (outcomes === undefined || signal?.aborted) return undefined;
    assertSomeSound(outcomes);
    const evaluation = yield* evaluateAll(context, outcomes);
    if (evaluation === undefined) return undefined;
    if (until === undefined) return { context, outcomes, evaluation };
    const { seeds, epochs } = context.config.training;
    const fact = { measure, seeds, looks };
    const last = looks.at(-1);
    const losses = comparedLosses(setup).map(({ label }) => label);
    // A run that goes on has had its look at these very networks.
    const seen = last?.epochs === epochs && isSame(last.losses, losses) && isSame(last.seeds, seeds);
    const look = seen
      ? last
      : lookAt({ ...context, setup: { ...setup, losses: comparedLosses(setup) } }, evaluation, fact);
    if (!seen) looks = [...looks, look];
    if (look.settled || seeds.length >= mostSeeds(context.config)) {
      const decision = { ...fact, looks, sentence: sentenceOf(look, measure, looks.length) };
      await writeDecision(run.storage, decision);
      yield { type: 'notice', message: decision.sentence };
      return { context, outcomes, evaluation, decision };
    }
    const config = withSeeds(context.config, seeds.length + 1);
    context = { ...context, config };
    // Before the first of its trainings: a run that goes on trains it, whatever it would see at another look.
    await writeDecision(run.storage, { measure, seeds: config.training.seeds, looks });
    await writeModelRecord(run.storage, setup, config);
  }
}
