export interface Correction {
  /** Full names of TensorFlow.js's tests, without the backend's. */
  readonly tests: readonly string[];
  /** Where they fail after `useBackend`, and did not before. */
  readonly backends: readonly string[];
  /** Why what we give is right. */
  readonly because: string;
  /** Where that can be read. */
  readonly source: string;
}
export declare const corrections: readonly Correction[];
