import { compareCrossed, crossedInterval, crossedTest, pairedTest, powerOf } from '@segscape/metrics';
import type { ComparisonFact, IntervalFact, PowerFact, ScoreFact } from '@segscape/report';

/** Scores of a study and whose images they are. */
export interface Compared {
  /** One entry a loss and seed, all of the same images in the same order. */
  readonly scores: readonly ScoreFact[];
  /** Patients by image. */
  readonly groups: ReadonlyMap<string, string>;
}

const seedsOf = (scores: readonly ScoreFact[], loss: string) =>
  scores.filter((entry) => entry.loss === loss).map(({ seed }) => seed);

/** Values `[seed][image]` of a loss, of the seeds that did not diverge, or of the given ones. */
function tableOf(
  scores: readonly ScoreFact[],
  loss: string,
  measure: string,
  seeds = seedsOf(scores, loss),
): number[][] {
  const own = scores.filter((entry) => entry.loss === loss && seeds.includes(entry.seed));
  return own.map(({ images }) => images.map((image) => Number(image[measure] ?? Number.NaN)));
}

/** The group of each image, in the order of the scores; an image without one is its own. */
const groupsOf = ({ scores, groups }: Compared) =>
  (scores[0]?.images ?? []).map(({ id }) => groups.get(id) ?? `image ${id}`);

/** A share cannot leave [0, 1], whatever its interval says. */
const isShare = (values: readonly (readonly number[])[]) =>
  values.every((row) => row.every((value) => !(value < 0 || value > 1)));

/**
 * Mean and 95 % interval of every loss and measure: over patients, and with several seeds over seeds, too. A distance
 * that is infinite has no mean.
 */
export function intervalsOf(compared: Compared, losses: readonly string[]): IntervalFact[] {
  const { scores } = compared;
  const groups = groupsOf(compared);
  const measures = [
    ...new Set(scores.flatMap(({ images }) => images.flatMap((image) => Object.keys(image)))),
  ].filter((name) => name !== 'id');
  return losses.flatMap((loss) =>
    measures.map((measure) => {
      const table = tableOf(scores, loss, measure).map((row) =>
        row.map((value) => (Number.isFinite(value) ? value : Number.NaN)),
      );
      const none = { loss, measure, mean: Number.NaN, low: Number.NaN, high: Number.NaN };
      if (!table[0]?.some((_, i) => table.every((row) => !Number.isNaN(row[i])))) return none;
      const { estimate, low, high, variance } = crossedInterval(table, { groups });
      const [least, most] = isShare(table) ? [0, 1] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      return {
        loss,
        measure,
        mean: estimate,
        low: Math.max(least, low),
        high: Math.min(most, high),
        variance,
      };
    }),
  );
}

/** Whether two losses differ on a measure; over the seeds that both have. */
export function comparisonsOf(
  compared: Compared,
  losses: readonly string[],
  measure: string,
): ComparisonFact[] {
  const { scores } = compared;
  const scored = losses.filter((loss) => scores.some((entry) => entry.loss === loss));
  if (scored.length < 2) return [];
  const common = seedsOf(scores, scored[0]!).filter((seed) =>
    scored.every((loss) => seedsOf(scores, loss).includes(seed)),
  );
  const columns = Object.fromEntries(scored.map((loss) => [loss, tableOf(scores, loss, measure, common)]));
  const groups = groupsOf(compared);
  return compareCrossed(columns, { groups }).map((test) => {
    const { first, second, estimate, low, high, pValue, adjusted, seeds, method } = test;
    const [a, b] = [columns[first]!, columns[second]!];
    return {
      measure,
      a: first,
      b: second,
      difference: estimate,
      low,
      high,
      p: pValue,
      pHolm: adjusted,
      effect: pairedTest(imageMeans(a), imageMeans(b), { groups }).effectSize,
      n: test.groups,
      seeds,
      method,
    };
  });
}

const imageMeans = (table: readonly (readonly number[])[]) =>
  (table[0] ?? []).map((_, i) => table.reduce((sum, row) => sum + row[i]!, 0) / table.length);

const moreSeeds = [2, 3, 5, 8, 12, 20] as const;

/**
 * How likely a study of more seeds, or of more patients, would be to settle the leader against the next, if the difference
 * were the one that was seen. Undefined with one seed, since nothing is known of how seeds scatter.
 */
export function powerFact(
  compared: Compared,
  pair: { readonly a: string; readonly b: string; readonly measure: string },
): PowerFact | undefined {
  const { scores } = compared;
  const both = seedsOf(scores, pair.a).filter((seed) => seedsOf(scores, pair.b).includes(seed));
  if (both.length < 2) return undefined;
  const [a, b] = [tableOf(scores, pair.a, pair.measure, both), tableOf(scores, pair.b, pair.measure, both)];
  const { estimate, variance, seeds, groups } = crossedTest(a, b, { groups: groupsOf(compared) });
  // One patient tells nothing of the scatter that a larger study would have.
  if (!Number.isFinite(estimate) || !Number.isFinite(variance.rest)) return undefined;
  const at = (design: { seeds: number; groups: number }) => ({
    ...design,
    power: powerOf(estimate, variance, design),
  });
  return {
    ...pair,
    difference: estimate,
    variance,
    seeds,
    groups,
    bySeeds: moreSeeds.map((count) => at({ seeds: count, groups })),
    byGroups: [1, 2, 4, 8].map((factor) => at({ seeds, groups: factor * groups })),
  };
}
