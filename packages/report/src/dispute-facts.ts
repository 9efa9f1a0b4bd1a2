/** Where the networks of the losses disagree, on every test image. */
export interface DisputesFact {
  /** Of two masks: pixels that they call differently, of those that either calls other than the first class. */
  readonly measure: 'jaccardDistance';
  /** Of the networks that are compared, by loss. */
  readonly seeds: Readonly<Record<string, number>>;
  /** In the order of the test images. */
  readonly images: readonly DisputedImageFact[];
}

export interface DisputedImageFact {
  readonly id: string;
  /** Mean over all pairs of losses, in [0, 1]. */
  readonly disagreement: number;
  /** Mean over the pairs with that loss. */
  readonly byLoss: Readonly<Record<string, number>>;
}

/** The images that are shown because of what a loss's network makes of them, by their ids. */
export interface CaseFact {
  readonly loss: string;
  /** By the IoU of the foreground. */
  readonly worst: string;
  readonly best: string;
  /** Where it is farthest from the networks of the other losses; absent with one loss. */
  readonly disputed?: string;
}
