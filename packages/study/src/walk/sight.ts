import { type Raster, type Sample, SegscapeError } from '@segscape/core';
import { batches, clahe, type Dataset, memoryDataset } from '@segscape/data';
import { dispose, type Scalar, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { preparation } from '../fold-setup.js';
import { largestClass } from '../largest-class.js';
import { limited } from '../limited-pixels.js';
import type { ModelRecord } from '../model-record.js';
import type { NamedLoss } from '../named-losses.js';
import { decidedPlanes, probabilitiesOf, toPlanes } from '../overlapping/label-planes.js';
import { fitting } from '../predict/fitting.js';
import { tiledMean } from '../predict/tiled-mean.js';
import type { RecordedNetwork } from './recorded-networks.js';

export interface SightOptions {
  /** Label of the loss whose values per pixel are wanted. Default none. */
  readonly mapped?: string;
}

/** A labelled image through a network of a run. */
export interface Sight {
  readonly id: string;
  /** As the network sees it: of no more pixels than those of the run, its contrast evened out if theirs was. */
  readonly image: Raster;
  /** The truth, at the same size. */
  readonly mask: Raster;
  /** Float32 `[[depth,] height, width, classes]`. */
  readonly probabilities: Raster;
  /** Uint8 class indices; where classes overlap, a channel of 0 and 1 for each. */
  readonly prediction: Raster;
  /** Every loss of the network on this image alone. */
  readonly losses: Readonly<Record<string, number>>;
  /** The mapped loss of each pixel; absent where it is no sum over pixels. */
  readonly lossMap?: Float32Array;
  readonly epoch: number;
  /**
   * Present where the surface was drawn with batch statistics computed anew at every place, which needs its training images:
   * these are those of its middle, so that losses differ from the surface's.
   */
  readonly carriedStatistics?: true;
}

/** A sample as the run's networks saw theirs. */
export async function preparedSample(
  where: string,
  dataset: Dataset,
  index: number,
  record: ModelRecord,
): Promise<Sample> {
  const labels = record.overlapping ? 2 ** record.classes.length : record.classes.length;
  if (dataset.classes.length !== labels)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: the run tells ${record.classes.length} classes apart${record.overlapping ? ', which overlap' : ''} (${record.classes.join(', ')}), the images have ${dataset.classes.join(', ')}. Choose images of the run's classes.`,
      { details: { given: dataset.classes, expected: record.classes } },
    );
  const sample = await limited(dataset, record.maxPixels).get(index);
  const image = fitting(where, sample.image, record);
  const { clahe: contrast } = record.preprocessing ?? {};
  return { ...sample, image: contrast ? clahe(image, contrast) : image };
}

interface Seen extends SightOptions {
  readonly sample: Sample;
  readonly dataset: Dataset;
  readonly record: ModelRecord;
  readonly network: RecordedNetwork;
  readonly predict: (images: Tensor) => Promise<Tensor>;
}

/** What a network makes of a sample, and what its losses say of it. */
export async function sightOf({
  sample,
  dataset,
  record,
  network,
  predict,
  mapped,
}: Seen): Promise<Omit<Sight, 'epoch' | 'carriedStatistics'>> {
  const { overlapping = false, preprocessing } = record;
  const { model } = network;
  const logits = await tiledMean(sample.image, {
    networks: [{ model, predict, normalize: preprocessing?.normalize ?? 'scale' }],
    tta: false,
  });
  const losses = network.losses(dataset.ignoreIndex);
  const labels = await labelsOf(sample, dataset, losses, overlapping && record.classes.length);
  const { data, depth, height, width, channels } = logits;
  const space = depth === undefined ? [height, width] : [depth, height, width];
  const scores = tensor(data as Float32Array, [1, ...space, channels]);
  try {
    const chances = tidy(() => probabilitiesOf(scores, overlapping));
    const probabilities = { ...logits, data: (await chances.data()) as Float32Array };
    chances.dispose();
    const map = losses.find(({ label }) => label === mapped)?.loss;
    return {
      id: sample.id,
      image: sample.image,
      mask: sample.mask,
      probabilities,
      prediction: overlapping ? decidedPlanes(probabilities) : largestClass(probabilities),
      losses: await valuesOf(losses, labels, scores),
      ...(map?.pixelwise && { lossMap: await taken(() => map.map(labels, scores)) }),
    };
  } finally {
    dispose([scores, ...Object.values(labels)]);
  }
}

/** Values of a tensor that is made for them. */
async function taken(make: () => Tensor): Promise<Float32Array> {
  const made = tidy(make);
  const values = (await made.data()) as Float32Array;
  made.dispose();
  return values;
}

type Labels = Readonly<Record<string, Tensor>> & { readonly labels: Tensor };

async function valuesOf(losses: readonly NamedLoss[], labels: Labels, scores: Tensor) {
  const values: Record<string, number> = {};
  for (const { label, loss } of losses)
    values[label] = (await taken(() => loss(labels, scores) as Scalar))[0]!;
  return values;
}

/**
 * Labels of one sample, with what all losses prepare of them; the caller disposes them.
 * @param planes how many classes overlap, or false.
 */
async function labelsOf(
  sample: Sample,
  { classes, ignoreIndex }: Dataset,
  losses: readonly NamedLoss[],
  planes: number | false,
): Promise<Labels> {
  const alone = memoryDataset([sample], classes, ignoreIndex === undefined ? {} : { ignoreIndex });
  const prepare = preparation(losses);
  for await (const { images, labels, prepared } of batches(alone, {
    batchSize: 1,
    ...(prepare && { prepare }),
  })) {
    images.dispose();
    if (planes === false) return { ...prepared, labels };
    const own = toPlanes(labels, planes);
    labels.dispose();
    return { ...prepared, labels: own };
  }
  throw new SegscapeError('EMPTY_DATASET', 'openRunSights: there is no image to look at.');
}
