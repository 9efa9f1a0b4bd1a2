import { bootstrapInterval, compareAll } from '@segscape/metrics';
import type { ComparisonFact, IntervalFact } from '@segscape/report';
import type { TaskScores } from './evaluation.js';

/** One number per test image: its mean over the seeds that did not diverge, so that an image counts once. */
function perImage(scores: readonly TaskScores[], loss: string, measure: string): number[] {
  const own = scores.filter((entry) => entry.loss === loss);
  const ids = own[0]?.images.map(({ id }) => id) ?? [];
  return ids.map(
    (_, i) => own.reduce((sum, { images }) => sum + Number(images[i]![measure]), 0) / own.length,
  );
}

/** Mean and 95 % bootstrap interval over the test images, of every loss and measure. */
export function intervalsOf(scores: readonly TaskScores[], losses: readonly string[]): IntervalFact[] {
  const measures = Object.keys(scores[0]?.images[0] ?? {}).filter((name) => name !== 'id');
  return losses.flatMap((loss) =>
    measures.map((measure) => {
      const values = perImage(scores, loss, measure).filter((value) => !Number.isNaN(value));
      if (values.length === 0) return { loss, measure, mean: Number.NaN, low: Number.NaN, high: Number.NaN };
      const { estimate, low, high } = bootstrapInterval(values, { resamples: 2000 });
      return { loss, measure, mean: estimate, low, high };
    }),
  );
}

/** Whether two losses differ on a measure, image by image. */
export function comparisonsOf(
  scores: readonly TaskScores[],
  losses: readonly string[],
  measure: string,
): ComparisonFact[] {
  const scored = losses.filter((loss) => scores.some((entry) => entry.loss === loss));
  if (scored.length < 2) return [];
  const columns = Object.fromEntries(scored.map((loss) => [loss, perImage(scores, loss, measure)]));
  return compareAll(columns).map(({ first, second, difference, pValue, adjusted, effectSize, n }) => ({
    measure,
    a: first,
    b: second,
    difference,
    p: pValue,
    pHolm: adjusted,
    effect: effectSize,
    n,
  }));
}
