import { SegscapeError } from '@segscape/core';
import type { LossFn } from '@segscape/losses';
import type { StudyConfig } from './config/schema.js';
import { makeLoss, type StudyRegistry } from './registry.js';

/** A loss of the study, under the name it has in files and figures. */
export interface NamedLoss {
  readonly label: string;
  readonly loss: LossFn;
}

/** `crossEntropy classWeights 1:3`, where the config gives no label. */
function describe({ name, ...options }: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(options).map(
    ([key, value]) => `${key} ${Array.isArray(value) ? value.join(':') : String(value)}`,
  );
  return [name, ...parts].join(' ');
}

/**
 * The losses of a config. Pixels that only pad an image to the network's size are ignored by all of them.
 * @throws {SegscapeError} `BAD_CONFIG` for an unknown loss or option, or two of one label.
 */
export function namedLosses(
  config: StudyConfig,
  registry: StudyRegistry,
  ignoreIndex: number | undefined,
): NamedLoss[] {
  const named = config.losses.map((given) => {
    const { label, ...options } = typeof given === 'string' ? { name: given, label: undefined } : given;
    const padded = ignoreIndex === undefined ? {} : { ignoreIndex };
    return { label: label ?? describe(options), loss: makeLoss(registry, { ...padded, ...options }) };
  });
  const twice = named.find(({ label }, i) => named.findIndex((other) => other.label === label) < i);
  if (twice !== undefined)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: two losses are called '${twice.label}'. Give one of them another label.`,
    );
  return named;
}
