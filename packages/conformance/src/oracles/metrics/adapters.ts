import { cohenKappa, confusionMatrix, fBeta, matthewsCorrcoef, pixelAccuracy } from '@segscape/metrics';
import type { Adapters } from '../adapter.js';
import { calibration, confidence } from './calibration.js';
import { confusionMetric } from './confusion-metric.js';
import { statScores, statScoresOneHot } from './counts.js';
import { generalizedDice, overlap, scoreOptions } from './overlap.js';
import { ignoreIndexOf, pair } from './read.js';
import { averageSurface, boundary, deepmindSurface, hausdorff, normalizedSurfaceDice } from './surfaces.js';

const normalizations = { true: 'true', pred: 'pred', all: 'all' } as const;

/** Adapters for `metrics.json`, by op. */
export const metricsAdapters: Adapters = {
  confusionMatrix(oracle) {
    const { labels, predictions, classes } = pair(oracle);
    const normalize = normalizations[oracle.params.normalize as keyof typeof normalizations] ?? 'none';
    return {
      value: confusionMatrix(labels, predictions, { classes: classes!, normalize, ...ignoreIndexOf(oracle) }),
    };
  },
  iou: overlap('iou'),
  dice: overlap('dice'),
  accuracyPerClass: overlap('accuracy'),
  recall: overlap('recall'),
  precision: overlap('precision'),
  specificity: overlap('specificity'),
  npv: overlap('negativePredictiveValue'),
  falsePositiveRate: overlap('falsePositiveRate'),
  falseNegativeRate: overlap('falseNegativeRate'),
  balancedAccuracy: overlap('balancedAccuracy'),
  fbeta(oracle) {
    const { labels, predictions } = pair(oracle);
    return {
      value: fBeta(labels, predictions, { ...scoreOptions(oracle), beta: oracle.params.beta as number }),
    };
  },
  confusionMetric,
  statScores,
  statScoresOneHot,
  cohenKappa(oracle) {
    const { labels, predictions, classes } = pair(oracle);
    return { value: cohenKappa(labels, predictions, { classes: classes!, ...ignoreIndexOf(oracle) }) };
  },
  matthewsCorrcoef(oracle) {
    const { labels, predictions, classes } = pair(oracle);
    return { value: matthewsCorrcoef(labels, predictions, { classes: classes!, ...ignoreIndexOf(oracle) }) };
  },
  pixelAccuracy(oracle) {
    const { labels, predictions } = pair(oracle);
    return { value: pixelAccuracy(labels, predictions, { images: 'mean', ...ignoreIndexOf(oracle) }) };
  },
  generalizedDiceScore: generalizedDice,
  calibrationError: calibration,
  confidence,
  hausdorff,
  averageSurfaceDistance: averageSurface,
  surfaceDice: normalizedSurfaceDice,
  boundaryIoU: boundary,
  deepmindSurface,
};
