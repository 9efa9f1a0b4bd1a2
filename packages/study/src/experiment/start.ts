import type { Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import type { ExperimentFact } from '@segscape/report';
import { selectionOf } from '../plan/selection.js';
import { loadSelected } from '../tasks/checkpoints.js';
import type { TaskContext } from '../tasks/context.js';
import { firstOf, type Outcome } from '../tasks/outcomes.js';
import { keptOfAll, keptWeights } from '../tasks/shown-networks.js';

/** The weights that every loss begins with, the caller's. */
export interface Start {
  readonly fact: ExperimentFact['from'];
  readonly params: Params;
}

/** @returns undefined where every training of the named loss diverged. */
export async function startOf(
  context: TaskContext,
  outcomes: readonly Outcome[],
): Promise<Start | undefined> {
  const { config, setup, run } = context;
  const { from = 'initial' } = config.experiment ?? {};
  const [seed] = config.training.seeds as [number, ...number[]];
  if (from === 'initial') return { fact: { epoch: 0, seed }, params: setup.model.init(seed) };
  const outcome = firstOf(outcomes, from.loss);
  if (outcome === undefined) return undefined;
  const { task } = outcome;
  const of = { loss: from.loss, seed: task.seed };
  if (from.epoch !== 'scored') {
    const { epoch } = from;
    // The last epoch is kept, too.
    const kept = await keptOfAll(context, [{ task, epoch: outcome.epoch + 1 }]);
    for (const near of kept.sort((a, b) => Math.abs(a - epoch) - Math.abs(b - epoch))) {
      const params = await keptWeights(context, task, near);
      if (params !== undefined) return { fact: { ...of, epoch: near }, params };
    }
  }
  const selected = await loadSelected(run, of, selectionOf(config, setup));
  return { fact: { ...of, epoch: selected.epoch }, params: toParams(selected.params) };
}
