import {
  averageSurfaceDistance,
  boundaryIou,
  byImageAndClass,
  type ClassCounts,
  type CountMeasure,
  classCounts,
  cohenKappa,
  confidenceMap,
  confusionMatrix,
  countMeasures,
  countScore,
  type DirectedDistances,
  diceCoefficient,
  expectedCalibrationError,
  fBeta,
  type Grid,
  generalizedDiceScore,
  hausdorffDistance,
  type Mask,
  matthewsCorrcoef,
  pixelAccuracy,
  type ScoreOptions,
  segmentationMetrics,
  surfaceDice,
  surfaceDistances,
} from '@segscape/metrics';
import type { Adapter, Adapters, Numbers, OracleCase } from './adapter.js';

const defined = <T extends object>(record: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== null),
  ) as never;

/** Nested arrays as values in host memory, in double precision. */
function grid(numbers: Numbers): Grid {
  const shape: number[] = [];
  let level: unknown = numbers;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0];
  }
  return { data: Float64Array.from((numbers as unknown[]).flat(shape.length) as number[]), shape };
}

interface Pair {
  readonly labels: Grid;
  readonly predictions: Grid;
  readonly classes?: number;
}

/** Truth and prediction of a case: class indices, or one-hot. */
function pair({ inputs }: OracleCase): Pair {
  if (inputs.predOneHot !== undefined)
    return { labels: grid(inputs.target!), predictions: grid(inputs.predOneHot) };
  return {
    labels: grid(inputs.mask!),
    predictions: grid(inputs.pred!),
    classes: inputs.numClasses as number,
  };
}

const ignoreIndexOf = ({ params }: OracleCase) =>
  defined({ ignoreIndex: params.ignoreIndex as number | undefined });

/** smp's names for what is reduced over classes and over images. */
const smpReductions: Readonly<Record<string, ScoreOptions>> = {
  none: { reduction: 'none', images: 'each' },
  micro: { reduction: 'micro' },
  macro: { reduction: 'macro' },
  weighted: { reduction: 'weighted' },
  'micro-imagewise': { reduction: 'micro', images: 'mean' },
  'macro-imagewise': { reduction: 'macro', images: 'mean' },
  'weighted-imagewise': { reduction: 'weighted', images: 'mean' },
};

function scoreOptions(oracle: OracleCase): ScoreOptions {
  const { params } = oracle;
  const zeroDivision = params.zeroDivision === undefined ? Number.NaN : Number(params.zeroDivision);
  return {
    ...smpReductions[params.reduction as string],
    ...defined({
      classes: oracle.inputs.numClasses as number | undefined,
      classWeights: params.classWeights as number[] | undefined,
      includeBackground: params.includeBackground as boolean | undefined,
    }),
    ...ignoreIndexOf(oracle),
    zeroDivision,
  };
}

/** MONAI: a class without true pixels is NaN, or right (1) exactly when it is not predicted either. */
const monaiOptions = (oracle: OracleCase): ScoreOptions => ({
  ...scoreOptions(oracle),
  reduction: 'none',
  images: 'each',
  emptyTruth: oracle.params.ignoreEmpty === false ? 'score' : 'skip',
  zeroDivision: oracle.params.ignoreEmpty === false ? 1 : Number.NaN,
});

function overlap(measure: CountMeasure): Adapter {
  return (oracle) => {
    const { labels, predictions } = pair(oracle);
    const { definition = '', average, aggregationLevel, perClass } = oracle.params;
    if (definition.startsWith('monai.'))
      return { value: countScore(measure, labels, predictions, monaiOptions(oracle)) };
    if (definition === 'torchmetrics.dice_score') {
      const global = aggregationLevel === 'global';
      const options = {
        ...scoreOptions(oracle),
        reduction: average as NonNullable<ScoreOptions['reduction']>,
      };
      const value = diceCoefficient(labels, predictions, { ...options, images: global ? 'pooled' : 'each' });
      return { value: global ? [value] : value };
    }
    if (definition === 'torchmetrics.mean_iou') {
      const options = { ...scoreOptions(oracle), images: 'each' as const };
      if (perClass === false)
        return { value: countScore(measure, labels, predictions, { ...options, reduction: 'macro' }) };
      // Their mark of a class that is in neither is -1.
      return {
        value: countScore(measure, labels, predictions, { ...options, reduction: 'none', zeroDivision: -1 }),
      };
    }
    return { value: countScore(measure, labels, predictions, scoreOptions(oracle)) };
  };
}

/** MONAI's names of the measures. */
const monaiMeasures: Readonly<Record<string, CountMeasure>> = {
  sensitivity: 'recall',
  recall: 'recall',
  'hit rate': 'recall',
  'true positive rate': 'recall',
  tpr: 'recall',
  specificity: 'specificity',
  selectivity: 'specificity',
  'true negative rate': 'specificity',
  tnr: 'specificity',
  precision: 'precision',
  'positive predictive value': 'precision',
  ppv: 'precision',
  'negative predictive value': 'negativePredictiveValue',
  npv: 'negativePredictiveValue',
  'miss rate': 'falseNegativeRate',
  'false negative rate': 'falseNegativeRate',
  fnr: 'falseNegativeRate',
  'fall out': 'falsePositiveRate',
  'false positive rate': 'falsePositiveRate',
  fpr: 'falsePositiveRate',
  'false discovery rate': 'falseDiscoveryRate',
  fdr: 'falseDiscoveryRate',
  'false omission rate': 'falseOmissionRate',
  for: 'falseOmissionRate',
  'prevalence threshold': 'prevalenceThreshold',
  pt: 'prevalenceThreshold',
  'threat score': 'iou',
  'critical success index': 'iou',
  ts: 'iou',
  csi: 'iou',
  accuracy: 'accuracy',
  acc: 'accuracy',
  'balanced accuracy': 'balancedAccuracy',
  ba: 'balancedAccuracy',
  'f1 score': 'dice',
  f1: 'dice',
  'matthews correlation coefficient': 'matthews',
  mcc: 'matthews',
  'fowlkes mallows index': 'fowlkesMallows',
  fm: 'fowlkesMallows',
  informedness: 'informedness',
  'bookmaker informedness': 'informedness',
  bm: 'informedness',
  markedness: 'markedness',
  deltap: 'markedness',
  mk: 'markedness',
};

const countsAt = ({ tp, fp, fn, tn }: ClassCounts, k: number) => ({
  tp: tp[k]!,
  fp: fp[k]!,
  fn: fn[k]!,
  tn: tn[k]!,
});

/** MONAI's reductions over `[batch][classes]`, which leave NaN out and give 0 where nothing is left. */
function monaiReduce(
  table: readonly (readonly number[])[],
  reduction: string,
): { value: Numbers; notNans: number[] } {
  const columns = table[0]!.map((_, c) => table.map((row) => row[c]!));
  const present = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value));
  const total = (values: readonly number[]) => present(values).reduce((sum, value) => sum + value, 0);
  const mean = (values: readonly number[]) =>
    present(values).length === 0 ? 0 : total(values) / present(values).length;
  const groups = reduction.endsWith('_batch')
    ? columns
    : reduction.endsWith('_channel')
      ? table
      : [table.flat()];
  const notNans = groups.map((group) => present(group).length);
  if (reduction.startsWith('sum')) return { value: groups.map(total), notNans };
  if (reduction !== 'mean') return { value: groups.map(mean), notNans };
  const rows = table.filter((row) => present(row).length > 0).map(mean);
  return { value: [mean(rows)], notNans: [rows.length] };
}

const confusionMetric: Adapter = (oracle) => {
  const { labels, predictions } = pair(oracle);
  const name = oracle.params.metric as string;
  const measure = monaiMeasures[name.replaceAll('_', ' ')];
  if (measure === undefined) throw new Error(`unknown measure '${name}'`);
  const reduction = (oracle.params.reduction as string | undefined) ?? 'none';
  const options = {
    ...scoreOptions(oracle),
    reduction: 'none' as const,
    images: 'each' as const,
    zeroDivision: Number.NaN,
  };
  if (oracle.params.computeSample === false) {
    // Counts are reduced first, then one score is made of them.
    const counts = classCounts(labels, predictions, options);
    const sumOver = (ks: readonly number[]) =>
      ks
        .map((k) => countsAt(counts, k))
        .reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn }));
    const indices = Array.from({ length: counts.images * counts.classes }, (_, k) => k);
    const groups = reduction.endsWith('_batch')
      ? Array.from({ length: counts.classes }, (_, c) => indices.filter((k) => k % counts.classes === c))
      : [indices];
    return { value: groups.map((group) => countMeasures[measure](sumOver(group))) };
  }
  const table = countScore(measure, labels, predictions, options) as number[][];
  if (reduction === 'none') return { value: table };
  const { value, notNans } = monaiReduce(table, reduction);
  return { value: Array.isArray(oracle.expected) ? value : { value, notNans } };
};

const rows = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, n) =>
    Array.from({ length: width }, (__, c) => values[n * width + c]!),
  );

const statScores: Adapter = (oracle) => {
  const { labels, predictions, classes } = pair(oracle);
  const counts = classCounts(labels, predictions, { ...defined({ classes }), ...ignoreIndexOf(oracle) });
  const column = (name: 'tp' | 'fp' | 'fn' | 'tn') => rows(counts[name], counts.classes);
  return { value: { tp: column('tp'), fp: column('fp'), fn: column('fn'), tn: column('tn') } };
};

const statScoresOneHot: Adapter = (oracle) => {
  const { labels, predictions } = pair(oracle);
  const counts = classCounts(labels, predictions);
  const first = oracle.params.includeBackground === false ? 1 : 0;
  return {
    value: Array.from({ length: counts.images }, (_, n) =>
      Array.from({ length: counts.classes - first }, (__, c) => {
        const { tp, fp, tn, fn } = countsAt(counts, n * counts.classes + first + c);
        return [tp, fp, tn, fn];
      }),
    ),
  };
};

const generalizedDice: Adapter = (oracle) => {
  const { labels, predictions, classes } = pair(oracle);
  const { definition, weightType, includeBackground } = oracle.params;
  const common = {
    ...defined({ classes, includeBackground: includeBackground as boolean | undefined }),
    ...ignoreIndexOf(oracle),
  };
  if (definition === 'monai.compute_generalized_dice')
    return {
      value: generalizedDiceScore(labels, predictions, {
        ...common,
        weightType: weightType as 'square' | 'simple' | 'uniform',
        // One entry a class where the expected value has them.
        reduction: Array.isArray((oracle.expected as Numbers[])[0]) ? 'none' : 'sum',
      }),
    };
  // torchmetrics calls the weight of 1 linear.
  const names = { square: 'square', simple: 'simple', linear: 'uniform' } as const;
  const type = names[weightType as keyof typeof names];
  return {
    value: generalizedDiceScore(labels, predictions, {
      ...common,
      weightType: type,
      absentWeight: 'batch',
      zeroDivision: 0,
    }),
  };
};

const calibration: Adapter = (oracle) => {
  const { bins, norm } = oracle.params;
  return {
    value: expectedCalibrationError(grid(oracle.inputs.mask!), grid(oracle.inputs.probs!), {
      bins: bins as number,
      norm: norm as 'l1' | 'l2' | 'max',
      ...ignoreIndexOf(oracle),
    }),
  };
};

const confidence: Adapter = async (oracle) => {
  const [labels, probabilities] = [grid(oracle.inputs.mask!), grid(oracle.inputs.probs!)];
  const channels = probabilities.shape.at(-1)!;
  const metrics = segmentationMetrics({
    classes: Math.max(channels, 2),
    input: 'probabilities',
    ...ignoreIndexOf(oracle),
  });
  await metrics.update(labels, probabilities);
  const map = confidenceMap(labels, probabilities, ignoreIndexOf(oracle));
  const nested = (data: readonly number[], shape: readonly number[]): Numbers => {
    if (shape.length <= 1) return [...data];
    const span = data.length / shape[0]!;
    return Array.from({ length: shape[0]! }, (_, i) =>
      nested(data.slice(i * span, (i + 1) * span), shape.slice(1)),
    );
  };
  return { value: { map: nested([...map.data], map.shape), perClass: [...metrics.compute().confidence] } };
};

type ByObject = (truth: Mask, prediction: Mask) => number;

function byObject(oracle: OracleCase, measure: ByObject): { value: Numbers } {
  const { labels, predictions, classes } = pair(oracle);
  const includeBackground = oracle.params.includeBackground === true;
  if (classes !== undefined)
    return { value: byImageAndClass(labels, predictions, { classes, includeBackground }, measure) };
  // One-hot: each channel of each image is a mask of its own.
  const [batch, channels] = [labels.shape[0]!, labels.shape.at(-1)!];
  const shape = labels.shape.slice(1, -1);
  const span = shape.reduce((product, n) => product * n, 1);
  const mask = ({ data }: Grid, n: number, c: number): Mask => ({
    data: Uint8Array.from({ length: span }, (_, i) => Number(data[(n * span + i) * channels + c]! > 0.5)),
    shape,
  });
  const first = includeBackground || channels === 1 ? 0 : 1;
  return {
    value: Array.from({ length: batch }, (_, n) =>
      Array.from({ length: channels - first }, (__, k) =>
        measure(mask(labels, n, first + k), mask(predictions, n, first + k)),
      ),
    ),
  };
}

const distanceOptions = ({ params }: OracleCase) => {
  const distance =
    (params.distanceMetric as 'euclidean' | 'chessboard' | 'taxicab' | undefined) ?? 'euclidean';
  // The peers' lattice distances know no spacing.
  const spacing =
    distance === 'euclidean' ? (params.spacing as number[] | number | undefined | null) : undefined;
  return { distance, spacing };
};

const spacingFor = (spacing: number[] | number | undefined | null, { shape }: Mask) =>
  spacing === undefined || spacing === null
    ? {}
    : { spacing: typeof spacing === 'number' ? shape.map(() => spacing) : spacing };

const hausdorff: Adapter = (oracle) => {
  const { distance, spacing } = distanceOptions(oracle);
  const percentile = oracle.params.percentile as number | null | undefined;
  return byObject(oracle, (truth, predicted) =>
    hausdorffDistance(truth, predicted, {
      distance,
      ...spacingFor(spacing, truth),
      directed: oracle.params.directed === true,
      // MONAI interpolates between infinities: NaN with a percentile where one mask is empty (its issue 9095).
      ...(typeof percentile === 'number' && { percentile, oneEmpty: Number.NaN }),
    }),
  );
};

const averageSurface: Adapter = (oracle) => {
  const { distance, spacing } = distanceOptions(oracle);
  return byObject(oracle, (truth, predicted) =>
    averageSurfaceDistance(truth, predicted, {
      distance,
      ...spacingFor(spacing, truth),
      symmetric: oracle.params.symmetric === true,
    }),
  );
};

const normalizedSurfaceDice: Adapter = (oracle) => {
  const { distance, spacing } = distanceOptions(oracle);
  const { threshold, useSubvoxels } = oracle.params;
  // One threshold for all classes, or one for each class.
  const thresholds = Array.isArray(threshold) ? (threshold as number[]) : undefined;
  let cell = 0;
  return byObject(oracle, (truth, predicted) =>
    surfaceDice(truth, predicted, {
      distance,
      ...spacingFor(spacing, truth),
      tolerance: thresholds === undefined ? (threshold as number) : thresholds[cell++ % thresholds.length]!,
      surface: useSubvoxels === true ? 'contours' : 'pixels',
    }),
  );
};

/** One mask per image, of the class that the case names. */
function ofClass(
  oracle: OracleCase,
  measure: (truth: Mask, prediction: Mask) => Numbers,
): { value: Numbers } {
  const { labels, predictions, classes = 2 } = pair(oracle);
  const wanted = (oracle.params.class as number | undefined) ?? 1;
  const table = byImageAndClass(
    labels,
    predictions,
    { classes, includeBackground: true },
    (truth, predicted) => [truth, predicted] as const,
  );
  return { value: table.map((row) => measure(...row[wanted]!)) };
}

const boundary: Adapter = (oracle) =>
  ofClass(oracle, (truth, predicted) =>
    boundaryIou(truth, predicted, { dilationRatio: oracle.params.dilationRatio as number }),
  );

/** DeepMind's numbers of one object, from our distances and contour lengths. */
const deepmindSurface: Adapter = (oracle) =>
  ofClass(oracle, (truth, predicted) => {
    const options = { spacing: oracle.params.spacing as number[], surface: 'contours' as const };
    const { truthToPrediction, predictionToTruth } = surfaceDistances(truth, predicted, options);
    const sides = [truthToPrediction, predictionToTruth];
    const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
    const average = ({ distances, weights }: DirectedDistances) =>
      sum(distances.map((d, i) => d * weights[i]!)) / sum(weights);
    const within = ({ distances, weights }: DirectedDistances) =>
      sum(weights.map((w, i) => (distances[i]! <= 1 ? w : 0))) / sum(weights);
    const robust = (percentile: number) =>
      hausdorffDistance(truth, predicted, { ...options, percentile, bothEmpty: Number.POSITIVE_INFINITY });
    const dice = diceCoefficient(
      { data: truth.data, shape: [1, ...truth.shape] },
      { data: predicted.data, shape: [1, ...predicted.shape] },
      { classes: 2, reduction: 'none' },
    ) as number[];
    return {
      averageSurfaceDistance: sides.map(average),
      hausdorff100: robust(100),
      hausdorff95: robust(95),
      overlapAt1: sides.map(within),
      surfaceDiceAt1: surfaceDice(truth, predicted, { ...options, tolerance: 1 }),
      volumetricDice: dice[1]!,
    };
  });

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
