import type { FoldsFact, ScoreFact } from '@segscape/report';
import type { TaskScores } from './task-scores.js';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The scores of a study with one entry a loss and seed: in cross-validation every image once, by the network of the fold that did
 * not train on it. A loss and seed of which a fold has no scores, since it diverged, is left out: its mean would be over other
 * images than that of the others.
 * @param folds how many there are.
 */
export function pooledOverFolds(scores: readonly TaskScores[], folds: number): readonly ScoreFact[] {
  if (folds === 1) return scores;
  const pooled = new Map<string, TaskScores[]>();
  for (const score of scores) {
    const key = JSON.stringify([score.loss, score.seed]);
    pooled.set(key, [...(pooled.get(key) ?? []), score]);
  }
  return [...pooled.values()]
    .filter((own) => own.length === folds)
    .map((own) => ({
      loss: own[0]!.loss,
      seed: own[0]!.seed,
      images: [...own].sort((a, b) => (a.fold ?? 0) - (b.fold ?? 0)).flatMap(({ images }) => images),
    }));
}

/**
 * What each loss comes to in each fold, its seeds averaged, and how far its folds differ beyond what their images explain: the
 * component of a one-way analysis of variance with the folds as a random factor, (mean square between folds − within) ÷ images
 * of a fold, at least 0, as a standard deviation.
 * @see Searle, Casella and McCulloch, Variance Components, 1992, section 3.6. https://doi.org/10.1002/9780470316856
 */
export function foldsFact(
  scores: readonly TaskScores[],
  losses: readonly string[],
  measure: string,
): FoldsFact {
  const count = Math.max(...scores.map(({ fold = 0 }) => fold)) + 1;
  const folds = Array.from({ length: count }, (_, fold) => scores.filter((score) => score.fold === fold));
  /** By fold, of every image its mean over the seeds. */
  const valuesOf = (loss: string) =>
    folds.map((own) => {
      const byImage = new Map<string, number[]>();
      for (const { images } of own.filter((score) => score.loss === loss))
        for (const image of images) {
          const value = image[measure];
          if (isNumber(value)) byImage.set(image.id, [...(byImage.get(image.id) ?? []), value]);
        }
      return [...byImage.values()].map(meanOf);
    });
  const table = losses.map((loss) => [loss, valuesOf(loss)] as const);
  return {
    measure,
    images: folds.map((own) => own[0]?.images.length ?? 0),
    losses: table.map(([loss, values]) => ({
      loss,
      means: values.map((own) => (own.length === 0 ? Number.NaN : meanOf(own))),
      deviation: betweenFolds(values.filter((own) => own.length > 0)),
    })),
  };
}

/** NaN where a fold has too few images to tell. */
function betweenFolds(groups: readonly (readonly number[])[]): number {
  const total = groups.reduce((sum, { length }) => sum + length, 0);
  const k = groups.length;
  if (k < 2 || total <= k) return Number.NaN;
  const grand = meanOf(groups.flat());
  const between = groups.reduce((sum, own) => sum + own.length * (meanOf(own) - grand) ** 2, 0) / (k - 1);
  const within =
    groups.reduce((sum, own) => sum + own.reduce((s, value) => s + (value - meanOf(own)) ** 2, 0), 0) /
    (total - k);
  const size = (total - groups.reduce((sum, { length }) => sum + length ** 2, 0) / total) / (k - 1);
  return Math.sqrt(Math.max(0, (between - within) / size));
}
