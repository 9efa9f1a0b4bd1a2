import { isRecord, SegscapeError } from '@segscape/core';
import type { LossFn } from '@segscape/losses';
import { assertLabel, described, isKind, kindOf } from './called.js';
import { type WeightScheme, withClassWeights } from './class-weights.js';
import type { StudyConfig } from './config/schema.js';
import type { Options } from './kinds/kind.js';
import { makeLoss, type StudyRegistry } from './kinds/registry.js';

/** A loss of the study, under the name it has in files and figures. */
export interface NamedLoss {
  readonly label: string;
  readonly loss: LossFn;
  /** The learning rate that the config gives it. */
  readonly learningRate?: number;
  /** What it was made of, weights of classes in numbers. */
  readonly options: Options & { readonly kind: string };
  /** The terms of a weighted sum, by their names. */
  readonly terms?: Readonly<Record<string, LossFn>>;
}

/** What a loss's options become before it is made, by the label of the loss. */
export type Fitting = (label: string, options: NamedLoss['options']) => NamedLoss['options'];

/** The terms of a sum, so that a history can tell them apart. */
function termsOf(
  { kind, terms }: Options,
  registry: StudyRegistry,
  ignoreIndex: number | undefined,
  weights: (scheme: WeightScheme) => readonly number[],
  fitted: (options: NamedLoss['options']) => NamedLoss['options'],
): Readonly<Record<string, LossFn>> | undefined {
  if (kind !== 'weightedSum' || !Array.isArray(terms)) return undefined;
  const parts = terms.flatMap((term: unknown) => (isRecord(term) && isKind(term.loss) ? [term.loss] : []));
  const names = parts.map(described);
  const called = names.map((name, i) => (names.indexOf(name) === i ? name : `${name} (${i + 1})`));
  return Object.fromEntries(
    parts.map((part, i) => {
      const { name: _, ...options } = withClassWeights(part, weights);
      const whole = fitted({ ...options, kind: String(kindOf(part)) });
      return [called[i]!, makeLoss(registry, whole, ignoreIndex)];
    }),
  );
}

/**
 * The losses of a config. Pixels that no class claims, or that only pad an image to the network's size, are ignored by all of them,
 * the parts of sums included.
 * @param weights of classes, from the training images, for losses that ask for some by a word.
 * @param fitted what the options of each become before it is made. Default as they are.
 * @throws {SegscapeError} `BAD_CONFIG` for an unknown loss or option, or two of one label.
 */
export function namedLosses(
  config: Pick<StudyConfig, 'losses'>,
  registry: StudyRegistry,
  ignoreIndex: number | undefined,
  weights: (scheme: WeightScheme) => readonly number[] = () => [1, 1],
  fitted: Fitting = (_, options) => options,
): NamedLoss[] {
  const named = config.losses.map(({ label, learningRate, ...given }): NamedLoss => {
    const called = label ?? described({ ...given, ...(learningRate !== undefined && { learningRate }) });
    const fit = (part: NamedLoss['options']) => fitted(called, part);
    const options = fit(withClassWeights(given, weights));
    const terms = termsOf(given, registry, ignoreIndex, weights, fit);
    return {
      label: called,
      loss: makeLoss(registry, options, ignoreIndex),
      options,
      ...(learningRate !== undefined && { learningRate }),
      ...(terms && { terms }),
    };
  });
  const labels = named.map(({ label }) => label);
  for (const { label, loss } of named) {
    assertLabel('loss', label, labels);
    if (loss.scalar === false)
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: the loss '${label}' has reduction none, which gives no single number to train by. Leave reduction out, or give mean or sum.`,
        { details: { label } },
      );
  }
  return named;
}
