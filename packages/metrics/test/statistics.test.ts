import { random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bootstrapInterval,
  compareAll,
  compareCrossed,
  crossedInterval,
  crossedTest,
  holm,
  pairedTest,
} from '../src/index.js';
import { normalCdf, normalQuantile } from '../src/normal-distribution.js';

const scores = [0.81, 0.85, 0.79, 0.9, 0.66, 0.88, 0.83, 0.91, 0.75, 0.86];

describe('normal distribution', () => {
  test('agrees with scipy.stats.norm 1.17', () => {
    expect([-8, -3, 0.5, 5].map(normalCdf)).toBeAllclose(
      [6.22096057e-16, 1.34989803e-3, 0.691462461, 0.999999713],
      { abs: 0, rel: 1e-8 },
    );
    expect([1e-10, 0.025, 0.3].map(normalQuantile)).toBeAllclose([-6.3613409, -1.95996398, -0.52440051], {
      abs: 0,
      rel: 1e-8,
    });
    for (const x of [-6, -4.0001, -3.9999, -1, 0, 2, 4])
      expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 6);
  });
});

describe('bootstrapInterval', () => {
  test('agrees with scipy.stats.bootstrap 1.17 (99,999 resamples)', () => {
    const bca = bootstrapInterval(scores, { resamples: 20_000 });
    expect([bca.low, bca.high]).toBeAllclose([0.767, 0.86], { abs: 0.003 });
    const percentile = bootstrapInterval(scores, { resamples: 20_000, method: 'percentile' });
    expect([percentile.low, percentile.high]).toBeAllclose([0.776, 0.865], { abs: 0.003 });
    expect(bca).toMatchObject({ n: 10, groups: 10 });
    expect(bca.estimate).toBeCloseTo(0.824);
  });

  test('the same seed gives the same bits', () => {
    const options = { resamples: 200, seed: 3 };
    expect(bootstrapInterval(scores, options)).toEqual(bootstrapInterval(scores, options));
    expect(bootstrapInterval(scores, { ...options, seed: 4 }).low).not.toBe(
      bootstrapInterval(scores, options).low,
    );
  });

  test('twins counted as one patient make the interval as wide as without the twins', () => {
    const twins = scores.flatMap((value) => [value, value]);
    const groups = scores.flatMap((_, i) => [i, i]);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const single = width(bootstrapInterval(scores, { resamples: 5000 }));
    expect(width(bootstrapInterval(twins, { resamples: 5000, groups }))).toBeCloseTo(single, 10);
    expect(width(bootstrapInterval(twins, { resamples: 5000 }))).toBeLessThan(0.8 * single);
  });

  test('covers the mean of normal samples about as often as it says', () => {
    let hits = 0;
    for (let k = 0; k < 200; k++) {
      const rng = random(k);
      const { low, high } = bootstrapInterval(
        Array.from({ length: 30 }, () => rng.normal()),
        { resamples: 400, confidence: 0.9 },
      );
      if (low <= 0 && high >= 0) hits++;
    }
    expect(hits / 200).toBeGreaterThan(0.82);
    expect(hits / 200).toBeLessThan(0.96);
  });

  test('edges: NaN left out, one group without bounds, equal values of width 0', () => {
    expect(bootstrapInterval([0.5, Number.NaN, 0.7], { resamples: 50 })).toMatchObject({ n: 2 });
    expect(bootstrapInterval([0.5])).toMatchObject({ estimate: 0.5, low: Number.NaN, high: Number.NaN });
    expect(bootstrapInterval([]).estimate).toBeNaN();
    expect(bootstrapInterval([2, 2, 2], { resamples: 50 })).toMatchObject({ low: 2, high: 2 });
    expect(() => bootstrapInterval([1, 2], { confidence: 95 })).toThrow('confidence (=95) must be in (0, 1)');
    expect(() => bootstrapInterval([1, 2], { groups: ['a'] })).toThrow('groups (=1) must have one entry');
  });
});

describe('pairedTest', () => {
  test('five pairs all greater: p = 2/32 two-sided, 1/32 one-sided, effect 1', () => {
    const result = pairedTest([2, 4, 6, 8, 10], [1, 2, 3, 4, 5]);
    expect(result).toMatchObject({
      statistic: 15,
      pValue: 2 / 32,
      effectSize: 1,
      n: 5,
      method: 'exact',
      difference: 3,
    });
    expect(pairedTest([2, 4, 6, 8, 10], [1, 2, 3, 4, 5], { alternative: 'greater' }).pValue).toBe(1 / 32);
    expect(pairedTest([2, 4, 6, 8, 10], [1, 2, 3, 4, 5], { alternative: 'less' }).pValue).toBe(1);
  });

  test('agrees with scipy.stats.wilcoxon 1.17', () => {
    const [a, b] = [
      [1.1, 2.3, 0.4, 3.3, 2.2, 0.7, 1.9, 2.5],
      [0.9, 2, 0.8, 2.1, 2, 0.9, 1, 2.1],
    ];
    const rounded = a!.map((value, i) => Math.round((value - b![i]!) * 10));
    expect(
      pairedTest(
        rounded,
        rounded.map(() => 0),
        { alternative: 'greater' },
      ).statistic,
    ).toBeCloseTo(28.5, 5);
  });

  test('the exact distribution is the count over all signs, ties included', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -4, max: 4 }).filter((d) => d !== 0),
          { minLength: 1, maxLength: 8 },
        ),
        (d) => {
          const zeros = d.map(() => 0);
          const { statistic, pValue } = pairedTest(d, zeros, { alternative: 'greater' });
          const absolute = d.map(Math.abs);
          const sums = Array.from(
            { length: 2 ** d.length },
            (_, bits) =>
              pairedTest(
                absolute.map((a, i) => ((bits >> i) & 1 ? a : -a)),
                zeros,
              ).statistic,
          );
          expect(pValue).toBeCloseTo(sums.filter((sum) => sum >= statistic - 1e-9).length / sums.length, 12);
        },
      ),
      { numRuns: 30 },
    ));

  test('normal and exact agree at 40 pairs; swapping the columns mirrors the effect', () => {
    const rng = random(1);
    const a = Array.from({ length: 40 }, () => rng.normal());
    const b = a.map((value) => value - 0.2 + 0.5 * rng.normal());
    const exact = pairedTest(a, b);
    expect(pairedTest(a, b, { method: 'normal' }).pValue).toBeCloseTo(exact.pValue, 2);
    expect(pairedTest(b, a)).toMatchObject({ pValue: exact.pValue, effectSize: -exact.effectSize });
  });

  test('groups count once; equal columns have p = 1', () => {
    const a = [1, 1.1, 2, 2.1, 3, 3.1];
    expect(pairedTest(a, [0, 0, 0, 0, 0, 0], { groups: [1, 1, 2, 2, 3, 3] })).toMatchObject({
      n: 3,
      pValue: 0.25,
    });
    expect(pairedTest(a, a)).toMatchObject({ n: 0, pValue: 1, effectSize: 0, difference: 0 });
    expect(pairedTest([Number.NaN, 1], [1, 0]).n).toBe(1);
    expect(() => pairedTest([1], [1, 2])).toThrow('expected as many values in both, got 1 and 2');
  });

  test('keeps its level: 5 % of comparisons of equals are below 0.05, no more', () => {
    let below = 0;
    for (let k = 0; k < 400; k++) {
      const rng = random(k);
      const draw = () => Array.from({ length: 12 }, () => rng.normal());
      if (pairedTest(draw(), draw()).pValue <= 0.05) below++;
    }
    expect(below / 400).toBeLessThan(0.08);
  });
});

describe('several losses', () => {
  test("Holm's example: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toBeAllclose([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.9, Number.NaN])).toEqual([0.9, Number.NaN]);
    expect(holm([])).toEqual([]);
  });

  test('compares every pair of columns', () => {
    const found = compareAll({
      ce: scores,
      dice: scores.map((s) => s + 0.01),
      focal: scores.map((s) => s - 0.02),
    });
    expect(found.map(({ first, second }) => [first, second])).toEqual([
      ['ce', 'dice'],
      ['ce', 'focal'],
      ['dice', 'focal'],
    ]);
    for (const { pValue, adjusted } of found) expect(adjusted).toBeGreaterThanOrEqual(pValue);
    expect(found[0]!.effectSize).toBe(-1);
  });
});

describe('groups', () => {
  const values = [1, 2, 3, 10];
  const zeros = [0, 0, 0, 0];
  const takers: Readonly<Record<string, (groups: never) => unknown>> = {
    bootstrapInterval: (groups) => bootstrapInterval(values, { groups, resamples: 9 }),
    pairedTest: (groups) => pairedTest(values, zeros, { groups }),
    compareAll: (groups) => compareAll({ values, zeros }, { groups }),
    crossedInterval: (groups) => crossedInterval([values], { groups }),
    crossedTest: (groups) => crossedTest([values], [zeros], { groups }),
    compareCrossed: (groups) => compareCrossed({ values: [values], zeros: [zeros] }, { groups }),
  };

  test.each(Object.entries(takers))('%s: each value has one, none of them is made up', (_name, call) => {
    for (const missing of [null, undefined, Number.NaN, {}, true])
      expect(() => call([1, missing, 2, 3] as never)).toThrow(
        /: groups\[1\] \(=.*\) must be the group of image 1, a text or a number/,
      );
    for (const odd of ['aabb', null, { length: 4 }, 4])
      expect(() => call(odd as never)).toThrow(/: groups \(=.*\) must be a list of texts or numbers/);
    expect(() => call(['a', 'b'] as never)).toThrow('groups (=2) must have one entry for each of 4 values');
    call(['a', 'a', 'b', 1] as never);
    call(Int32Array.of(1, 1, 2, 2) as never);
  });

  test('of a million values are made in a second, and drawn without overflowing the stack', () => {
    const n = 1_200_000;
    const many = Array.from({ length: n }, (_, i) => i % 7);
    const groups = many.map((_, i) => i % 2);
    expect(bootstrapInterval(many, { groups, resamples: 2 })).toMatchObject({ n, groups: 2 });
  });
});
