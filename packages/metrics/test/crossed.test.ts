import { random } from '@segscape/core';
import { compareCrossed, crossedInterval, crossedTest, powerOf } from '@segscape/metrics';
import { describe, expect, test } from 'vitest';
import { criticalT, twoSidedT } from '../src/student-t.js';

describe("Student's t", () => {
  test.each([
    [2.5, 3, 0.08770664700806555],
    [0, 5, 1],
    [12, 40, 7.82417130425597e-15],
    [0.3, 1.5, 0.8004721968035848],
    [-2, 10, 0.07338803477074],
  ])('P(|T| ≥ %d), %d degrees of freedom, as scipy.stats.t', (t, df, p) => {
    expect(twoSidedT(t, df) / p).toBeCloseTo(1, 6);
  });
  test('critical values invert it', () => {
    for (const df of [1, 2, 3.7, 10.5, 300]) expect(twoSidedT(criticalT(0.05, df), df)).toBeCloseTo(0.05, 10);
    expect(criticalT(0.05, 2)).toBeCloseTo(4.3026527299112765, 8);
  });
});

/** A simulated study: scores of a loss are its mean, patient, seed, and what is left. */
function simulated(
  rng: ReturnType<typeof random>,
  { seeds, patients, each, mean, bySeed, byPatient, rest = 1 }: Record<string, number>,
) {
  const patient = Array.from({ length: patients! }, () => byPatient! * rng.normal());
  const image = Array.from({ length: patients! * each! }, () => 0.5 * rng.normal());
  const groups = image.map((_, i) => Math.floor(i / each!));
  const values = Array.from({ length: seeds! }, () => {
    const seed = bySeed! * rng.normal();
    const own = patient.map(() => rest * rng.normal());
    return image.map((level, i) => mean! + level + seed + patient[groups[i]!]! + own[groups[i]!]!);
  });
  return { values, groups };
}

/** Whether 0 is outside the difference's 95 % interval, which with several seeds is p < 0.05 (next test). */
function settled(first: number[][], second: number[][], groups: number[]): boolean {
  if (first.length === 1) return crossedTest(first, second, { groups }).pValue < 0.05;
  const { low, high } = crossedInterval(
    first.map((row, s) => row.map((value, i) => value - second[s]![i]!)),
    { groups },
  );
  return low > 0 || high < 0;
}

const designs = [
  { seeds: 1, patients: 20, each: 2, bySeed: 0, byPatient: 1 },
  { seeds: 3, patients: 20, each: 2, bySeed: 0, byPatient: 1 },
  { seeds: 3, patients: 20, each: 2, bySeed: 0.3, byPatient: 1 },
  { seeds: 3, patients: 8, each: 3, bySeed: 1, byPatient: 1 },
  { seeds: 5, patients: 20, each: 1, bySeed: 0.5, byPatient: 0.5 },
];
const times = 1000;

describe('simulated studies whose truth is known', () => {
  // 1,000 studies: the Monte-Carlo error of a share of 5 % is 0.7 %, so 6.4 % is two errors away.
  test.each(designs)('$seeds seeds, $patients patients: 5 % of true ties are called, at most', (design) => {
    const rng = random(41);
    let called = 0;
    for (let k = 0; k < times; k++) {
      const { values, groups } = simulated(rng, { ...design, mean: 0 });
      const zeros = values.map((row) => row.map(() => 0));
      if (settled(values, zeros, groups)) called++;
    }
    expect(called / times).toBeLessThanOrEqual(0.064);
  });

  test.each(designs)('$seeds seeds, $patients patients: 95 % intervals hold the truth', (design) => {
    const rng = random(17);
    let covered = 0;
    for (let k = 0; k < times; k++) {
      const { values, groups } = simulated(rng, { ...design, mean: 0.7 });
      const { low, high } = crossedInterval(values, { groups });
      if (low <= 0.7 && 0.7 <= high) covered++;
    }
    expect(covered / times).toBeGreaterThanOrEqual(0.936);
  });

  test('a difference of one standard deviation is found in at least 80 % of studies with 5 seeds', () => {
    const rng = random(5);
    let found = 0;
    for (let k = 0; k < times; k++) {
      const { values, groups } = simulated(rng, {
        seeds: 5,
        patients: 20,
        each: 2,
        bySeed: 0.2,
        byPatient: 1,
        mean: 1,
      });
      const zeros = values.map((row) => row.map(() => 0));
      if (settled(values, zeros, groups)) found++;
    }
    expect(found / times).toBeGreaterThanOrEqual(0.8);
    // The prediction from the variances agrees.
    const variance = { group: 1.125, seed: 0.04, rest: 1 };
    expect(powerOf(1, variance, { seeds: 5, groups: 20 })).toBeCloseTo(found / times, 1);
  });

  test('p is below 0.05 exactly where the interval leaves 0 out', () => {
    const rng = random(8);
    for (let k = 0; k < 60; k++) {
      const design = { seeds: 3, patients: 12, each: 1, bySeed: 0.3, byPatient: 0.5, mean: 0.6 };
      const { values, groups } = simulated(rng, design);
      const zeros = values.map((row) => row.map(() => 0));
      expect(crossedTest(values, zeros, { groups }).pValue < 0.05).toBe(settled(values, zeros, groups));
    }
  });

  test('the variances are those that were simulated', () => {
    const rng = random(3);
    const sums = { group: 0, seed: 0, rest: 0 };
    for (let k = 0; k < 400; k++) {
      const { values, groups } = simulated(rng, {
        seeds: 6,
        patients: 30,
        each: 1,
        bySeed: 0.7,
        byPatient: 1.2,
        mean: 0,
      });
      const { variance } = crossedInterval(values, { groups });
      for (const part of ['group', 'seed', 'rest'] as const) sums[part] += variance[part] / 400;
    }
    expect(sums.group).toBeCloseTo(1.2 ** 2 + 0.25, 1);
    expect(sums.seed).toBeCloseTo(0.49, 1);
    expect(sums.rest).toBeCloseTo(1, 1);
  });
});

describe('crossedTest', () => {
  test('with one seed tries all signs of the groups', () => {
    // Means of the groups: 1, 2, 3; of 8 signs only +++ and −−− are as far from 0.
    const test = crossedTest([[1, 1, 2, 3]], [[0, 0, 0, 0]], { groups: ['a', 'a', 'b', 'c'] });
    expect(test).toMatchObject({ method: 'permutation', pValue: 2 / 8, estimate: 2, groups: 3, seeds: 1 });
  });
  test('images without a value in any network are left out of all', () => {
    const values = [
      [1, Number.NaN, 3],
      [2, 5, 4],
    ];
    expect(crossedInterval(values).estimate).toBe(2.5);
    expect(crossedInterval(values).groups).toBe(2);
  });
  test('equal columns do not differ, constant ones differ for sure, one group says nothing', () => {
    const flat = [
      [0.5, 0.6],
      [0.5, 0.6],
    ];
    expect(crossedTest(flat, flat).pValue).toBe(1);
    expect(
      crossedTest(flat, [
        [0, 0.1],
        [0, 0.1],
      ]).pValue,
    ).toBe(0);
    expect(crossedTest([[1], [2]], [[0], [0]]).pValue).toBeNaN();
    expect(crossedInterval([[1, 2]], { groups: ['a', 'a'] })).toMatchObject({
      low: Number.NaN,
      estimate: 1.5,
    });
  });
  test('every pair, corrected after Holm', () => {
    const rng = random(1);
    const column = (level: number) =>
      Array.from({ length: 3 }, () => Array.from({ length: 12 }, () => level + 0.1 * rng.normal()));
    const all = compareCrossed({ a: column(0), b: column(0), c: column(5) });
    expect(all.map(({ first, second }) => `${first}${second}`)).toEqual(['ab', 'ac', 'bc']);
    expect(all.every(({ adjusted, pValue }) => adjusted >= pValue)).toBe(true);
    expect(all[0]!.adjusted).toBeGreaterThan(0.05);
    expect(all[1]!.adjusted).toBeLessThan(0.01);
  });
  test('what cannot be is refused', () => {
    expect(() => crossedInterval([[1, 2], [1]])).toThrow(
      'crossedInterval: expected the same 2 images in every seed, got 1.',
    );
    expect(() => crossedInterval([[1, 2]], { group: ['a', 'b'] } as object)).toThrow(
      "did you mean 'groups'?",
    );
    expect(() => crossedInterval([[1, 2]], { confidence: 1 })).toThrow('confidence (=1) must be in (0, 1).');
  });

  test('tables of other seeds or images are refused, never cut to what both have', () => {
    const refused = (first: number[][], second: number[][], message: string) => {
      expect(() => crossedTest(first, second)).toThrow(message);
      expect(() => compareCrossed({ a: first, b: second })).toThrow(message);
    };
    const two = [
      [1, 2, 3],
      [1, 2, 4],
    ];
    const short = two.map((row) => row.slice(0, 2));
    refused(two, short, 'crossedTest: expected the same 3 images in both, got 2.');
    refused(short, two, 'crossedTest: expected the same 2 images in both, got 3.');
    refused(two.slice(1), two, 'crossedTest: expected the same 1 seeds in both, got 2.');
    refused(two, two.slice(1), 'crossedTest: expected the same 2 seeds in both, got 1.');
    refused(two, [[1, 2, 3], [1]], 'crossedTest: expected the same 3 images in every seed, got 1.');
    // Runs that share no seed have nothing to compare, which is no mistake.
    expect(crossedTest([], [], { groups: ['a'] }).pValue).toBeNaN();
  });
  test('what is no table of numbers is refused', () => {
    const odd = (values: unknown) => values as number[][];
    expect(() => crossedInterval(odd([['1', '2']]))).toThrow(
      "crossedInterval: values[0][0] (='1') must be a number; NaN is one that is missing.",
    );
    for (const values of [null, 'ab', 3, [1, 2], [null], {}]) {
      expect(() => crossedInterval(odd(values))).toThrow(/^crossedInterval: values.* must be a list/);
      expect(() => crossedTest(odd(values), [[1, 2]])).toThrow(/^crossedTest: first.* must be a list/);
      expect(() => crossedTest([[1, 2]], odd(values))).toThrow(/^crossedTest: second.* must be a list/);
    }
  });
});
