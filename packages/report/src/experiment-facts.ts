import type { PictureFact } from './picture-facts.js';

/** The single-image experiment: images that were trained on alone, under each loss, from the same weights. */
export interface ExperimentFact {
  /** The weights that every loss begins with; without `loss` those before any training. */
  readonly from: { readonly loss?: string; readonly epoch: number; readonly seed: number };
  /** Steps of each training. */
  readonly iterations: number;
  /** Iterations between two sets of pictures. */
  readonly every: number;
  readonly images: readonly ExperimentImageFact[];
  readonly runs: readonly FollowedFact[];
  readonly pictures: readonly ExperimentPictureFact[];
}

/** An image of the experiment. */
export interface ExperimentImageFact {
  readonly id: string;
  readonly part: 'train' | 'validation' | 'test';
  /** Share of its pixels that are of the foreground, in [0, 1]. */
  readonly foreground: number;
  /** What it was chosen by, where no id was given: the least foreground or the most. */
  readonly rule?: 'little' | 'much';
}

/** One image under one loss. */
export interface FollowedFact {
  readonly image: string;
  /** That the image was trained on with. */
  readonly loss: string;
  readonly learningRate?: number;
  /** Iterations done before each value, rising. */
  readonly iterations: readonly number[];
  /** Value of every loss of the study, by its label; NaN (null in JSON) where it was not finite. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Euclidean length of the gradient of `loss` by all weights; NaN (null in JSON) where it was not finite. */
  readonly gradientNorms: readonly number[];
  /** Of the foreground on the image, before each step; absent in older runs. */
  readonly iou?: readonly number[];
  /** Mean probability of the foreground over its true pixels, before each step; absent in older runs. */
  readonly confidence?: readonly number[];
  /** Table of the run folder with every iteration. */
  readonly file: string;
  /** Iteration at which numbers were no longer finite; nothing follows it. */
  readonly diverged?: number;
}

/** A picture of the experiment, kept as `maps/<name>.png`. */
export interface ExperimentPictureFact
  extends Pick<PictureFact, 'name' | 'title' | 'loss' | 'caption' | 'values'> {
  readonly group: Exclude<PictureFact['group'], 'augmentation'> | 'gradient';
  readonly sample: string;
  /** Iterations done; absent of the image and its truth. */
  readonly iteration?: number;
}
