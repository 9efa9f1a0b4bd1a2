/** A learning rate that was tried for a loss. */
export interface TriedRateFact {
  readonly rate: number;
  /** How long; the worse ones were given up early. */
  readonly epochs: number;
  /** The best value on the validation images; NaN (null in JSON) for one that diverged. */
  readonly value: number;
}

/** The learning rate of a loss, and how it came about. */
export interface LossRateFact {
  readonly loss: string;
  readonly rate: number;
  /** By rising rate; absent where the rate was given. */
  readonly tried?: readonly TriedRateFact[];
}

/** Learning rates that losses have of their own. */
export interface LearningRatesFact {
  /** Validation measure that chose; empty where none was searched. */
  readonly measure: string;
  readonly losses: readonly LossRateFact[];
}
