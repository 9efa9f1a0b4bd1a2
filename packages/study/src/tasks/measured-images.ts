import type { Raster } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { MeasuredImage } from '../kinds/measure.js';
import { largestClass } from '../largest-class.js';
import { channelOf, decidedPlanes } from '../overlapping/label-planes.js';
import type { Setup } from '../setup.js';

/** Values of the config's measures for one image, by column. */
export type MeasuredValues = Readonly<Record<string, number>>;

/** One image of a batch, on the host. */
interface Scored {
  readonly id: string;
  readonly form: Pick<Raster, 'depth' | 'height' | 'width' | 'spacing'>;
  /** Class indices, or planes of classes that overlap. */
  readonly truth: Int32Array;
  readonly probabilities: Float32Array;
}

/** What measures see of it. */
function whole({ classes, ignoreIndex }: Setup, { id, form, truth, probabilities }: Scored): MeasuredImage {
  const values: Raster = { ...form, channels: classes.length, data: probabilities };
  return {
    id,
    classes,
    labels: { ...form, channels: 1, data: truth },
    prediction: largestClass(values),
    probabilities: values,
    ...(ignoreIndex !== undefined && { ignoreIndex }),
  };
}

/** What measures see of one class of several that overlap: two classes, what is not of it and what is. */
function alone(
  { classes, ignoreIndex }: Setup,
  { id, form, truth, probabilities }: Scored,
  c: number,
): MeasuredImage {
  const p = channelOf(probabilities, classes.length, c);
  const both = Float32Array.from({ length: 2 * p.length }, (_, i) =>
    i % 2 === 1 ? p[i >> 1]! : 1 - p[i >> 1]!,
  );
  return {
    id,
    classes: [`not ${classes[c]}`, classes[c]!],
    labels: { ...form, channels: 1, data: channelOf(truth, classes.length, c) },
    prediction: decidedPlanes({ ...form, channels: 1, data: p }),
    probabilities: { ...form, channels: 2, data: both },
    ...(ignoreIndex !== undefined && { ignoreIndex }),
  };
}

/**
 * What the config's own measures say of each image of a batch. Classes that overlap are measured one after the other; a measure
 * that gives a single number has a column for each then, `calibrationError.disc`.
 * @param labels `[batch, [depth,] height, width]`, of classes that overlap `[batch, height, width, classes]`.
 * @param probabilities `[batch, [depth,] height, width, classes]`.
 */
export async function measuredImages(
  { setup, names }: { readonly setup: Setup; readonly names: readonly string[] },
  { labels, ids }: { readonly labels: Tensor; readonly ids: readonly string[] },
  probabilities: Tensor,
): Promise<MeasuredValues[]> {
  const { measures, classes, spacings, unscaled, overlapping } = setup;
  if (measures.length === 0) return ids.map(() => ({}));
  const [width, height, depth] = probabilities.shape.slice(1, -1).reverse() as [number, number, number?];
  const [truth, shares] = [await labels.data(), await probabilities.data()];
  const own = <T extends Int32Array | Float32Array>(values: T, i: number) =>
    values.slice((i * values.length) / ids.length, ((i + 1) * values.length) / ids.length) as T;
  return ids.map((id, i) => {
    const spacing = unscaled.length > 0 ? undefined : spacings.get(id);
    const form = {
      ...(depth !== undefined && { depth }),
      height,
      width,
      ...(spacing && { spacing: [...spacing] }),
    };
    const scored = {
      id,
      form,
      truth: own(truth as Int32Array, i),
      probabilities: own(shares as Float32Array, i),
    };
    const seen = overlapping ? classes.map((_, c) => alone(setup, scored, c)) : [whole(setup, scored)];
    return Object.fromEntries(
      measures.flatMap((measure, k) =>
        seen.flatMap((image) => {
          const value = measure(image);
          const column = overlapping ? `${names[k]!}.${image.classes[1]}` : names[k]!;
          return typeof value === 'number' ? [[column, value]] : Object.entries(value);
        }),
      ),
    );
  });
}
