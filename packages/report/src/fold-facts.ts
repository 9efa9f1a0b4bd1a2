/** What cross-validation says of the folds. */
export interface FoldsFact {
  readonly measure: string;
  /** Test images of each fold. */
  readonly images: readonly number[];
  readonly losses: readonly {
    readonly loss: string;
    /** Mean of the measure in each fold, the seeds averaged; NaN (null in JSON) where a fold has none. */
    readonly means: readonly number[];
    /** Standard deviation of the folds beyond what their images explain, in the measure's unit. */
    readonly deviation: number;
  }[];
}
