import type { Raster } from '@segscape/core';

/**
 * The class of the largest probability at each pixel; the first of equal ones.
 * @param probabilities `[[depth,] height, width, classes]`.
 * @returns uint8 class indices, one channel, of the same size and spacing.
 */
export function largestClass({ data, channels, ...rest }: Raster): Raster {
  const classes = new Uint8Array(data.length / channels);
  for (let i = 0; i < classes.length; i++) {
    let best = 0;
    for (let c = 1; c < channels; c++) if (data[i * channels + c]! > data[i * channels + best]!) best = c;
    classes[i] = best;
  }
  return { ...rest, data: classes, channels: 1 };
}
