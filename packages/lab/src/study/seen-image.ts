import { type Params, type Raster, type Sample, SegscapeError } from '@segscape/core';
import { batches, memoryDataset, predictTiled, withChannels } from '@segscape/data';
import { colourise, differenceMap, outlineMask, toRgb } from '@segscape/report';
import { dispose, sigmoid, softmax, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { RunLoss, RunNetwork } from './run-network.js';

/** One image through one network. */
export interface SeenImage {
  readonly id: string;
  /** The image with the outlines of its truth, RGB. */
  readonly truth: Raster;
  /** Probability of what is looked for, coloured from 0 to 1. */
  readonly prediction: Raster;
  /** Both yellow, truth alone red, prediction alone green. */
  readonly difference: Raster;
  /** Loss of each pixel, coloured from 0 to `mostLoss`; absent where the asked loss is no sum over pixels. */
  readonly lossMap?: Raster;
  readonly mostLoss?: number;
  /** Every loss on this image; one that cannot be computed on it is NaN. */
  readonly values: Readonly<Record<string, number>>;
  /** Mean probability of what is looked for. */
  readonly share: number;
}

/** Longest side that a network sees at once. */
const largestTile = 256;

/** The image's channels as the network wants them. */
function fitting(image: Raster, channels: number): Raster {
  if (image.channels === channels) return image;
  if (channels === 1 || channels === 3) return withChannels(image, channels);
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `The network takes images of ${channels} channels, these have ${image.channels}. Choose images like those that it was trained on.`,
  );
}

async function logitsOf({ model, record }: RunNetwork, params: Params, image: Raster): Promise<Raster> {
  const inputSize = model.inputSizeFor([
    Math.min(image.height, largestTile),
    Math.min(image.width, largestTile),
  ] as const);
  return predictTiled(image, (images) => model.apply(params, images), {
    inputSize,
    outputSize: model.outputSize(inputSize),
    normalize: record.preprocessing?.normalize ?? 'scale',
    overlap: 16,
  });
}

/** Prepared labels of one sample for all losses; the caller disposes them. */
async function labelsOf(sample: Sample, classes: readonly string[], losses: readonly RunLoss[]) {
  const prepare = (mask: Raster) =>
    Object.assign({}, ...losses.map(({ loss }) => loss.prepare?.(mask) ?? {})) as Record<string, Raster>;
  for await (const { images, labels, prepared } of batches(memoryDataset([sample], classes), {
    batchSize: 1,
    prepare,
  })) {
    images.dispose();
    return { ...prepared, labels };
  }
  throw new SegscapeError('EMPTY_DATASET', 'There is no image to look at.');
}

/** The class with the largest score of each pixel. */
function largest({ data, height, width, channels }: Raster): Raster {
  const mask = new Uint8Array(height * width);
  for (let i = 0; i < mask.length; i++)
    for (let c = 1; c < channels; c++)
      if (data[i * channels + c]! > data[i * channels + mask[i]!]!) mask[i] = c;
  return { data: mask, height, width, channels: 1 };
}

interface Answers {
  readonly values: Readonly<Record<string, number>>;
  readonly map?: Float32Array;
  readonly probability: Float32Array;
}

/** Every loss of one image, the map of one of them, and the probability of all classes but the first. */
async function answersOf(
  labels: Readonly<Record<string, Tensor>> & { readonly labels: Tensor },
  logits: Raster,
  losses: readonly RunLoss[],
  mapped: string,
): Promise<Answers> {
  const { height, width, channels } = logits;
  const scores = tensor(logits.data as Float32Array, [1, height, width, channels]);
  const values: Record<string, number> = {};
  let map: Float32Array | undefined;
  try {
    for (const { label, loss } of losses) {
      const value = tidy(() => loss(labels, scores));
      values[label] = (await value.data())[0]!;
      value.dispose();
      if (label !== mapped || !loss.pixelwise) continue;
      const pixels = tidy(() => loss.map(labels, scores));
      map = (await pixels.data()) as Float32Array;
      pixels.dispose();
    }
    const shares = tidy(() => (channels > 1 ? softmax(scores) : sigmoid(scores)));
    const all = await shares.data();
    shares.dispose();
    const probability = Float32Array.from({ length: height * width }, (_, i) =>
      channels > 1 ? 1 - all[i * channels]! : all[i]!,
    );
    return { values, probability, ...(map && { map }) };
  } finally {
    scores.dispose();
  }
}

const most = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 0) || 1;

/**
 * What a network of these weights makes of an image, and what each loss says of it.
 * @param mapped the loss whose values per pixel are shown.
 */
export async function seenImage(
  network: RunNetwork,
  params: Params,
  sample: Sample,
  mapped: string,
): Promise<SeenImage> {
  const { record, losses } = network;
  const image = fitting(sample.image, record.channels);
  const logits = await logitsOf(network, params, image);
  const labels = await labelsOf({ ...sample, image }, record.classes, losses);
  try {
    const { values, map, probability } = await answersOf(labels, logits, losses, mapped);
    const size = { height: logits.height, width: logits.width };
    const mostLoss = map && most(map);
    return {
      id: sample.id,
      truth: outlineMask(toRgb(image), sample.mask),
      prediction: colourise(probability, { ...size, min: 0, max: 1 }),
      difference: differenceMap(sample.mask, largest(logits), image),
      ...(map && {
        lossMap: colourise(map, { ...size, min: 0, max: mostLoss!, scheme: 'inferno' }),
        mostLoss: mostLoss!,
      }),
      values,
      share: probability.reduce((sum, value) => sum + value, 0) / probability.length,
    };
  } finally {
    dispose(labels);
  }
}
