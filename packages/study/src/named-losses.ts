import { SegscapeError } from '@segscape/core';
import type { LossFn } from '@segscape/losses';
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

const isRecord = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The word that names a loss: `kind`, or the older `name`. */
const kindOf = ({ kind, name }: Options): unknown => kind ?? name;

const isLoss = (value: unknown): value is Options => isRecord(value) && typeof kindOf(value) === 'string';

/** `crossEntropy classWeights 1:3`, where the config gives no label; the parts of a sum as `dice + 0.5 boundary`. */
function describe({ kind, name, ...options }: Options): string {
  const parts = Object.entries(options).map(([key, value]) =>
    isLoss(value) || key === 'terms' ? shown(value) : `${key} ${shown(value)}`,
  );
  return [kind ?? name, ...parts].join(' ');
}

function shown(value: unknown): string {
  if (isLoss(value)) return describe(value);
  if (isRecord(value) && isLoss(value.loss))
    return `${value.weight === undefined ? '' : `${String(value.weight)} `}${describe(value.loss)}`;
  if (isRecord(value)) return describe({ kind: '', ...value }).trim();
  return Array.isArray(value) ? value.map(shown).join(value.some(isRecord) ? ' + ' : ':') : String(value);
}

/** Labels become columns, files and lines of figures. */
function assertLabel(label: string, all: readonly string[]): void {
  const why =
    label.trim() === ''
      ? 'be empty'
      : /[\p{Cc}\u2028\u2029]/u.test(label)
        ? 'hold line breaks or control characters'
        : label.length > 100
          ? 'be longer than 100 characters'
          : undefined;
  if (why !== undefined)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: the label of a loss (${JSON.stringify(label.slice(0, 100))}) must not ${why}. Give it another label.`,
      { details: { label } },
    );
  if (all.filter((other) => other === label).length > 1)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: two losses are called '${label}'. Give one of them another label.`,
      { details: { label } },
    );
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
  const parts = terms.flatMap((term: unknown) => (isRecord(term) && isLoss(term.loss) ? [term.loss] : []));
  const names = parts.map(describe);
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
    const called = label ?? describe({ ...given, ...(learningRate !== undefined && { learningRate }) });
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
    assertLabel(label, labels);
    if (loss.scalar === false)
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: the loss '${label}' has reduction none, which gives no single number to train by. Leave reduction out, or give mean or sum.`,
        { details: { label } },
      );
  }
  return named;
}
