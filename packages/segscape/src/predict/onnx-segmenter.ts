import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SegscapeError, unknownName } from '@segscape/core';
import type { Normalize } from '@segscape/data';
import type { JitOptions } from '@segscape/jit';
import { type Activation, onnxPredictor } from '@segscape/study';
import type { Segmenter } from './segmenter.js';

export interface OnnxSegmenterOptions {
  readonly normalize?: string;
  readonly activation?: string;
  readonly classes?: string;
  readonly channels?: string;
  readonly tta?: boolean;
  readonly threshold?: number;
}

const words = ['scale', 'none', 'zscore', 'percentile', 'minmax'] as const;

/** A word, or mean and deviation of each channel, `0.485/0.456/0.406:0.229/0.224/0.225`, of intensities from 0 to 1. */
function normalizeOf(text: string): Normalize {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  const [mean, deviation, ...more] = text.split(':').map((part) => part.split('/').map(Number));
  const isFigures = [...(mean ?? []), ...(deviation ?? [])].every(Number.isFinite);
  if (isFigures && mean && deviation && more.length === 0 && mean.length === deviation.length)
    return { mean, deviation };
  const { nearest } = unknownName(text, words);
  throw new SegscapeError(
    'BAD_OPTION',
    `predict: --normalize '${text}' is not known. ${nearest ? `Did you mean '${nearest}'? ` : ''}It is one of ${words.join(', ')}, or mean:deviation with / between channels.`,
    { details: { option: 'normalize', value: text } },
  );
}

/** Somebody's ONNX model. */
export async function onnxSegmenter(
  path: string,
  { normalize, activation, classes, channels, tta = false, threshold }: OnnxSegmenterOptions,
  jit: JitOptions,
): Promise<Segmenter> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SegscapeError('NOT_FOUND', `predict: the model '${path}' cannot be read.`, { cause });
  });
  const predictor = await onnxPredictor(new Uint8Array(bytes), {
    jit,
    tta,
    ...(normalize !== undefined && { normalize: normalizeOf(normalize) }),
    ...(activation !== undefined && { activation: activation as Activation }),
    ...(classes !== undefined && { classes: classes.split(',') }),
    ...(channels !== undefined && { channels: channels as 'first' | 'last' }),
    ...(threshold !== undefined && { threshold }),
  });
  return {
    classes: predictor.classes,
    ...(predictor.overlapping && { overlapping: true }),
    ...(predictor.threshold && { threshold: predictor.threshold }),
    by: `by ${basename(path)}`,
    record: {
      onnx: basename(path),
      activation: predictor.activation,
      preprocessing: { normalize: predictor.normalize },
      orientations: tta ? 8 : 1,
      tileWeights: 'gaussian',
    },
    notes: [],
    predict: (...args) => predictor.predict(...args),
    dispose: () => predictor.dispose(),
  };
}
