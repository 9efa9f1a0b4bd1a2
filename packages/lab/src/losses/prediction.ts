import type { Raster } from '@segscape/core';
import { distanceTransform } from '@segscape/morphology';

/** How the shown prediction departs from the truth; lengths in pixels of the example. */
export interface Distortion {
  /** Largest logit on either side: how sure the network is. */
  readonly confidence: number;
  /** Distance over which the prediction turns from one class to the other. */
  readonly blur: number;
  readonly right: number;
  readonly down: number;
  /** The outline moved inwards; outwards when negative. */
  readonly shrink: number;
}

export const faithful: Distortion = { confidence: 4, blur: 3, right: 0, down: 0, shrink: 0 };

/** Distance to the outline of class 1, positive inside of it. */
export function outlineDistance(mask: Raster): Float32Array {
  const data = Uint8Array.from(mask.data, (label) => Number(label === 1));
  return distanceTransform({ ...mask, data }, { signed: true }).data as Float32Array;
}

/**
 * Logits `[height, width, 2]` of a made-up network that sees the outline of class 1 moved and softened: the signed
 * distance to the moved outline over `blur`, squashed to the confidence; class 0 scores 0.
 */
export function distortedLogits(
  distance: Float32Array,
  height: number,
  width: number,
  { confidence, blur, right, down, shrink }: Distortion,
): Float32Array {
  const logits = new Float32Array(height * width * 2);
  const inside = (value: number, length: number) => Math.max(0, Math.min(length - 1, value));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = inside(y - down, height) * width + inside(x - right, width);
      const away = (distance[from]! - shrink) / Math.max(0.25, blur);
      logits[(y * width + x) * 2 + 1] = confidence * Math.tanh(away);
    }
  return logits;
}
