import type { Raster } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { fullestSlice, ofSlice, type ShownSlice } from './shown-slice.js';

/** What a trained network made of one image, or of one slice of a volume. */
export interface SamplePrediction {
  /** Loss it was trained with. */
  readonly loss: string;
  readonly id: string;
  /** Of a volume. */
  readonly slice?: ShownSlice;
  readonly height: number;
  readonly width: number;
  /** As the network saw it; larger than the labels for valid convolutions. */
  readonly input: Raster;
  /** Class indices, or planes of classes that overlap. */
  readonly labels: Int32Array;
  /** `[height, width, classes]`. */
  readonly probabilities: Float32Array;
  /** Losses of the study per pixel, on this prediction. */
  readonly lossMaps: readonly { readonly label: string; readonly values: Float32Array }[];
}

/** A batch of one image, and what a network makes of it. */
export interface SeenImage {
  readonly loss: string;
  readonly ids: readonly string[];
  readonly images: Tensor;
  readonly labels: Tensor;
  readonly probabilities: Tensor;
  readonly maps: readonly { readonly label: string; readonly values: Tensor }[];
}

/**
 * The only image of a batch, on the host; of a volume the slice with most foreground.
 * @param ignoreIndex label of pixels that no class claims.
 */
export async function samplePrediction(
  { loss, ids, images, labels, probabilities, maps }: SeenImage,
  ignoreIndex: number | undefined,
): Promise<SamplePrediction> {
  const truth = (await labels.data()) as Int32Array;
  const [depth, height, width] =
    images.shape.length === 5 ? labels.shape.slice(1) : [0, ...labels.shape.slice(1)];
  const slice = depth ? fullestSlice(truth, depth, ignoreIndex) : undefined;
  const [rows, columns, channels] = images.shape.slice(-3) as [number, number, number];
  const lossMaps = await Promise.all(
    maps.map(async ({ label, values }) => ({
      label,
      values: ofSlice((await values.data()) as Float32Array, slice),
    })),
  );
  return {
    loss,
    id: ids[0]!,
    ...(slice && { slice }),
    height: height!,
    width: width!,
    input: {
      data: ofSlice((await images.data()) as Float32Array, slice && ofInput(slice, images.shape[1]!)),
      height: rows,
      width: columns,
      channels,
    },
    labels: ofSlice(truth, slice),
    probabilities: ofSlice((await probabilities.data()) as Float32Array, slice),
    lossMaps,
  };
}

/** The same slice of what the network saw, which is deeper for valid convolutions. */
const ofInput = ({ index, count }: ShownSlice, depth: number): ShownSlice => ({
  index: index + Math.floor((depth - count) / 2),
  count: depth,
});
