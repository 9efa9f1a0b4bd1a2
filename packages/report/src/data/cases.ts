import type { ReportFacts } from '../facts.js';
import { mean, scoresOf, shareText } from './scores.js';

/** An image with its value under each loss. */
export interface ImageCase {
  readonly id: string;
  /** In the order of the losses; NaN where there is none. */
  readonly values: readonly number[];
}

/** Whether the images are judged by the networks that the pictures are of, one a loss, not by means over the seeds. */
export const isByNetwork = ({ cases }: ReportFacts): boolean => cases !== undefined;

/** Seed of the network of a loss that the pictures are of. */
export const shownSeed = ({ disputes, scores }: ReportFacts, loss: string): number | undefined =>
  disputes !== undefined && Object.hasOwn(disputes.seeds, loss)
    ? disputes.seeds[loss]
    : scores.find((entry) => entry.loss === loss)?.seed;

/** Every scored image with its value under each loss: of the shown networks where the run names cases, else means over the seeds. */
export function casesBy(facts: ReportFacts, measure: string): ImageCase[] {
  const ids = [...new Set(facts.scores.flatMap(({ images }) => images.map(({ id }) => id)))];
  const tables = facts.losses.map((loss) => {
    const seed = isByNetwork(facts) ? shownSeed(facts, loss) : undefined;
    const found = new Map<string, number[]>();
    for (const entry of facts.scores) {
      if (entry.loss !== loss || (seed !== undefined && entry.seed !== seed)) continue;
      const values = scoresOf(entry, measure);
      for (const [i, { id }] of entry.images.entries())
        if (Number.isFinite(values[i])) found.set(id, [...(found.get(id) ?? []), values[i]!]);
    }
    return found;
  });
  return ids.map((id) => ({ id, values: tables.map((table) => mean(table.get(id) ?? [])) }));
}

/** How far the network of a loss is from those of the others on an image, in [0, 1]; NaN where nobody measured. */
export function disputeOf({ disputes }: ReportFacts, loss: string, id: string): number {
  const byLoss = disputes?.images.find((entry) => entry.id === id)?.byLoss ?? {};
  return Object.hasOwn(byLoss, loss) ? byLoss[loss]! : Number.NaN;
}

/**
 * Why images are shown, each with the number that put it there: `'worst of Dice (IoU 0.341)'`.
 * @param facts of the run.
 * @returns by id; empty where the run names no cases.
 */
export function reasonsOf(facts: ReportFacts): Map<string, string[]> {
  const { cases = [], disputes, losses, foreground } = facts;
  const reasons = new Map<string, string[]>();
  const add = (id: string, what: string, value: number, unit: string) => {
    const number = Number.isFinite(value) ? ` (${unit} ${shareText(value)})` : '';
    reasons.set(id, [...(reasons.get(id) ?? []), `${what}${number}`]);
  };
  const scored = cases.length === 0 ? [] : casesBy(facts, `iou.${foreground}`);
  const iou = (loss: string, id: string) =>
    scored.find((entry) => entry.id === id)?.values[losses.indexOf(loss)] ?? Number.NaN;
  const argued = disputes?.images.filter(({ disagreement }) => Number.isFinite(disagreement)) ?? [];
  const most = argued.reduce<(typeof argued)[number] | undefined>(
    (top, entry) => (top === undefined || entry.disagreement > top.disagreement ? entry : top),
    undefined,
  );
  // Where all masks are the same nothing is disputed.
  if (most !== undefined && most.disagreement > 0)
    add(most.id, 'most disputed among all losses', most.disagreement, 'distance');
  for (const { loss, worst, best, disputed } of cases) {
    add(worst, `worst of ${loss}`, iou(loss, worst), 'IoU');
    add(best, `best of ${loss}`, iou(loss, best), 'IoU');
    const distance = disputed === undefined ? 0 : disputeOf(facts, loss, disputed);
    if (disputed !== undefined && distance > 0)
      add(disputed, `${loss} farthest from the others`, distance, 'distance');
  }
  return reasons;
}
