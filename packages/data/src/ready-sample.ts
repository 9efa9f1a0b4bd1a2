import { assertRaster, ignoreLabel, type Raster, type Rng, type Sample, SegscapeError } from '@segscape/core';
import type { Dataset } from './dataset.js';
import { sampleRandom } from './epoch-random.js';
import { figuresOf, type Normalize, normalized } from './intensities.js';
import { assertSampleLabels } from './labels.js';

/** What is done to become a batch's sample: read, transformed, prepared. */
export interface SampleWork {
  readonly dataset: Dataset;
  /** Joint transform of image and mask; its random numbers depend on seed, epoch and the sample's id alone. */
  readonly transform?: (sample: Sample, rng: Rng) => Sample;
  /** Derives rasters (distance maps, weights) from the transformed mask. */
  readonly prepare?: (mask: Raster) => Record<string, Raster>;
}

/** Which sample, of which pass. Plain data: it can go to a worker. */
export interface SampleRequest {
  readonly index: number;
  readonly seed: number;
  readonly epoch: number;
  readonly normalize: Normalize;
}

/** A sample as floats, before it becomes part of a tensor. */
export interface ReadySample {
  readonly id: string;
  readonly image: Pick<Raster, 'depth' | 'height' | 'width' | 'channels'>;
  readonly values: Float32Array;
  readonly mask: Raster;
  readonly prepared: Record<string, Raster>;
}

/** Threads that make samples ready; see `sampleWorkers` of `@segscape/data/workers`. */
export interface SampleWorkers {
  /** How many. */
  readonly count: number;
  /** Makes one sample ready, in the thread that has least to do. */
  ready(request: SampleRequest): Promise<ReadySample>;
  /** Ends the threads. */
  dispose(): Promise<void>;
}

/**
 * Throws for an image with values that are not finite: one of them makes every weight NaN, whatever the loss.
 * @throws {SegscapeError} `NOT_FINITE`, with the sample's id and how many there are.
 */
function assertFinite({ id, image }: Sample, values: Float32Array): void {
  // Integers are finite.
  if (!(image.data instanceof Float32Array)) return;
  let odd = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) odd++;
  if (odd === 0) return;
  const stored = image.data.findIndex((value) => !Number.isFinite(value));
  const first = stored < 0 ? '' : `, the first ${image.data[stored]}`;
  throw new SegscapeError(
    'NOT_FINITE',
    `batches: the image of sample '${id}' has ${odd} values that are not finite${first}. Put numbers in their place first, with mappedDataset or in the file.`,
    { details: { id, count: odd } },
  );
}

/** Reads, transforms, checks and prepares a sample; the same bits wherever it is done. */
export async function readySample(
  { dataset, transform, prepare }: SampleWork,
  { index, seed, epoch, normalize }: SampleRequest,
): Promise<ReadySample> {
  const read = await dataset.get(index);
  const { classes, ignoreIndex } = dataset;
  assertSampleLabels('batches', read, classes, ignoreIndex);
  const sample = transform?.(read, sampleRandom(read.id, { seed, epoch })) ?? read;
  // A transform may pad with void even where the data have none.
  if (sample.mask !== read.mask) assertSampleLabels('batches', sample, classes, ignoreIndex, ignoreLabel);
  const { id, image, mask } = sample;
  for (const raster of [image, mask]) assertRaster(`batches: sample '${id}'`, raster);
  // A transform that makes other channels leaves nothing to go by but its own result.
  const figures = figuresOf(read.image.channels === image.channels ? read.image : image, normalize);
  const { depth, height, width, channels } = image;
  const form = { height, width, channels, ...(depth !== undefined && { depth }) };
  const values = normalized(image, figures);
  assertFinite(sample, values);
  return { id, image: form, mask, values, prepared: prepare?.(mask) ?? {} };
}

/**
 * The sample from a thread, which must have the same data set.
 * @throws {SegscapeError} `BAD_OPTION` when it has another one.
 */
export async function fromWorker(
  workers: SampleWorkers,
  { ids }: Dataset,
  request: SampleRequest,
): Promise<ReadySample> {
  const ready = await workers.ready(request);
  const expected = ids?.[request.index];
  if (expected === undefined || expected === ready.id) return ready;
  throw new SegscapeError(
    'BAD_OPTION',
    `batches: sample ${request.index} is '${expected}' here and '${ready.id}' in the workers. Let the work of sampleWorkers make the same data set: the same part, in the same order.`,
    { details: { option: 'workers', value: ready.id } },
  );
}
