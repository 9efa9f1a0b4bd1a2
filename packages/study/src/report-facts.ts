import type { ReportFacts, SelectionFact } from '@segscape/report';
import { selectionMeasure, selectionOf } from './plan/selection.js';
import type { EnvironmentRecord } from './run-study.js';
import { comparisonsOf, intervalsOf } from './tasks/comparison.js';
import type { TaskContext } from './tasks/context.js';
import type { Evaluation } from './tasks/evaluation.js';
import type { Outcome } from './tasks/outcomes.js';
import { surfaceTasks } from './tasks/surfaces.js';

export interface Results extends Evaluation {
  readonly outcomes: readonly Outcome[];
  readonly environment: readonly EnvironmentRecord[];
  readonly minutes: number;
}

/** Everything that the report shows beside history, surfaces and maps. */
export async function reportFacts(context: TaskContext, results: Results) {
  const { config, material } = context;
  const { scores, pictures, environment, minutes, outcomes } = results;
  const losses = material.losses.map(({ label }) => label);
  const { foreground } = material;
  return {
    title: config.report.title ?? config.name,
    losses,
    seeds: config.training.seeds,
    classes: [...material.classes],
    foreground,
    material: material.summary,
    environment,
    pictures,
    surfaces: surfaceTasks(context, outcomes).map(({ task, epoch, moment, name }) => ({
      name,
      loss: task.named.label,
      seed: task.seed,
      epoch,
      moment,
    })),
    scores,
    comparisons: comparisonsOf(scores, losses, `iou.${foreground}`),
    intervals: intervalsOf(scores, losses),
    diverged: outcomes.flatMap(({ diverged }) => (diverged ? [diverged] : [])),
    selection: await selectionFact(context, results),
    minutes,
  } satisfies ReportFacts;
}

/** How networks were chosen, and what the validation images say of each loss at the epochs that were scored. */
async function selectionFact(
  { config, material, run }: TaskContext,
  { scores }: Results,
): Promise<SelectionFact> {
  const epochs = scores.map(({ loss, seed, epoch }) => ({ loss, seed, epoch }));
  const select = selectionOf(config, material);
  if (material.validation.length === 0) return { select, epochs };
  const measure = selectionMeasure(config, material);
  const history = (await run.history()).filter(
    (row) => row.split === 'validation' && row.measure === measure,
  );
  const values: [string, number][] = [];
  for (const loss of new Set(epochs.map((entry) => entry.loss))) {
    const own = epochs
      .filter((entry) => entry.loss === loss)
      .map(({ seed, epoch }) =>
        history.find((row) => row.loss === loss && row.seed === seed && row.epoch === epoch),
      )
      .flatMap((row) => (row ? [row.value] : []));
    if (own.length > 0) values.push([loss, own.reduce((a, b) => a + b, 0) / own.length]);
  }
  return { select, measure, values: Object.fromEntries(values), epochs };
}
