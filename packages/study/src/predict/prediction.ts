import type { Raster } from '@segscape/core';
import { resizeArea, resizeNearest } from '@segscape/data';
import { largestClass } from '../largest-class.js';
import type { ModelRecord } from '../model-record.js';
import { decidedPlanes } from '../overlapping/label-planes.js';
import { above, type Threshold } from './threshold.js';

export interface Prediction {
  /**
   * Uint8 of the image's own size: class indices, one channel; where classes overlap, a channel of 0 and 1 for each of them
   * (`classMask` takes one out).
   */
  readonly mask: Raster;
  /** Float32 `[[depth,] height, width, classes]` at the size that the network worked on. */
  readonly probabilities: Raster;
  /** Whether each class is for itself; absent: they exclude each other. */
  readonly overlapping?: true;
}

export interface Deciding {
  readonly threshold?: Threshold | undefined;
  /** Default false. */
  readonly overlapping?: boolean;
}

/** Decides on the class of each pixel, at the size of the network, and brings the mask to the image's. */
export function predictionOf(
  probabilities: Raster,
  { height, width, spacing }: Raster,
  { threshold, overlapping = false }: Deciding = {},
): Prediction {
  const decided = overlapping
    ? decidedPlanes(probabilities, threshold?.value)
    : threshold
      ? above(probabilities, threshold.value)
      : largestClass(probabilities);
  const mask = { ...resizeNearest(decided, height, width), ...(spacing && { spacing }) };
  return { probabilities, mask, ...(overlapping && { overlapping }) };
}

/** As in training, of a volume every slice alike: by the recorded factor, then down to the recorded number of pixels. */
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
