import { SegscapeError } from '@segscape/core';
import type { LossFn } from '@segscape/losses';
import type { StudyConfig } from './config/schema.js';
import { makeLoss, type StudyRegistry } from './registry.js';

/** A loss of the study, under the name it has in files and figures. */
export interface NamedLoss {
  readonly label: string;
  readonly loss: LossFn;
}

type Options = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isLoss = (value: unknown): value is Options & { readonly name: string } =>
  isRecord(value) && typeof value.name === 'string';

/** `crossEntropy classWeights 1:3`, where the config gives no label; the parts of a sum as `dice + 0.5 boundary`. */
function describe({ name, ...options }: Options): string {
  const parts = Object.entries(options).map(([key, value]) =>
    isLoss(value) || key === 'terms' ? shown(value) : `${key} ${shown(value)}`,
  );
  return [name, ...parts].join(' ');
}

function shown(value: unknown): string {
  if (isLoss(value)) return describe(value);
  if (isRecord(value) && isLoss(value.loss))
    return `${value.weight === undefined ? '' : `${String(value.weight)} `}${describe(value.loss)}`;
  if (isRecord(value)) return describe({ name: '', ...value }).trim();
  return Array.isArray(value) ? value.map(shown).join(value.some(isRecord) ? ' + ' : ':') : String(value);
}

/** Hands the label of unclaimed pixels to a loss, or to the losses that it is made of. */
function ignoring(options: Options & { readonly name: string }, ignoreIndex: number): typeof options {
  const { loss, terms } = options;
  if (isLoss(loss)) return { ...options, loss: ignoring(loss, ignoreIndex) };
  if (Array.isArray(terms))
    return {
      ...options,
      terms: terms.map((term: unknown) =>
        isRecord(term) && isLoss(term.loss) ? { ...term, loss: ignoring(term.loss, ignoreIndex) } : term,
      ),
    };
  return { ignoreIndex, ...options };
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

/**
 * The losses of a config. Pixels that no class claims, or that only pad an image to the network's size, are ignored by all of them,
 * the parts of sums included.
 * @throws {SegscapeError} `BAD_CONFIG` for an unknown loss or option, or two of one label.
 */
export function namedLosses(
  config: StudyConfig,
  registry: StudyRegistry,
  ignoreIndex: number | undefined,
): NamedLoss[] {
  const named = config.losses.map((given) => {
    const { label, ...options } = typeof given === 'string' ? { name: given, label: undefined } : given;
    const whole = ignoreIndex === undefined ? options : ignoring(options, ignoreIndex);
    return { label: label ?? describe(options), loss: makeLoss(registry, whole) };
  });
  const labels = named.map(({ label }) => label);
  for (const { label, loss } of named) {
    assertLabel(label, labels);
    if (loss.options.reduction === 'none')
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: the loss '${label}' has reduction none, which gives no single number to train by. Leave reduction out, or give mean or sum.`,
        { details: { label } },
      );
  }
  return named;
}
