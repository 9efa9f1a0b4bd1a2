import type { Raster } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { largestClass } from '../largest-class.js';
import type { Setup } from '../setup.js';

/** Values of the config's measures for one image, by column. */
export type MeasuredValues = Readonly<Record<string, number>>;

/**
 * What the config's own measures say of each image of a batch.
 * @param labels `[batch, height, width]`.
 * @param probabilities `[batch, height, width, classes]`.
 */
export async function measuredImages(
  { setup, names }: { readonly setup: Setup; readonly names: readonly string[] },
  { labels, ids }: { readonly labels: Tensor; readonly ids: readonly string[] },
  probabilities: Tensor,
): Promise<MeasuredValues[]> {
  const { measures, classes, spacings, ignoreIndex } = setup;
  if (measures.length === 0) return ids.map(() => ({}));
  const [, height, width, channels] = probabilities.shape as [number, number, number, number];
  const [truth, shares] = [await labels.data(), await probabilities.data()];
  const pixels = height * width;
  return ids.map((id, i) => {
    const spacing = spacings.get(id);
    const form = { height, width, ...(spacing && { spacing: [...spacing] }) };
    const values: Raster = {
      ...form,
      channels,
      data: Float32Array.from(shares.subarray(i * pixels * channels, (i + 1) * pixels * channels)),
    };
    const seen = {
      id,
      classes,
      labels: { ...form, channels: 1, data: Int32Array.from(truth.subarray(i * pixels, (i + 1) * pixels)) },
      prediction: largestClass(values),
      probabilities: values,
      ...(ignoreIndex !== undefined && { ignoreIndex }),
    };
    return Object.fromEntries(
      measures.flatMap((measure, k) => {
        const value = measure(seen);
        return typeof value === 'number' ? [[names[k]!, value]] : Object.entries(value);
      }),
    );
  });
}
