import type { Raster } from '@segscape/core';

/** What a measure sees of one test image. */
export interface MeasuredImage {
  readonly id: string;
  readonly classes: readonly string[];
  /** Class indices, one channel; pixels of no class have the label `ignoreIndex`. With `spacing` where every file had it. */
  readonly labels: Raster;
  /** Class indices of the network, of the same size. */
  readonly prediction: Raster;
  /** Float32 `[height, width, classes]`. */
  readonly probabilities: Raster;
  readonly ignoreIndex?: number;
}

/**
 * A number, or several by name, for one image: columns of the table, points of the tests. NaN where the image has
 * none, such as a distance to a class that is not there.
 */
export type Measure = (image: MeasuredImage) => number | Readonly<Record<string, number>>;
