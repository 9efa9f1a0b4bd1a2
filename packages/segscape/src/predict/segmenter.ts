import type { ModelPredictor, Threshold } from '@segscape/study';
import type { TrainedOn } from './pixel-notes.js';

/** Whatever makes masks of images: networks of a run, or somebody's model. */
export interface Segmenter extends TrainedOn, Pick<ModelPredictor, 'dispose' | 'networks' | 'predict'> {
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
}
