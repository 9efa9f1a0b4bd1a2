import type { Scorer } from '@segscape/train';
import { exclusiveScores, planeScores, type StudyScores } from '../overlapping/plane-scores.js';
import type { Setup } from '../setup.js';

/** Fresh scores for one pass over a part of the data. */
export const scoresOf = ({ overlapping, ...setup }: Setup): StudyScores =>
  (overlapping ? planeScores : exclusiveScores)(setup);

/** The scores as `fit` takes them: averaged over images, as the original study did. */
export function scorer(setup: Setup): Scorer {
  const scores = scoresOf(setup);
  return {
    update: (labels, logits, ids) => scores.update(labels, logits, ids ?? []),
    compute: () => scores.overall(),
  };
}
