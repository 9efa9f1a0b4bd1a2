/** A bin of a reliability diagram. */
export interface ReliabilityFact {
  /** Pixels. */
  readonly count: number;
  /** Mean probability; NaN (null in JSON) in an empty bin. */
  readonly confidence: number;
  /** Share of the pixels that are of the class; NaN (null in JSON) in an empty bin. */
  readonly accuracy: number;
}

/** Whether the probabilities of one training mean what they say, over all pixels of the test images. */
export interface CalibrationFact {
  readonly loss: string;
  readonly seed: number;
  readonly classes: readonly ClassCalibrationFact[];
  /** Pixels by the probability of their true class, in bins of equal width from 0 to 1. */
  readonly trueClass?: readonly number[];
}

export interface ClassCalibrationFact {
  readonly name: string;
  /** Expected calibration error of the class against all others, in [0, 1]. */
  readonly error: number;
  readonly bins: readonly ReliabilityFact[];
}
