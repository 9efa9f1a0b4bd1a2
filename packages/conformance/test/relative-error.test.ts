import { describe, expect, test } from 'vitest';
import { largestDeviation } from '../src/runner/relative-error.js';

const of = (...data: number[]) => ({ y: { shape: [data.length], data } });

describe('the largest relative error', () => {
  test('is measured against the largest entry of the reference: 0.2 / (4 + 1e-6)', () => {
    const { error, at } = largestDeviation(of(1.2, -4), of(1, -4));
    expect(at).toBe('y');
    expect(error).toBeCloseTo(0.2 / 4.000001, 12);
  });

  test('of outputs that are zero is measured against 1e-6', () => {
    expect(largestDeviation(of(1e-9), of(0)).error).toBeCloseTo(1e-3, 12);
  });

  test('names the worst of several outputs', () => {
    const reference = { a: of(1).y, b: of(10).y };
    expect(largestDeviation({ a: of(1.1).y, b: of(10.1).y }, reference).at).toBe('a');
  });

  test.each([
    ['missing', {}, of(1)],
    ['of another shape', of(1, 2), of(1)],
    ['NaN', of(Number.NaN), of(1)],
    ['finite where the reference is not', of(1), of(Number.POSITIVE_INFINITY)],
    ['an output too many', { ...of(1), z: of(1).y }, of(1)],
  ])('is infinite when an output is %s', (_, got, reference) => {
    expect(largestDeviation(got, reference).error).toBe(Number.POSITIVE_INFINITY);
  });

  test('is 0 where both are the same, NaN and infinities too', () => {
    const odd = of(Number.NaN, Number.NEGATIVE_INFINITY, 3);
    expect(largestDeviation(odd, odd).error).toBe(0);
  });
});
