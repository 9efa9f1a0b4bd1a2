import {
  type CountMeasure,
  countScore,
  diceCoefficient,
  generalizedDiceScore,
  type ScoreOptions,
} from '@segscape/metrics';
import type { Adapter, Numbers, OracleCase } from '../adapter.js';
import { defined, ignoreIndexOf, pair } from './read.js';

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

export function scoreOptions(oracle: OracleCase): ScoreOptions {
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

/** Adapter of one measure of counts, by the peers' several definitions. */
export function overlap(measure: CountMeasure): Adapter {
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

export const generalizedDice: Adapter = (oracle) => {
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
