import { classMeasures, type Scores, segmentationMetrics } from '@segscape/metrics';
import type { Scorer } from '@segscape/train';
import type { Material } from '../material.js';

/** Scores as numbers by name: `pixelAccuracy`, `iou.disc`, …, `mean.iou`. */
export function flatScores(scores: Scores): Record<string, number> {
  const flat: Record<string, number> = { pixelAccuracy: scores.pixelAccuracy };
  for (const measure of classMeasures) {
    scores.classes.forEach((name, c) => {
      flat[`${measure}.${name}`] = scores[measure][c]!;
    });
    flat[`mean.${measure}`] = scores.mean[measure];
  }
  return flat;
}

/** Fresh metrics for one pass over a part of the data. */
export const metricsOf = ({ classes, ignoreIndex }: Material) =>
  segmentationMetrics({ classes, ...(ignoreIndex !== undefined && { ignoreIndex }) });

/** The metrics as `fit` takes them: averaged over images, as the original study did. */
export function scorer(material: Material): Scorer {
  const metrics = metricsOf(material);
  return {
    update: (labels, logits, ids) => metrics.update(labels, logits, ids),
    compute: () => flatScores(metrics.compute({ over: 'images' })),
  };
}
