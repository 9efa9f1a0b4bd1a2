import type { Raster } from '@segscape/core';
import { channelOf } from '../overlapping/label-planes.js';

/**
 * The mask of one of several classes that overlap.
 * @param mask of a `Prediction`, a channel for each class.
 * @param c which, in the order of the run's classes.
 * @returns uint8 of 0 and 1, one channel, of the same size and spacing.
 */
export const classMask = (mask: Raster, c: number): Raster => ({
  ...mask,
  data: channelOf(mask.data as Uint8Array, mask.channels, c),
  channels: 1,
});
