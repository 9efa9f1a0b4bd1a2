import {
  assertOption,
  ignoreLabel,
  type Raster,
  type Rng,
  random,
  type Sample,
  SegscapeError,
  shuffled,
} from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Dataset } from './dataset.js';
import { assertNormalize, type Normalize, toFloats } from './intensities.js';
import { assertSampleLabels } from './labels.js';

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
  /** 32-bit integer. Default 0. */
  readonly seed?: number;
  /** Which pass over the data this is: another order and other transforms for each. Default 0. */
  readonly epoch?: number;
  /** Joint transform of image and mask; its random numbers depend on seed, epoch and the sample's id alone. */
  readonly transform?: (sample: Sample, rng: Rng) => Sample;
  /** Derives rasters (distance maps, weights) from the transformed mask, for losses that want them. */
  readonly prepare?: (mask: Raster) => Record<string, Raster>;
  /** Default `'scale'`: uint8 / 255, uint16 / 65,535. */
  readonly normalize?: Normalize;
  /** Batches made ready ahead, in host memory. Default 1. */
  readonly prefetch?: number;
  /** Samples read at the same time. Default 4. */
  readonly workers?: number;
  /** Leave out a last batch that is smaller. Default false. */
  readonly dropLast?: boolean;
}

/** A sample as floats, before it becomes part of a tensor. */
interface Ready {
  readonly id: string;
  readonly image: Raster;
  readonly values: Float32Array;
  readonly mask: Raster;
  readonly prepared: Record<string, Raster>;
}

const sizesOf = ({ depth, height, width }: Raster) => [
  ...(depth === undefined ? [] : [depth]),
  height,
  width,
];

function assertAlike(all: readonly Ready[]): void {
  const form = ({ image }: Ready) => [...sizesOf(image), image.channels].join('×');
  const first = all[0]!;
  const other = all.find((ready) => form(ready) !== form(first));
  if (other !== undefined)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `batches: sample '${first.id}' is ${form(first)} and '${other.id}' is ${form(other)} (height×width×channels). ` +
        'Crop, pad or resize to one size with transform, set channels on the dataset, or use batchSize 1.',
      { details: { ids: [first.id, other.id], sizes: [form(first), form(other)] } },
    );
  const odd = all.find(({ image, mask }) => sizesOf(image).join() !== sizesOf(mask).join());
  if (odd !== undefined && all.some(({ mask }) => sizesOf(mask).join() !== sizesOf(first.mask).join()))
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `batches: the masks of ${first.id} and ${odd.id} differ in size.`,
    );
}

function joined(
  all: readonly Ready[],
  pick: (ready: Ready) => ArrayLike<number>,
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

function toBatch(all: readonly Ready[]): Batch {
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
 * @throws {SegscapeError} `BAD_OPTION`; while iterating `SHAPE_MISMATCH` when the samples of a batch differ in size,
 * `MASK_VALUE_UNKNOWN` for a label that is no class's (and not the dataset's `ignoreIndex`, nor void that a transform
 * padded with), and what the dataset throws.
 */
export function batches(dataset: Dataset, options: BatchOptions): AsyncIterable<Batch> {
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
  whole('batchSize', batchSize, 1);
  whole('prefetch', prefetch, 0);
  whole('workers', workers, 1);
  whole('epoch', epoch, 0);
  assertNormalize('batches', normalize);
  const rng = random(seed).fork(`epoch ${epoch}`);

  const ready = async (index: number): Promise<Ready> => {
    const read = await dataset.get(index);
    const { classes, ignoreIndex } = dataset;
    assertSampleLabels('batches', read, classes, ignoreIndex);
    const sample = transform === undefined ? read : transform(read, rng.fork(`sample ${read.id}`));
    // A transform may pad with void even where the data have none.
    if (sample.mask !== read.mask) assertSampleLabels('batches', sample, classes, ignoreIndex, ignoreLabel);
    const { id, image, mask } = sample;
    return { id, image, mask, values: toFloats(image, normalize), prepared: prepare?.(mask) ?? {} };
  };

  return {
    async *[Symbol.asyncIterator]() {
      const indices = Array.from({ length: dataset.length }, (_, index) => index);
      const order = shuffle ? shuffled(indices, rng.fork('order')) : indices;
      const full = Math.floor(order.length / batchSize) * batchSize;
      const end = dropLast ? full : order.length;
      const pending: Promise<Ready>[] = [];
      const ahead = Math.max(workers, (prefetch + 1) * batchSize);
      let next = 0;
      let running = 0;
      const waiting: (() => void)[] = [];
      // At most `workers` samples are read at once; a finished one wakes the next.
      const limited = async (index: number) => {
        if (running >= workers) await new Promise<void>((wake) => waiting.push(wake));
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
