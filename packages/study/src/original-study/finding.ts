/** What a run says of a claim. */
export type Verdict = 'borne out' | 'not' | 'undecided';

/** A comparison of two losses that a claim makes, and what a run saw of it. */
export interface Evidence {
  /** The losses, by their labels in the run; the claim says that the first is not later, or is not lower, than the second. */
  readonly first: string;
  readonly second: string;
  readonly verdict: Verdict;
  /** In words, with the numbers. */
  readonly text: string;
}

/** A claim and what a run says of it. */
export interface StudyFinding {
  readonly claim: string;
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
  /** Why nothing can be said, or how far what is said reaches. */
  readonly note?: string;
}

/** A claim of several parts is borne out when all of them are, and not when one of them is not. */
export function verdictOf(parts: readonly { readonly verdict: Verdict }[]): Verdict {
  if (parts.length === 0) return 'undecided';
  if (parts.some(({ verdict }) => verdict === 'not')) return 'not';
  return parts.every(({ verdict }) => verdict === 'borne out') ? 'borne out' : 'undecided';
}
