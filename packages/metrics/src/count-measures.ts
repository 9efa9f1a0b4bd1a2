/** Pixels of one class against the rest. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

// A denominator of 0 gives NaN: what is not defined is not a number.
const ratio = (above: number, below: number) => (below === 0 ? Number.NaN : above / below);

const recall = ({ tp, fn }: Counts) => ratio(tp, tp + fn);
const specificity = ({ tn, fp }: Counts) => ratio(tn, tn + fp);
const precision = ({ tp, fp }: Counts) => ratio(tp, tp + fp);
const negativePredictiveValue = ({ tn, fn }: Counts) => ratio(tn, tn + fn);
const falsePositiveRate = ({ fp, tn }: Counts) => ratio(fp, fp + tn);
const falseNegativeRate = ({ fn, tp }: Counts) => ratio(fn, fn + tp);

/** Measures that follow from the four counts; NaN where a denominator is 0. */
export const countMeasures = {
  /** Jaccard index, threat score: TP / (TP + FP + FN). */
  iou: ({ tp, fp, fn }: Counts) => ratio(tp, tp + fp + fn),
  /** F1 score: 2 TP / (2 TP + FP + FN). */
  dice: ({ tp, fp, fn }: Counts) => ratio(2 * tp, 2 * tp + fp + fn),
  /** Positive predictive value: TP / (TP + FP). */
  precision,
  /** Sensitivity, true positive rate: TP / (TP + FN). */
  recall,
  /** True negative rate: TN / (TN + FP). */
  specificity,
  /** TN / (TN + FN). */
  negativePredictiveValue,
  /** FP / (FP + TN). */
  falsePositiveRate,
  /** FN / (FN + TP). */
  falseNegativeRate,
  /** FP / (FP + TP). */
  falseDiscoveryRate: ({ fp, tp }: Counts) => ratio(fp, fp + tp),
  /** FN / (FN + TN). */
  falseOmissionRate: ({ fn, tn }: Counts) => ratio(fn, fn + tn),
  /** (TP + TN) / all. */
  accuracy: ({ tp, fp, fn, tn }: Counts) => ratio(tp + tn, tp + fp + fn + tn),
  /** Mean of recall and specificity. */
  balancedAccuracy: (counts: Counts) => (recall(counts) + specificity(counts)) / 2,
  /** (√(TPR · FPR) + TNR − 1) / (TPR + TNR − 1). */
  prevalenceThreshold(counts: Counts) {
    const [tpr, tnr] = [recall(counts), specificity(counts)];
    return ratio(Math.sqrt(tpr * (1 - tnr)) + tnr - 1, tpr + tnr - 1);
  },
  /** Matthews correlation of one class against the rest. */
  matthews: ({ tp, fp, fn, tn }: Counts) =>
    ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
  /** Geometric mean of precision and recall. */
  fowlkesMallows: (counts: Counts) => Math.sqrt(precision(counts) * recall(counts)),
  /** Recall + specificity − 1 (Youden's J). */
  informedness: (counts: Counts) => recall(counts) + specificity(counts) - 1,
  /** Recall / (1 − specificity), LR+: how much more likely a hit is than a false alarm; NaN without one, as in MetricsReloaded. */
  positiveLikelihoodRatio: (counts: Counts) => ratio(recall(counts), falsePositiveRate(counts)),
  /** (1 − recall) / specificity, LR−. */
  negativeLikelihoodRatio: (counts: Counts) => ratio(falseNegativeRate(counts), specificity(counts)),
  /** Precision + negative predictive value − 1. */
  markedness: (counts: Counts) => precision(counts) + negativePredictiveValue(counts) - 1,
} as const;

export type CountMeasure = keyof typeof countMeasures;

/** (1 + β²) TP / ((1 + β²) TP + β² FN + FP): recall counts β times as much as precision. */
export function fBetaOf(beta: number): (counts: Counts) => number {
  // From some β on it is recall to the last digit; an infinite square would make it ∞/∞.
  const square = Math.min(beta * beta, 1e100);
  return ({ tp, fp, fn }) => ratio((1 + square) * tp, (1 + square) * tp + square * fn + fp);
}
