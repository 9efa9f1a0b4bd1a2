import type { Raster } from '@segscape/core';
import type { Prediction, Threshold } from '@segscape/study';

/** Whatever makes masks of images: networks of a run, or somebody's model. */
export interface Segmenter {
  readonly classes: readonly string[];
  /** Whether each class is for itself; absent: they exclude each other. */
  readonly overlapping?: boolean;
  /** Whether it segments volumes; absent: images. */
  readonly volumes?: boolean;
  readonly threshold?: Threshold;
  /** What made the masks, as the end of a sentence: `by the network trained with dice, seed 1, epoch 9`. */
  readonly by: string;
  /** The same for programs. */
  readonly record: Readonly<Record<string, unknown>>;
  /** What the user should know. */
  readonly notes: readonly string[];
  predict(
    image: Raster,
    signal?: AbortSignal,
    onProgress?: (completed: number, total: number) => void,
  ): Promise<Prediction>;
  dispose(): Promise<void>;
}
