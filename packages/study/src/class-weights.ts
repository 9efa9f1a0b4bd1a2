import { ignoreLabel, isRecord } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { Options } from './kinds/kind.js';

/** How the weights of classes follow from how common they are in the training images. */
export const weightSchemes = ['inverse', 'medianFrequency', 'effectiveNumber'] as const;
export type WeightScheme = (typeof weightSchemes)[number];

/** How common classes are, in pixels of the training images; void pixels count nowhere. */
export interface ClassCounts {
  /** Of each class. */
  readonly pixels: readonly number[];
  /** Of all images that hold the class. */
  readonly around: readonly number[];
}

/** Counts the classes of a part of the data. */
export async function classCounts(dataset: Dataset): Promise<ClassCounts> {
  const classes = dataset.classes.length;
  const pixels = new Array<number>(classes).fill(0);
  const around = new Array<number>(classes).fill(0);
  for (let index = 0; index < dataset.length; index++) {
    const own = new Array<number>(classes).fill(0);
    for (const label of (await dataset.get(index)).mask.data)
      if (label < classes && label !== dataset.ignoreIndex && label !== ignoreLabel) own[label]!++;
    const total = own.reduce((sum, n) => sum + n, 0);
    own.forEach((n, c) => {
      pixels[c]! += n;
      if (n > 0) around[c]! += total;
    });
  }
  return { pixels, around };
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * One weight for each class; a class that no training pixel has weighs 0.
 *
 * - `inverse`: N / (C · n), the inverse of the class's share of the N pixels, over the C classes; 1 for balanced ones;
 * - `medianFrequency`: median(f) / f, with f the class's share of the pixels of those images that hold it (Eigen and
 *   Fergus, 2015, section 6.1, https://arxiv.org/abs/1411.4734);
 * - `effectiveNumber`: (1 − β) / (1 − βⁿ), scaled so that the weights of the C present classes sum to C (Cui et al.,
 *   2019, https://arxiv.org/abs/1901.05555), with their β = (N − 1) / N, N the number of pixels: any fixed β of theirs is
 *   for thousands of images, and would weigh all classes of millions of pixels alike.
 */
export function classWeightsOf(scheme: WeightScheme, { pixels, around }: ClassCounts): number[] {
  const total = pixels.reduce((sum, n) => sum + n, 0);
  const present = pixels.filter((n) => n > 0).length;
  const each = (weight: (n: number, c: number) => number) => pixels.map((n, c) => (n > 0 ? weight(n, c) : 0));
  if (scheme === 'inverse') return each((n) => total / (present * n));
  if (scheme === 'medianFrequency') {
    const shares = each((n, c) => n / around[c]!);
    const middle = median(shares.filter((share) => share > 0));
    return each((_, c) => middle / shares[c]!);
  }
  // 1 − βⁿ for a β next to 1 would lose its digits; −expm1(n · log β) keeps them. One pixel in all has β = 0.
  const weights = each((n) => (total > 1 ? 1 / total / -Math.expm1(n * Math.log1p(-1 / total)) : 1));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (weight * present) / sum);
}

const isScheme = (value: unknown): value is WeightScheme => weightSchemes.some((scheme) => scheme === value);

/** The options of a loss with each scheme of weights in it, parts of sums included, put into numbers. */
export function withClassWeights<T>(options: T, numbers: (scheme: WeightScheme) => readonly number[]): T {
  return withWords(options, (word) => (isScheme(word) ? numbers(word) : word)) as T;
}

/** The first word for weights that is no scheme, if there is one. */
export function unknownScheme(options: Options): string | undefined {
  let unknown: string | undefined;
  withWords(options, (word) => {
    if (!isScheme(word)) unknown ??= word;
    return word;
  });
  return unknown;
}

/** A config with each word that stands for weights of classes replaced. */
function withWords(options: unknown, replaced: (word: string) => unknown): unknown {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'classWeights' && typeof inner === 'string' ? replaced(inner) : visit(inner),
      ]),
    );
  };
  return visit(options);
}

/** The schemes that the losses of a config ask for. */
export function schemesOf(losses: readonly Options[]): WeightScheme[] {
  const asked = new Set<WeightScheme>();
  withClassWeights(losses, (scheme) => {
    asked.add(scheme);
    return [];
  });
  return [...asked];
}
