import type { DataSheetFact, ReportFacts, SelectionFact } from '@segscape/report';
import type { EnvironmentRecord } from './environment.js';
import { canChoose, ranksLosses, selectionMeasure, selectionOf } from './plan/selection.js';
import { comparedLosses } from './setup.js';
import { type Compared, comparisonsOf, intervalsOf, powerFact } from './tasks/comparison.js';
import type { TaskContext } from './tasks/context.js';
import type { Evaluation } from './tasks/evaluation.js';
import type { LandscapeFacts } from './tasks/maps.js';
import type { Outcome } from './tasks/outcomes.js';
import { foldsFact, pooledOverFolds } from './tasks/pooled-folds.js';
import { learningRatesFact } from './tasks/rates-record.js';
import { stepCurves } from './tasks/step-curves.js';
import { surfaceTasks } from './tasks/surfaces.js';

export interface Results extends Evaluation {
  readonly landscape: LandscapeFacts;
  readonly outcomes: readonly Outcome[];
  readonly environment: readonly EnvironmentRecord[];
  readonly dataSheet: DataSheetFact;
  readonly minutes: number;
}

/** Of a run that has only begun. */
export const nothingYet = {
  scores: [],
  pictures: [],
  outcomes: [],
  landscape: { maps: [], barriers: [], surfaceNumbers: [], forensics: [] },
} as const;

/** Everything that the report shows beside history, surfaces and maps. */
export async function reportFacts(context: TaskContext, results: Results) {
  const { config, setup } = context;
  const { scores, pictures, disputes, cases, environment, minutes, outcomes, landscape, calibration } =
    results;
  const { dataSheet } = results;
  const losses = comparedLosses(setup).map(({ label }) => label);
  const { foreground } = setup;
  const learningRates = await learningRatesFact(context);
  const steps = await stepCurves(context);
  const folds = setup.folds.length;
  const pooled = pooledOverFolds(scores, folds);
  const measure = `iou.${foreground}`;
  return {
    title: config.report.title ?? config.name,
    losses,
    seeds: config.training.seeds,
    classes: [...setup.classes],
    foreground,
    material: setup.summary,
    environment,
    pictures,
    ...(disputes && { disputes }),
    ...(cases && { cases }),
    surfaces: surfaceTasks(context, outcomes).map(({ task, epoch, moment, name }) => ({
      name,
      loss: task.named.label,
      seed: task.seed,
      epoch,
      moment,
    })),
    scores: pooled,
    ...(folds > 1 && scores.length > 0 && { folds: foldsFact(scores, losses, measure) }),
    ...comparedFacts({ scores: pooled, groups: setup.groups }, losses, measure),
    diverged: outcomes.flatMap(({ diverged }) => (diverged ? [diverged] : [])),
    selection: await selectionFact(context, results),
    ...(learningRates && { learningRates }),
    ...(steps.length > 0 && { steps }),
    dataSheet,
    ...landscape,
    ...(calibration && { calibration }),
    minutes,
  } satisfies ReportFacts;
}

/** Intervals, tests, what more seeds would settle, and whose images are whose. */
export function comparedFacts(compared: Compared, losses: readonly string[], measure: string) {
  const intervals = intervalsOf(compared, losses);
  const ranked = intervals
    .filter((interval) => interval.measure === measure && Number.isFinite(interval.mean))
    .sort((a, b) => b.mean - a.mean);
  const [first, second] = ranked;
  const power = first && second && powerFact(compared, { a: first.loss, b: second.loss, measure });
  return {
    comparisons: comparisonsOf(compared, losses, measure),
    intervals,
    ...(power && { power }),
    ...(compared.groups.size > 0 && { groups: Object.fromEntries(compared.groups) }),
  };
}

/** How networks were chosen, and what the validation images say of each loss at the epochs that were scored. */
async function selectionFact(
  { config, setup, run }: TaskContext,
  { scores }: Results,
): Promise<SelectionFact> {
  const epochs = scores.map(({ loss, seed, fold, epoch }) => ({
    loss,
    seed,
    ...(fold !== undefined && { fold }),
    epoch,
  }));
  const select = selectionOf(config, setup);
  if (setup.validation.length === 0) return { select, epochs };
  if (select === 'best' && !canChoose(config, setup)) return { select: 'last', epochs };
  const measure = selectionMeasure(config, setup);
  // Each loss has a scale of its own: what validation says of several tells nothing of which is better.
  if (!ranksLosses(measure) && new Set(epochs.map(({ loss }) => loss)).size > 1)
    return { select, measure, epochs };
  const history = (await run.history()).filter(
    (row) => row.split === 'validation' && row.measure === measure,
  );
  const values: [string, number][] = [];
  for (const loss of new Set(epochs.map((entry) => entry.loss))) {
    const own = epochs
      .filter((entry) => entry.loss === loss)
      .map(({ seed, fold = 0, epoch }) =>
        history.find(
          (row) => row.loss === loss && row.seed === seed && row.fold === fold && row.epoch === epoch,
        ),
      )
      .flatMap((row) => (row && Number.isFinite(row.value) ? [row.value] : []));
    if (own.length > 0) values.push([loss, own.reduce((a, b) => a + b, 0) / own.length]);
  }
  return { select, measure, values: Object.fromEntries(values), epochs };
}
