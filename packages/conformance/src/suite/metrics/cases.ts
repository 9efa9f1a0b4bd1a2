import {
  balancedAccuracy,
  brierScore,
  classCounts,
  cohenKappa,
  confusionMatrix,
  diceCoefficient,
  expectedCalibrationError,
  fBeta,
  generalizedDiceScore,
  iou,
  matthewsCorrcoef,
  pixelAccuracy,
  reliability,
  segmentationMetrics,
} from '@segscape/metrics';
import { argMax, softmax, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type HostCase, many, type Outcome, one, type Tensors } from '../case.js';
import { integers, normals } from '../inputs.js';

const shape = [2, 9, 8];
const classes = 3;

const inputs = () => ({
  labels: integers('truth', shape, 0, classes),
  logits: normals('scores', [...shape, classes], 2),
});

/** A metric of tensors that the backend made: what it reads must be what was computed. */
function metricCase(
  name: string,
  make: (logits: Tensor) => Tensor,
  measure: (labels: Tensor, made: Tensor) => Promise<Record<string, Outcome>>,
): HostCase {
  return {
    name: `metrics/${name}`,
    inputs,
    async measure({ labels, logits }: Tensors) {
      const made = tidy(() => make(logits!));
      try {
        return await measure(labels!, made);
      } finally {
        made.dispose();
      }
    },
  };
}

const predictions = (logits: Tensor) => argMax(logits, -1);

type Nested = number | readonly Nested[];

/** Scores of predicted classes, one number or several. */
const scores: Readonly<Record<string, (labels: Tensor, predicted: Tensor) => Promise<Nested>>> = {
  iou: (a, b) => iou(a, b, { classes, reduction: 'none' }),
  diceCoefficient: (a, b) => diceCoefficient(a, b, { classes, images: 'each', reduction: 'none' }),
  fBeta: (a, b) => fBeta(a, b, { classes, beta: 2 }),
  balancedAccuracy: (a, b) => balancedAccuracy(a, b, { classes }),
  generalizedDiceScore: (a, b) => generalizedDiceScore(a, b, { classes }),
  pixelAccuracy: (a, b) => pixelAccuracy(a, b),
  cohenKappa: (a, b) => cohenKappa(a, b, { classes }),
  matthewsCorrcoef: (a, b) => matthewsCorrcoef(a, b, { classes }),
};

/** The metrics that take tensors. */
export const metricCases: readonly HostCase[] = [
  metricCase(
    'segmentationMetrics of logits',
    (logits) => logits.clone(),
    async (labels, logits) => {
      const metrics = segmentationMetrics({ classes });
      await metrics.update(labels, logits);
      const { pixelAccuracy, iou, dice, confidence } = metrics.compute();
      return {
        'pixel accuracy': one(pixelAccuracy),
        iou: many(iou),
        dice: many(dice),
        confidence: many(confidence),
      };
    },
  ),
  metricCase('segmentationMetrics of probabilities', softmax, async (labels, probabilities) => {
    const metrics = segmentationMetrics({ classes, input: 'probabilities' });
    await metrics.update(labels, probabilities);
    const { iou, confidence } = metrics.compute();
    return { iou: many(iou), confidence: many(confidence) };
  }),
  metricCase('confusionMatrix', predictions, async (labels, predicted) => ({
    counts: many((await confusionMatrix(labels, predicted, { classes })).flat()),
  })),
  metricCase('classCounts', predictions, async (labels, predicted) => {
    const { tp, fp, fn, tn } = await classCounts(labels, predicted, { classes });
    return { tp: many(tp), fp: many(fp), fn: many(fn), tn: many(tn) };
  }),
  ...Object.entries(scores).map(([name, score]) =>
    metricCase(name, predictions, async (labels, predicted) => ({
      score: many([await score(labels, predicted)].flat(3) as number[]),
    })),
  ),
  metricCase('reliability', softmax, async (labels, probabilities) => {
    const bins = await reliability(labels, probabilities, { bins: 5 });
    return {
      confidence: many(bins.map(({ confidence }) => confidence)),
      accuracy: many(bins.map(({ accuracy }) => accuracy)),
    };
  }),
  metricCase('brierScore', softmax, async (labels, probabilities) => ({
    score: one(await brierScore(labels, probabilities)),
  })),
  metricCase('expectedCalibrationError', softmax, async (labels, probabilities) => ({
    error: one(await expectedCalibrationError(labels, probabilities, { bins: 7 })),
  })),
];
