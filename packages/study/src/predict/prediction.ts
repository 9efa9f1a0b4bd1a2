import type { Raster } from '@segscape/core';
import { resizeArea, resizeNearest } from '@segscape/data';
import { largestClass } from '../largest-class.js';
import type { ModelRecord } from '../model-record.js';
import { above, type Threshold } from './threshold.js';

export interface Prediction {
  /** Class indices, uint8, of the image's own size. */
  readonly mask: Raster;
  /** Float32 `[height, width, classes]` at the size that the network worked on. */
  readonly probabilities: Raster;
}

/** Decides on the class of each pixel, at the size of the network, and brings the mask to the image's. */
export function predictionOf(
  probabilities: Raster,
  { height, width, spacing }: Raster,
  threshold?: Threshold,
): Prediction {
  const decided = threshold ? above(probabilities, threshold.value) : largestClass(probabilities);
  return { probabilities, mask: { ...resizeNearest(decided, height, width), ...(spacing && { spacing }) } };
}

/** As in training: by the recorded factor, then down to the recorded number of pixels. */
export function scaled(
  image: Raster,
  { scale, maxPixels = Number.POSITIVE_INFINITY }: Pick<ModelRecord, 'scale' | 'maxPixels'>,
): Raster {
  const pixels = image.height * image.width * scale * scale;
  const factor = scale * Math.min(1, Math.sqrt(maxPixels / pixels));
  const [height, width] = [
    Math.max(1, Math.round(image.height * factor)),
    Math.max(1, Math.round(image.width * factor)),
  ];
  return factor === 1 ? image : resizeArea(image, height, width);
}
