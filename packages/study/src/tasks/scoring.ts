import { scoreRecord, segmentationMetrics } from '@segscape/metrics';
import type { Scorer } from '@segscape/train';
import type { Setup } from '../setup.js';

/** Fresh metrics for one pass over a part of the data. */
export const metricsOf = ({ classes, ignoreIndex }: Setup) =>
  segmentationMetrics({ classes, ...(ignoreIndex !== undefined && { ignoreIndex }) });

/** The metrics as `fit` takes them: averaged over images, as the original study did. */
export function scorer(setup: Setup): Scorer {
  const metrics = metricsOf(setup);
  return {
    update: (labels, logits, ids) => metrics.update(labels, logits, ids),
    compute: () => scoreRecord(metrics.compute({ over: 'images' })),
  };
}
