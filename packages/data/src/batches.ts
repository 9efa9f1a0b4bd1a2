import { assertOption, type Raster, type Rng, type Sample, SegscapeError, sameShape } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Dataset } from './dataset.js';
import { sampleOrder } from './epoch-random.js';
import { assertNormalize, type Normalize } from './intensities.js';
import { unchecked } from './option-lines.js';
import {
  fromWorker,
  type ReadySample,
  readySample,
  type SampleWork,
  type SampleWorkers,
} from './ready-sample.js';

/** Tensors of several samples; the receiver disposes them. */
export interface Batch {
  /** Float32 `[batch, height, width, channels]`; with depth before height for volumes. */
  readonly images: Tensor;
  /** Int32 class indices `[batch, height, width]`, 255 for void; with depth before height for volumes. */
  readonly labels: Tensor;
  /** What `prepare` made, float32 `[batch, height, width, channels]` by name. */
  readonly prepared?: Record<string, Tensor>;
  readonly ids: string[];
}

export interface BatchOptions {
  readonly batchSize: number;
  /** Default false. */
  readonly shuffle?: boolean;
  /** An integer. Default 0. */
  readonly seed?: number;
  /** Which pass over the data this is: another order and other transforms for each. Default 0. */
  readonly epoch?: number;
  /** Joint transform of image and mask; its random numbers depend on seed, epoch and the sample's id alone. */
  readonly transform?: (sample: Sample, rng: Rng) => Sample;
  /** Derives rasters (distance maps, weights) from the transformed mask, for losses that want them. */
  readonly prepare?: (mask: Raster) => Record<string, Raster>;
  /**
   * Default `'scale'`: uint8 / 255, uint16 / 65,535. Figures of the image itself are those of the image as read, before
   * `transform`: the crop of an image is normalised as the whole image is when it is predicted.
   */
  readonly normalize?: Normalize;
  /** Batches made ready ahead, in host memory. Default 1. */
  readonly prefetch?: number;
  /**
   * Samples read at the same time, default 4; or worker threads that read, transform and prepare them, from
   * `sampleWorkers` of `@segscape/data/workers`. The batches are the same to the bit.
   */
  readonly workers?: number | SampleWorkers;
  /** Leave out a last batch that is smaller. Default false. */
  readonly dropLast?: boolean;
}

const batchesSchema = optionsOf<BatchOptions>(
  {
    batchSize: unchecked,
    shuffle: unchecked,
    seed: unchecked,
    epoch: unchecked,
    transform: unchecked,
    prepare: unchecked,
    normalize: unchecked,
    prefetch: unchecked,
    workers: unchecked,
    dropLast: unchecked,
  },
  ['batchSize'],
);

const sizesOf = ({ depth, height, width }: Pick<Raster, 'depth' | 'height' | 'width'>) => [
  ...(depth === undefined ? [] : [depth]),
  height,
  width,
];

function assertAlike(all: readonly ReadySample[]): void {
  const form = ({ image }: ReadySample) => [...sizesOf(image), image.channels].join('×');
  const first = all[0]!;
  const other = all.find((ready) => form(ready) !== form(first));
  if (other !== undefined)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `batches: sample '${first.id}' is ${form(first)} and '${other.id}' is ${form(other)} (height×width×channels). ` +
        'Crop, pad or resize to one size with transform, set channels on the dataset, or use batchSize 1.',
      { details: { ids: [first.id, other.id], sizes: [form(first), form(other)] } },
    );
  const odd = all.find(({ image, mask }) => !sameShape(sizesOf(image), sizesOf(mask)));
  if (odd !== undefined && all.some(({ mask }) => !sameShape(sizesOf(mask), sizesOf(first.mask))))
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `batches: the masks of ${first.id} and ${odd.id} differ in size.`,
    );
}

function joined(
  all: readonly ReadySample[],
  pick: (ready: ReadySample) => ArrayLike<number>,
  into: Float32Array | Int32Array,
) {
  let at = 0;
  for (const ready of all) {
    const values = pick(ready);
    into.set(values, at);
    at += values.length;
  }
  return into;
}

function toBatch(all: readonly ReadySample[]): Batch {
  assertAlike(all);
  const { image, mask, values, prepared: made } = all[0]!;
  const n = all.length;
  const images = tensor(
    joined(all, (ready) => ready.values, new Float32Array(n * values.length)),
    [n, ...sizesOf(image), image.channels],
    'float32',
  );
  const labels = tensor(
    joined(all, (ready) => ready.mask.data, new Int32Array(n * mask.data.length)),
    [n, ...sizesOf(mask)],
    'int32',
  );
  const ids = all.map(({ id }) => id);
  const names = Object.keys(made);
  if (names.length === 0) return { images, labels, ids };
  const prepared: Record<string, Tensor> = {};
  for (const name of names) {
    const raster = made[name]!;
    prepared[name] = tensor(
      joined(all, (ready) => ready.prepared[name]!.data, new Float32Array(n * raster.data.length)),
      [n, ...sizesOf(raster), raster.channels],
      'float32',
    );
  }
  return { images, labels, prepared, ids };
}

/**
 * Batches of tensors, one pass over the dataset; every iteration of the result is the same pass again. The order
 * and the transforms depend on `seed` and `epoch` only, never on timing. Each batch is the receiver's to dispose;
 * what is prepared ahead is plain memory, so leaving the loop early leaks nothing.
 *
 *     for await (const { images, labels } of batches(train, { batchSize: 4, shuffle: true, seed: 1, epoch })) { … }
 *
 * @param dataset its samples are read as they are wanted, `workers` at a time.
 * @param options see `BatchOptions`; `batchSize` has no default.
 * @returns an iterable of batches: images float32 `[batch, [depth,] height, width, channels]`, labels int32 class indices
 * `[batch, [depth,] height, width]`.
 * @throws {SegscapeError} `BAD_OPTION`; while iterating `SHAPE_MISMATCH` when the samples of a batch differ in size,
 * `MASK_VALUE_UNKNOWN` for a label that is no class's (and not the dataset's `ignoreIndex`, nor void that a transform
 * padded with), `NOT_FINITE` for an image with values that are not finite, and what the dataset throws.
 */
export function batches(dataset: Dataset, options: BatchOptions): AsyncIterable<Batch> {
  assertOptions('batches', options, batchesSchema);
  const { batchSize, shuffle = false, seed = 0, epoch = 0, transform, prepare } = options;
  const { normalize = 'scale', prefetch = 1, workers = 4, dropLast = false } = options;
  const whole = (name: string, value: number, low: number) =>
    assertOption(
      Number.isInteger(value) && value >= low,
      'batches',
      name,
      value,
      `be an integer of at least ${low}`,
    );
  assertOption(Number.isSafeInteger(seed), 'batches', 'seed', seed, 'be an integer');
  whole('batchSize', batchSize, 1);
  whole('prefetch', prefetch, 0);
  if (typeof workers === 'number') whole('workers', workers, 1);
  whole('epoch', epoch, 0);
  assertNormalize('batches', normalize);
  const remote = typeof workers === 'number' ? undefined : workers;
  const atOnce = remote === undefined ? (workers as number) : 2 * remote.count;
  const own = transform ?? prepare;
  assertOption(
    remote === undefined || own === undefined,
    'batches',
    transform ? 'transform' : 'prepare',
    own,
    "be left out with worker threads: a function can't go there; name it in the work of sampleWorkers",
  );
  const work: SampleWork = { dataset, ...(transform && { transform }), ...(prepare && { prepare }) };
  const ready = (index: number): Promise<ReadySample> => {
    const request = { index, seed, epoch, normalize };
    return remote === undefined ? readySample(work, request) : fromWorker(remote, dataset, request);
  };

  return {
    async *[Symbol.asyncIterator]() {
      const order = shuffle
        ? sampleOrder(dataset.length, { seed, epoch })
        : Array.from({ length: dataset.length }, (_, index) => index);
      const full = Math.floor(order.length / batchSize) * batchSize;
      const end = dropLast ? full : order.length;
      const pending: Promise<ReadySample>[] = [];
      const ahead = Math.max(atOnce, (prefetch + 1) * batchSize);
      let next = 0;
      let running = 0;
      const waiting: (() => void)[] = [];
      // At most so many samples are read at once; a finished one wakes the next.
      const limited = async (index: number) => {
        if (running >= atOnce) await new Promise<void>((wake) => waiting.push(wake));
        running++;
        try {
          return await ready(index);
        } finally {
          running--;
          waiting.shift()?.();
        }
      };
      const fill = () => {
        while (next < end && pending.length < ahead) {
          const promise = limited(order[next++]!);
          promise.catch(() => {}); // reported when its turn comes
          pending.push(promise);
        }
      };
      for (let start = 0; start < end; start += batchSize) {
        fill();
        const parts = await Promise.all(pending.splice(0, Math.min(batchSize, end - start)));
        yield toBatch(parts);
      }
    },
  };
}
