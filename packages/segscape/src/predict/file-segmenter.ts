import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SegscapeError, unknownName } from '@segscape/core';
import type { Normalize } from '@segscape/data';
import type { JitOptions } from '@segscape/jit';
import {
  type Activation,
  type ModelPredictor,
  type OnnxPredictor,
  onnxPredictor,
  weightsPredictor,
} from '@segscape/study';
import { networkOf } from '../kind-lists.js';
import type { TrainedOn } from './pixel-notes.js';
import type { Segmenter } from './segmenter.js';

export interface FileSegmenterOptions {
  /** The network of a weights file: `unet:baseChannels=16`. */
  readonly network?: string;
  readonly normalize?: string;
  readonly activation?: string;
  readonly classes?: string;
  readonly channels?: string;
  readonly tta?: boolean;
  readonly threshold?: number;
}

const words = ['scale', 'none', 'zscore', 'percentile', 'minmax'] as const;

/** A word, or mean and deviation of each channel, `0.485/0.456/0.406:0.229/0.224/0.225`, of intensities from 0 to 1. */
function normalizeOf(where: string, text: string): Normalize {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  const [mean, deviation, ...more] = text.split(':').map((part) => part.split('/').map(Number));
  const isFigures = [...(mean ?? []), ...(deviation ?? [])].every(Number.isFinite);
  if (isFigures && mean && deviation && more.length === 0 && mean.length === deviation.length)
    return { mean, deviation };
  const { question } = unknownName(text, words);
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: --normalize '${text}' is not known. ${question}It is one of ${words.join(', ')}, or mean:deviation with / between channels.`,
    { details: { option: 'normalize', value: text } },
  );
}

/** Whether a path leads to a file of weights, with or without their network, and not to the folder of a run. */
export const isModelFile = (path: string): boolean => isOnnx(path) || /\.(safetensors|pth?)$/i.test(path);

/** Whether a file holds a network with its weights. */
export const isOnnx = (path: string): boolean => path.toLowerCase().endsWith('.onnx');

/** @throws {SegscapeError} `BAD_OPTION` for what one kind of file says itself and the other needs to be told. */
function assertOptions(where: string, path: string, { network, channels }: FileSegmenterOptions): void {
  const strange =
    isOnnx(path) && network !== undefined
      ? '--network is for files of weights alone; an ONNX file holds its network. Leave it out'
      : !isOnnx(path) && network === undefined
        ? `'${basename(path)}' holds weights alone. Say of which network they are: --network unet:baseChannels=16 (segscape kinds model)`
        : !isOnnx(path) && channels !== undefined
          ? '--channels is for ONNX files; weights are in the order of their network. Leave it out'
          : undefined;
  if (strange === undefined) return;
  throw new SegscapeError('BAD_OPTION', `${where}: ${strange}.`, {
    details: { option: channels === undefined ? 'network' : 'channels', value: network ?? channels },
  });
}

/** Types of the training images' intensities, as our exports name them. */
function pixelsOf(predictor: ModelPredictor | OnnxPredictor): Pick<TrainedOn, 'pixelTypes'> {
  const pixels = 'metadata' in predictor ? predictor.metadata.pixels : undefined;
  return pixels === undefined ? {} : { pixelTypes: pixels.split(',') };
}

/** Somebody's network: an ONNX file, or weights of a known kind of network. */
export async function fileSegmenter(
  where: string,
  path: string,
  options: FileSegmenterOptions,
  jit: JitOptions,
): Promise<Segmenter> {
  const { normalize, activation, classes, channels, tta = false, threshold, network } = options;
  assertOptions(where, path, options);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SegscapeError('NOT_FOUND', `${where}: the model '${path}' cannot be read.`, { cause });
  });
  const common = {
    jit,
    tta,
    threshold: threshold ?? ('validation' as const),
    ...(normalize !== undefined && { normalize: normalizeOf(where, normalize) }),
    ...(activation !== undefined && { activation: activation as Activation }),
    ...(classes !== undefined && { classes: classes.split(',') }),
  };
  const predictor =
    network === undefined
      ? await onnxPredictor(new Uint8Array(bytes), {
          ...common,
          ...(channels !== undefined && { channels: channels as 'first' | 'last' }),
        })
      : await weightsPredictor(new Uint8Array(bytes), {
          ...common,
          name: basename(path),
          network: networkOf(network),
        });
  return {
    classes: predictor.classes,
    ...(predictor.overlapping && { overlapping: true }),
    ...(predictor.threshold && { threshold: predictor.threshold }),
    ...pixelsOf(predictor),
    normalize: predictor.normalize,
    by: `by ${basename(path)}`,
    record: {
      ...(network === undefined ? { onnx: basename(path) } : { weights: basename(path), network }),
      activation: predictor.activation,
      preprocessing: { normalize: predictor.normalize },
      orientations: tta ? 8 : 1,
      tileWeights: 'gaussian',
    },
    notes: [],
    networks: predictor.networks,
    predict: (...args) => predictor.predict(...args),
    dispose: () => predictor.dispose(),
  };
}
