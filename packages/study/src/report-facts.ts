import type { ReportFacts } from '@segscape/report';
import type { EnvironmentRecord } from './run-study.js';
import { comparisonsOf, intervalsOf } from './tasks/comparison.js';
import type { Evaluation } from './tasks/evaluation.js';
import { surfaceTasks } from './tasks/surfaces.js';
import type { TaskContext } from './tasks/training.js';

export interface Results extends Evaluation {
  readonly environment: readonly EnvironmentRecord[];
  readonly minutes: number;
}

/** The rarest class but the first: what people look for. */
function foregroundOf(classes: readonly string[], shares: readonly number[]): string {
  const rare = classes.map((name, c) => ({ name, share: shares[c] ?? 0 })).slice(1);
  return rare.reduce((a, b) => (b.share < a.share ? b : a)).name;
}

/** Everything that the report shows beside history, surfaces and maps. */
export function reportFacts(context: TaskContext, { scores, pictures, environment, minutes }: Results) {
  const { config, material } = context;
  const losses = material.losses.map(({ label }) => label);
  const foreground = foregroundOf(material.classes, material.summary.shares);
  return {
    title: config.report.title ?? config.name,
    losses,
    seeds: config.training.seeds,
    classes: [...material.classes],
    foreground,
    material: material.summary,
    environment,
    pictures,
    surfaces: surfaceTasks(context).map(({ task, epoch, moment, name }) => ({
      name,
      loss: task.named.label,
      seed: task.seed,
      epoch,
      moment,
    })),
    scores,
    comparisons: comparisonsOf(scores, losses, `iou.${foreground}`),
    intervals: intervalsOf(scores, losses),
    minutes,
  } satisfies ReportFacts;
}
