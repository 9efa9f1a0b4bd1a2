export interface TestResult {
  readonly name: string;
  readonly status: string;
  readonly why?: string;
}
export interface Comparison {
  readonly passed: number;
  readonly skipped: number;
  readonly faults: readonly TestResult[];
  readonly corrected: readonly TestResult[];
  readonly lacking: readonly TestResult[];
  readonly mended: readonly TestResult[];
  readonly stale: readonly string[];
}
export declare function compare(
  backend: string,
  before: readonly TestResult[],
  after: readonly TestResult[],
  options?: { readonly complete?: boolean },
): Comparison;
export declare function plainName(name: string, backend: string): string;
