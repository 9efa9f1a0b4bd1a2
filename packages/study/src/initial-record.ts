/** What a run's networks began with, as it is recorded. */
export interface InitialRecord {
  readonly weights: string;
  /** Of the file, hexadecimal; absent where the platform has no hashes. */
  readonly sha256?: string;
  /** Parameters that are not in the file, or of another shape there, and began afresh. */
  readonly fresh: readonly string[];
  /** Parameters that no training moves. */
  readonly frozen: readonly string[];
}
