import type { Raster } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What a trained network made of one image. */
export interface SamplePrediction {
  /** Loss it was trained with. */
  readonly loss: string;
  readonly id: string;
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

/** The only image of a batch, on the host. */
export async function samplePrediction({
  loss,
  ids,
  images,
  labels,
  probabilities,
  maps,
}: SeenImage): Promise<SamplePrediction> {
  const [, height, width] = labels.shape as [number, number, number];
  return {
    loss,
    id: ids[0]!,
    height,
    width,
    input: {
      data: (await images.data()) as Float32Array,
      height: images.shape[1]!,
      width: images.shape[2]!,
      channels: images.shape[3]!,
    },
    labels: (await labels.data()) as Int32Array,
    probabilities: (await probabilities.data()) as Float32Array,
    lossMaps: await Promise.all(
      maps.map(async ({ label, values }) => ({ label, values: (await values.data()) as Float32Array })),
    ),
  };
}
