import { assertKnown, assertOption, optionNames, SegscapeError } from '@segscape/core';
import type { Measures } from './evaluate.js';

/** Which epoch's weights count as the best. */
export interface SelectOptions {
  /** The part of `validation` that decides; never the one that the final scores are told of. Default `'validation'`. */
  readonly split?: string;
  /** Default `'loss'`. */
  readonly measure?: string;
  /** Which end of the measure is the better one. Default `'least'` for a loss, else `'most'`: a distance or an error needs `'least'`. */
  readonly best?: 'least' | 'most';
  /** By how much a value must be better than the best so far to count as better, at least 0. Default 0. */
  readonly threshold?: number;
  /** Whether `threshold` is in the units of the measure (Keras's `min_delta`) or a share of the best value's size. Default `'absolute'`. */
  readonly thresholdMode?: 'absolute' | 'relative';
  /** Stop after this many epochs without a better value. Default: never. */
  readonly patience?: number;
}

/** What says which epochs are better: the names of the options. */
export const watched = optionNames<Omit<SelectOptions, 'patience'>>({
  split: true,
  measure: true,
  best: true,
  threshold: true,
  thresholdMode: true,
});

/** The best epoch so far and its value. */
export interface Best {
  readonly epoch: number;
  readonly value: number;
}

/**
 * Compares epochs as the options say; checks them against the splits that are evaluated.
 * @param where whose options they are, for errors, and what is written before their names.
 */
export function selection(
  options: SelectOptions,
  splits: readonly string[],
  [where, prefix]: readonly [string, string] = ['fit', 'select.'],
) {
  // Options of a helper are checked by itself, with its own.
  if (prefix !== '') assertKnown(`${where}: ${prefix.slice(0, -1)}`, options, [...watched, 'patience']);
  const { split = 'validation', measure = 'loss', patience = Number.POSITIVE_INFINITY } = options;
  const { best: end = measure.split('.')[0] === 'loss' ? 'least' : 'most' } = options;
  assertOption(
    splits.includes(split),
    where,
    `${prefix}split`,
    split,
    `be a part of validation (${splits.join(', ') || 'none was given'})`,
  );
  const { threshold = 0, thresholdMode = 'absolute' } = options;
  assertOption(end === 'least' || end === 'most', where, `${prefix}best`, end, "be 'least' or 'most'");
  const is = (condition: boolean, name: keyof SelectOptions, must: string) =>
    assertOption(condition, where, `${prefix}${name}`, options[name], must);
  is(threshold >= 0 && Number.isFinite(threshold), 'threshold', 'be a number of at least 0');
  const relative = thresholdMode === 'relative';
  is(relative || thresholdMode === 'absolute', 'thresholdMode', "be 'absolute' or 'relative'");
  assertOption(
    patience === Number.POSITIVE_INFINITY || (Number.isInteger(patience) && patience > 0),
    where,
    `${prefix}patience`,
    patience,
    'be a positive integer, in epochs',
  );
  /** The value of the measure. @throws {SegscapeError} `BAD_OPTION` where there is none. */
  const valueIn = (measures: Measures): number => {
    const value = measures[split]?.[measure];
    if (value !== undefined) return value;
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: ${prefix}measure (='${measure}') must be a measure of '${split}': ${Object.keys(measures[split] ?? {}).join(', ')}.`,
      { details: { option: `${prefix}measure`, value: measure } },
    );
  };
  return {
    name: `${split}.${measure}`,
    valueIn,
    /** The epoch as the new best, where it is better than the one before; NaN and infinities, which no JSON holds, are never better. */
    improved(measures: Measures, epoch: number, best: Best | undefined): Best | undefined {
      const value = valueIn(measures);
      if (!Number.isFinite(value)) return undefined;
      if (best === undefined) return { epoch, value };
      const least = relative ? threshold * Math.abs(best.value) : threshold;
      const better = end === 'least' ? value < best.value - least : value > best.value + least;
      return better ? { epoch, value } : undefined;
    },
    exhausted: (epoch: number, best: Best | undefined) => epoch - (best?.epoch ?? 0) >= patience,
  };
}
