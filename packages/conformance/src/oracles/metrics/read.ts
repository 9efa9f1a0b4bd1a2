import type { Grid } from '@segscape/metrics';
import type { Numbers, OracleCase } from '../adapter.js';

/** What is neither undefined nor null. */
export const defined = <T extends object>(record: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== null),
  ) as never;

/** Nested arrays as values in host memory, in double precision. */
export function grid(numbers: Numbers): Grid {
  const shape: number[] = [];
  let level: unknown = numbers;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0];
  }
  return { data: Float64Array.from((numbers as unknown[]).flat(shape.length) as number[]), shape };
}

export interface Pair {
  readonly labels: Grid;
  readonly predictions: Grid;
  readonly classes?: number;
}

/** Truth and prediction of a case: class indices, or one-hot. */
export function pair({ inputs }: OracleCase): Pair {
  if (inputs.predOneHot !== undefined)
    return { labels: grid(inputs.target!), predictions: grid(inputs.predOneHot) };
  return {
    labels: grid(inputs.mask!),
    predictions: grid(inputs.pred!),
    classes: inputs.numClasses as number,
  };
}

export const ignoreIndexOf = ({ params }: OracleCase) =>
  defined({ ignoreIndex: params.ignoreIndex as number | undefined });
