import { type ClassCounts, classCounts } from '@segscape/metrics';
import type { Adapter } from '../adapter.js';
import { defined, ignoreIndexOf, pair } from './read.js';

export const countsAt = ({ tp, fp, fn, tn }: ClassCounts, k: number) => ({
  tp: tp[k]!,
  fp: fp[k]!,
  fn: fn[k]!,
  tn: tn[k]!,
});

const rows = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, n) =>
    Array.from({ length: width }, (__, c) => values[n * width + c]!),
  );

export const statScores: Adapter = (oracle) => {
  const { labels, predictions, classes } = pair(oracle);
  const counts = classCounts(labels, predictions, { ...defined({ classes }), ...ignoreIndexOf(oracle) });
  const column = (name: 'tp' | 'fp' | 'fn' | 'tn') => rows(counts[name], counts.classes);
  return { value: { tp: column('tp'), fp: column('fp'), fn: column('fn'), tn: column('tn') } };
};

export const statScoresOneHot: Adapter = (oracle) => {
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
