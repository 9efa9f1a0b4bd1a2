import { type CountMeasure, classCounts, countMeasures, countScore } from '@segscape/metrics';
import type { Adapter, Numbers } from '../adapter.js';
import { countsAt } from './counts.js';
import { scoreOptions } from './overlap.js';
import { pair } from './read.js';

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

export const confusionMetric: Adapter = (oracle) => {
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
