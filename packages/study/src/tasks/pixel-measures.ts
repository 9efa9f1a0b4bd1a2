import type { Raster } from '@segscape/core';
import { byBands, type Batch as GridBatch, type Grouping } from '@segscape/landscape';
import { connectedComponents, distanceTransform } from '@segscape/morphology';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { median } from '../examine/examine-masks.js';

/** Limits between the bands of distance to the border, in pixels: where annotators differ, near it, and far. */
const bands = [2, 8];

/** Of no band. */
const none = -1;

/** What is known of each pixel of a batch, float32 `[samples, …space]`. */
type Measures = { readonly distance: Tensor; readonly size: Tensor };

/** A batch with what is known of its pixels; losses never see that. */
export type MeasuredBatch = GridBatch & {
  readonly images: Tensor;
  readonly labels: Tensor;
  readonly measures: Measures;
};

/** One sample of labels as a raster; a volume keeps its depth. */
function rasterOf(labels: ArrayLike<number>, space: readonly number[], start: number): Raster {
  const [width, height, depth] = [...space].reverse() as [number, number, number | undefined];
  const length = space.reduce((product, side) => product * side, 1);
  return {
    data: Int32Array.from({ length }, (_, i) => labels[start + i]!),
    height,
    width,
    channels: 1,
    ...(depth !== undefined && { depth }),
  };
}

/**
 * Distance of each pixel to the nearest one of another class, in pixels, at least 1; −1 of void. Void itself is no border, nor is the
 * edge of the image.
 */
export function borderDistances(labels: Raster, classes: number): Float32Array {
  const found = new Float32Array(labels.data.length).fill(none);
  for (let c = 0; c < classes; c++) {
    const own = Uint8Array.from(labels.data, (label) => Number(label === c || label < 0 || label >= classes));
    if (!labels.data.includes(c as never)) continue;
    const { data } = distanceTransform({ ...labels, data: own });
    for (let i = 0; i < found.length; i++)
      if (labels.data[i] === c) found[i] = Number.isFinite(data[i]!) ? data[i]! : Number.MAX_SAFE_INTEGER;
  }
  return found;
}

/** Pixels of the object that each pixel lies in, of all classes but the first; −1 elsewhere. */
export function objectSizes(labels: Raster, classes: number): { at: Float32Array; sizes: number[] } {
  const at = new Float32Array(labels.data.length).fill(none);
  const all: number[] = [];
  for (let c = 1; c < classes; c++) {
    const data = Uint8Array.from(labels.data, (label) => Number(label === c));
    const found = connectedComponents({ ...labels, data }, { connectivity: 2 });
    all.push(...Array.from(found.sizes.subarray(1)));
    for (let i = 0; i < at.length; i++) {
      const object = found.labels.data[i]!;
      if (object > 0) at[i] = found.sizes[object]!;
    }
  }
  return { at, sizes: all };
}

/**
 * Batches with the distance to the border and the size of the object at each pixel, and the groupings by both: bands of distance, and
 * objects below the median size and from it on; without the latter where all are of one size.
 * @param batches images with labels of class indices, which are borrowed.
 * @param classes number of classes.
 * @returns the tensors of `measures` are the caller's.
 */
export async function withPixelMeasures(
  batches: readonly GridBatch[],
  classes: number,
): Promise<{
  readonly batches: MeasuredBatch[];
  readonly groupings: Readonly<Record<string, Grouping<MeasuredBatch>>>;
}> {
  const measured: MeasuredBatch[] = [];
  const areas: number[] = [];
  for (const batch of batches) {
    const { labels } = batch as unknown as { readonly labels: Tensor };
    const values = await labels.data();
    const [samples = 0, ...space] = labels.shape;
    const [distance, size] = [new Float32Array(values.length), new Float32Array(values.length)];
    const length = values.length / Math.max(1, samples);
    for (let n = 0; n < samples; n++) {
      const mask = rasterOf(values, space, n * length);
      distance.set(borderDistances(mask, classes), n * length);
      const { at, sizes } = objectSizes(mask, classes);
      size.set(at, n * length);
      areas.push(...sizes);
    }
    measured.push({
      ...batch,
      measures: { distance: tensor(distance, labels.shape), size: tensor(size, labels.shape) },
    } as unknown as MeasuredBatch);
  }
  const middle = median(areas);
  const differ = areas.some((area) => area < middle);
  return {
    batches: measured,
    groupings: {
      border: byBands(bands, ({ measures }) => measures.distance, 'px'),
      ...(differ && { size: byBands([middle], ({ measures }) => measures.size, 'px') }),
    },
  };
}
