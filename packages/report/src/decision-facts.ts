/** How seeds were added until the best loss was settled. */
export interface DecisionFact {
  readonly looks?: readonly LookFact[];
  /** How it ended, in words. */
  readonly sentence?: string;
}

/** A look at the scores, with so many seeds. */
export interface LookFact {
  readonly seeds: readonly number[];
  readonly leader: string;
  /** The largest p of the leader against another loss, after Holm's correction over all pairs. */
  readonly p: number;
  /** What p had to be below, at this look. */
  readonly alpha: number;
  readonly settled: boolean;
}
