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
function rasterOf(labels: ArrayLike<number>, space: readonly number[]): Raster {
  const [width, height, depth] = [...space].reverse() as [number, number, number | undefined];
  return {
    data: Int32Array.from(labels),
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
    if (labels.data.every((label) => label !== c)) continue;
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

/** The smaller of two values but `none`. */
const nearer = (a: number, b: number) => (a === none ? b : b === none ? a : Math.min(a, b));

interface SampleMeasures {
  readonly distance: Float32Array;
  readonly size: Float32Array;
  /** Of all objects, in pixels. */
  readonly areas: readonly number[];
}

/** Of classes that exclude each other. */
function ofClasses(values: ArrayLike<number>, space: readonly number[], classes: number): SampleMeasures {
  const mask = rasterOf(values, space);
  const { at, sizes } = objectSizes(mask, classes);
  return { distance: borderDistances(mask, classes), size: at, areas: sizes };
}

/** Of classes that overlap: the nearest border of any of them, and the smallest object of those that a pixel lies in. */
function ofPlanes(values: ArrayLike<number>, space: readonly number[], classes: number): SampleMeasures {
  const length = values.length / classes;
  const planes = Array.from({ length: classes }, (_, c) =>
    ofClasses(
      Int32Array.from({ length }, (__, i) => values[i * classes + c]!),
      space,
      2,
    ),
  );
  const least = (of: (plane: SampleMeasures) => Float32Array) =>
    planes.map(of).reduce((a, b) => a.map((value, i) => nearer(value, b[i]!)));
  return {
    distance: least((plane) => plane.distance),
    size: least((plane) => plane.size),
    areas: planes.flatMap(({ areas }) => areas),
  };
}

/**
 * Batches with the distance to the border and the size of the object at each pixel, and the groupings by both: bands of distance, and
 * objects below the median size and from it on; without the latter where all are of one size.
 * @param batches images with labels of class indices, or planes of classes that overlap, which are borrowed.
 * @param classes number of classes.
 * @param overlapping whether labels are planes. Default false.
 * @returns the tensors of `measures` are the caller's.
 */
export async function withPixelMeasures(
  batches: readonly GridBatch[],
  classes: number,
  overlapping = false,
): Promise<{
  readonly batches: MeasuredBatch[];
  readonly groupings: Readonly<Record<string, Grouping<MeasuredBatch>>>;
}> {
  const measured: MeasuredBatch[] = [];
  const areas: number[] = [];
  for (const batch of batches) {
    const { labels } = batch as unknown as { readonly labels: Tensor };
    const values = await labels.data();
    const shape = overlapping ? labels.shape.slice(0, -1) : labels.shape;
    const [samples = 0, ...space] = shape;
    const places = space.reduce((product, side) => product * side, 1);
    const [distance, size] = [new Float32Array(samples * places), new Float32Array(samples * places)];
    const length = values.length / Math.max(1, samples);
    for (let n = 0; n < samples; n++) {
      const own = values.subarray(n * length, (n + 1) * length);
      const found = (overlapping ? ofPlanes : ofClasses)(own, space, classes);
      distance.set(found.distance, n * places);
      size.set(found.size, n * places);
      areas.push(...found.areas);
    }
    measured.push({
      ...batch,
      measures: { distance: tensor(distance, shape), size: tensor(size, shape) },
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
