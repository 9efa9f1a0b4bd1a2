import { crossedTest, holm, pairedTest } from '@segscape/metrics';
import type { ComparisonFact, ReportFacts } from '../facts.js';
import { mean, scoresOf } from './scores.js';

/** Tests between the networks of different runs, and how their seeds were paired. */
export interface BetweenRuns {
  readonly comparisons: readonly ComparisonFact[];
  /** `'number'`: the same seeds in all; `'order'`: the runs share none, so the first goes with the first. */
  readonly seeds: 'number' | 'order';
  /** Pairs of seeds. */
  readonly count: number;
}

/** Which seeds of each loss go together. */
function pairedSeeds(
  facts: ReportFacts,
  losses: readonly string[],
): { readonly seeds: BetweenRuns['seeds']; readonly of: ReadonlyMap<string, readonly number[]> } {
  const own = new Map(
    losses.map((loss) => [
      loss,
      [...new Set(facts.scores.filter((entry) => entry.loss === loss).map(({ seed }) => seed))],
    ]),
  );
  const all = [...own.values()];
  const common = (all[0] ?? []).filter((seed) => all.every((seeds) => seeds.includes(seed)));
  if (common.length > 0) return { seeds: 'number', of: new Map(losses.map((loss) => [loss, common])) };
  const least = Math.min(...all.map(({ length }) => length));
  return { seeds: 'order', of: new Map([...own].map(([loss, seeds]) => [loss, seeds.slice(0, least)])) };
}

/**
 * Whether networks of different runs differ on a measure: paired by image, images of a patient counted once, and with several
 * seeds over crossed seeds and patients, as losses are compared within a run; Holm's correction over all pairs of two runs.
 * Pairs within a run are its own matter.
 *
 * @param facts of all runs as one, scored on the same images.
 * @param runs labels of the losses of each run, as the facts have them.
 * @param measure compared.
 * @returns no comparisons where fewer than two runs have scores of the measure.
 * @see `crossedTest` of @segscape/metrics.
 */
export function testsBetween(
  facts: ReportFacts,
  runs: readonly (readonly string[])[],
  measure: string,
): BetweenRuns {
  const isScored = (loss: string) =>
    facts.scores.some((entry) => entry.loss === loss && scoresOf(entry, measure).some(Number.isFinite));
  const scored = runs.map((losses) => losses.filter(isScored));
  const { seeds, of } = pairedSeeds(facts, scored.flat());
  const ids = facts.scores[0]?.images.map(({ id }) => id) ?? [];
  const groups = ids.map((id) =>
    facts.groups && Object.hasOwn(facts.groups, id) ? facts.groups[id]! : `image ${id}`,
  );
  const rowOf = (loss: string, seed: number): number[] => {
    const entry = facts.scores.find((candidate) => candidate.loss === loss && candidate.seed === seed);
    if (entry === undefined) return ids.map(() => Number.NaN);
    // Runs may list their images in another order.
    const values = scoresOf(entry, measure);
    const byImage = new Map(entry.images.map(({ id }, i) => [id, values[i]!]));
    return ids.map((id) => byImage.get(id) ?? Number.NaN);
  };
  const tables = new Map(
    scored.flat().map((loss) => [loss, (of.get(loss) ?? []).map((seed) => rowOf(loss, seed))]),
  );
  const imageMeans = (table: readonly (readonly number[])[]) =>
    ids.map((_, i) => mean(table.map((row) => row[i]!)));
  const pairs = scored.flatMap((own, r) =>
    scored.slice(r + 1).flatMap((others) => own.flatMap((a) => others.map((b) => ({ a, b })))),
  );
  const tests = pairs.map(({ a, b }) => {
    const [first, second] = [tables.get(a)!, tables.get(b)!];
    const {
      estimate,
      low,
      high,
      pValue,
      groups: n,
      seeds: count,
      method,
    } = crossedTest(first, second, { groups });
    const { effectSize } = pairedTest(imageMeans(first), imageMeans(second), { groups });
    return {
      measure,
      a,
      b,
      difference: estimate,
      low,
      high,
      p: pValue,
      effect: effectSize,
      n,
      seeds: count,
      method,
    };
  });
  const adjusted = holm(tests.map(({ p }) => p));
  return {
    comparisons: tests.map((test, i) => ({ ...test, pHolm: adjusted[i]! })),
    seeds,
    count: tests[0]?.seeds ?? 0,
  };
}
