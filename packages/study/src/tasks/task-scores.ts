import type { ThresholdFact } from './validated-threshold.js';

/** Final scores of one training, one entry a test image. */
export interface TaskScores {
  readonly loss: string;
  readonly seed: number;
  /** Whose test images these are, in cross-validation. Absent: there is one division. */
  readonly fold?: number;
  /** The epoch whose weights were scored. */
  readonly epoch: number;
  /** The last epoch of the training when they were. */
  readonly trained: number;
  /** For two classes, where validation images could choose it; no score depends on it. Absent in older runs. */
  readonly threshold?: ThresholdFact;
  readonly images: readonly ({ readonly id: string } & Readonly<Record<string, number | string>>)[];
}
