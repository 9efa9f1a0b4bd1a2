import type { Numbers, OracleCase } from './adapter.js';

/** The worst disagreement of two trees of numbers. */
export interface Difference {
  /** Where in the tree: `value[0][2]`, `grad.kernel[7]`. */
  readonly at: string;
  readonly got: unknown;
  readonly expected: unknown;
  readonly difference: number;
}

const read = (value: unknown): number => {
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  return typeof value === 'number' ? value : Number.NaN;
};

const isNumber = (value: unknown) =>
  typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';

/**
 * Compares what was computed with what is expected: the same tree, and for each number
 * |got - expected| <= abs + rel·|expected|; NaN and infinities must be the same.
 * @returns the worst disagreement, or undefined when there is none.
 */
export function compare(
  got: unknown,
  expected: Numbers,
  { abs, rel }: OracleCase['tol'],
  at = 'value',
): Difference | undefined {
  if (isNumber(expected)) {
    const want = read(expected);
    if (!isNumber(got)) return { at, got, expected, difference: Number.POSITIVE_INFINITY };
    const have = read(got);
    if (Object.is(have, want) || have === want) return undefined;
    const difference = Math.abs(have - want);
    if (difference <= abs + rel * Math.abs(want)) return undefined;
    return {
      at,
      got,
      expected,
      difference: Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference,
    };
  }
  if (typeof expected !== 'object' || expected === null)
    return got === expected ? undefined : { at, got, expected, difference: Number.POSITIVE_INFINITY };
  const isArray = Array.isArray(expected);
  if (typeof got !== 'object' || got === null || Array.isArray(got) !== isArray)
    return { at, got: describe(got), expected: describe(expected), difference: Number.POSITIVE_INFINITY };
  const keys = Object.keys(expected);
  if (isArray && (got as unknown[]).length !== keys.length)
    return { at, got: describe(got), expected: describe(expected), difference: Number.POSITIVE_INFINITY };
  let worst: Difference | undefined;
  for (const key of keys) {
    const next = compare(
      (got as Record<string, unknown>)[key],
      (expected as Record<string, Numbers>)[key] as Numbers,
      { abs, rel },
      isArray ? `${at}[${key}]` : `${at}.${key}`,
    );
    if (next && !(worst && worst.difference >= next.difference)) worst = next;
  }
  return worst;
}

const describe = (value: unknown): unknown =>
  Array.isArray(value) ? `an array of ${value.length}` : typeof value === 'object' ? typeof value : value;
