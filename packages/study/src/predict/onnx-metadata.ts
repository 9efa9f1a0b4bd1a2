import { SegscapeError } from '@segscape/core';
import type { ClaheOptions, Normalize } from '@segscape/data';

/** What the metadata of an exported model say of its images and classes. */
export interface OnnxMetadata {
  readonly classes?: readonly string[];
  /** Whether each class is for itself. */
  readonly overlapping: boolean;
  readonly normalize?: Normalize;
  readonly clahe?: ClaheOptions;
  /** Factor of both sides. */
  readonly scale: number;
  /** Above which probability a pixel is of the second of two classes, as validation chose it. */
  readonly threshold?: number;
}

const words = ['scale', 'none', 'zscore', 'standard', 'percentile', 'minmax'] as const;
const numbers = (list: string) => list.split(',').map(Number);

/** The normalisation that `exportOnnx` wrote in words; undefined for anything else. */
export function normalizeOf(text: string): Normalize | undefined {
  const word = words.find((known) => text === known || text.startsWith(`${known}:`));
  if (word !== undefined) return word;
  if (text.startsWith('inside:')) return 'none';
  const list = '\\[([^\\]]+)\\]';
  const standardized = new RegExp(`^\\(value - ${list}\\) / ${list} by channel`).exec(text);
  if (standardized) return { mean: numbers(standardized[1]!), deviation: numbers(standardized[2]!) };
  const ranged = new RegExp(`^\\(value - ${list}\\) / \\(${list} - `).exec(text);
  return ranged ? { low: numbers(ranged[1]!), high: numbers(ranged[2]!) } : undefined;
}

/** @throws {SegscapeError} `CORRUPT_CHECKPOINT` for values that `exportOnnx` would not have written. */
export function readMetadata({
  classes,
  normalize,
  clahe,
  scale = '1',
  overlapping,
  threshold,
}: Readonly<Record<string, string>>): OnnxMetadata {
  const given = normalize === undefined ? undefined : normalizeOf(normalize);
  const factor = Number(scale);
  try {
    return {
      // Another program's list may be JSON.
      ...(classes !== undefined && !/[[{]/.test(classes) && { classes: classes.split(',') }),
      ...(given !== undefined && { normalize: given }),
      ...(clahe !== undefined && { clahe: JSON.parse(clahe) as ClaheOptions }),
      overlapping: overlapping === 'true',
      scale: factor > 0 && Number.isFinite(factor) ? factor : 1,
      ...(Number(threshold) > 0 && Number(threshold) < 1 && { threshold: Number(threshold) }),
    };
  } catch (cause) {
    throw new SegscapeError(
      'CORRUPT_CHECKPOINT',
      `onnxPredictor: the model's metadata 'clahe' (${clahe}) are no JSON. Export the model again.`,
      { cause },
    );
  }
}
