import { isRecord, SegscapeError } from '@segscape/core';
import type { Options } from './kinds/kind.js';

/** The word that names a part of a study: `kind`, or of losses the older `name`. */
export const kindOf = ({ kind, name }: Options): unknown => kind ?? name;

export const isKind = (value: unknown): value is Options =>
  isRecord(value) && typeof kindOf(value) === 'string';

/** `crossEntropy classWeights 1:3`, `unet depth 5`; the parts of a sum of losses as `dice + 0.5 boundary`. */
export function described({ kind, name, ...options }: Options): string {
  const parts = Object.entries(options).map(([key, value]) =>
    isKind(value) || key === 'terms' ? shown(value) : `${key} ${shown(value)}`,
  );
  return [kind ?? name, ...parts].join(' ');
}

function shown(value: unknown): string {
  if (isKind(value)) return described(value);
  if (isRecord(value) && isKind(value.loss)) return `${weightOf(value.weight)}${described(value.loss)}`;
  if (isRecord(value)) return described({ kind: '', ...value }).trim();
  return Array.isArray(value) ? value.map(shown).join(value.some(isRecord) ? ' + ' : ':') : String(value);
}

/** `0.5 `, or of a weight that changes in training `(from 0.01 to 1 epochs 20) `. */
function weightOf(weight: unknown): string {
  if (weight === undefined) return '';
  return isRecord(weight) ? `(${shown(weight)}) ` : `${String(weight)} `;
}

/** Labels become columns, files and lines of figures. */
export function assertLabel(what: string, label: string, all: readonly string[]): void {
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
      `config: the label of a ${what} (${JSON.stringify(label.slice(0, 100))}) must not ${why}. Give it another label.`,
      { details: { label } },
    );
  if (all.filter((other) => other === label).length > 1)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: two ${what === 'loss' ? 'losses' : `${what}s`} are called '${label}'. Give one of them another label.`,
      { details: { label } },
    );
}
