import type { Raster, Storage } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { LossFn } from '@segscape/losses';
import type { Measure } from '../kinds/measure.js';

/** Probabilities that somebody's network gave, image by image. */
export interface ProbabilityMaps {
  /** Names of the images, as the truth has them. */
  readonly ids: readonly string[];
  /**
   * The probabilities of one image.
   * @param index its place in `ids`.
   * @returns float32 `[height, width, classes]`, in [0, 1], summing to 1 at each pixel.
   */
  get(index: number): Promise<Raster>;
}

/** What is judged. */
export interface JudgeOptions {
  /** The masks that are right; ids are names of images, groups patients. */
  readonly truth: Dataset;
  /** Masks by the name of who made them, of the same images. */
  readonly predictions?: Readonly<Record<string, Dataset>>;
  /** Probabilities by the name of whose they are; their masks are the likeliest classes. They need a backend, for loss maps. */
  readonly probabilities?: Readonly<Record<string, ProbabilityMaps>>;
  /** Of whose pixelwise ones the report shows maps, where there are probabilities. Default cross-entropy and focal loss of γ = 2. */
  readonly losses?: readonly { readonly label: string; readonly loss: LossFn }[];
  /** The images themselves, for the report's pictures. */
  readonly images?: Dataset;
  /** Beside the overlap measures. */
  readonly measures?: readonly { readonly name: string; readonly measure: Measure }[];
  /** Size of a pixel in µm, [y, x], in place of the files' own. */
  readonly spacing?: readonly [number, number];
  /** An empty folder for the scores and the report. */
  readonly storage: Storage;
  /** What the report calls it. */
  readonly title?: string;
  /** Images whose pictures are shown: those that the masks disagree on most. Default 6. */
  readonly shown?: number;
  readonly signal?: AbortSignal;
}
