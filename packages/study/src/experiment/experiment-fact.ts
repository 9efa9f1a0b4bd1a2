import type { PictureValuesFact } from '@segscape/report';
import type { Picture } from '../tasks/pictures.js';
import type { ChosenImage } from './chosen-images.js';
import type { StartFact } from './start.js';

/** A picture of the experiment, in `maps/`. */
export interface ExperimentPicture extends Omit<Picture, 'group' | 'epoch' | 'values'> {
  readonly group: Exclude<Picture['group'], 'augmentation'> | 'gradient';
  /** Iterations done; absent of the image and its truth. */
  readonly iteration?: number;
  readonly values?: PictureValuesFact;
}

/** An image followed under one loss. */
export interface FollowedFact {
  readonly image: string;
  /** That it was trained on with. */
  readonly loss: string;
  readonly learningRate?: number;
  /** Iterations done before each of the values, ascending; some of all, which the file has. */
  readonly iterations: readonly number[];
  /** Value of every loss of the study, by its label. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Euclidean length of the gradient of `loss` by all weights, before any clipping. */
  readonly gradientNorms: readonly number[];
  /** Table of the run folder with every iteration. */
  readonly file: string;
  /** Iteration whose numbers were no longer finite, where it ended. */
  readonly diverged?: number;
}

/** The single-image experiment of a run. */
export interface ExperimentFact {
  readonly from: StartFact;
  readonly iterations: number;
  readonly every: number;
  readonly images: readonly Omit<ChosenImage, 'index'>[];
  readonly runs: readonly FollowedFact[];
  readonly pictures: readonly ExperimentPicture[];
}
