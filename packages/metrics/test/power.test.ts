import { random } from '@segscape/core';
import { crossedTest, powerOf } from '@segscape/metrics';
import { describe, expect, test } from 'vitest';
import { exceedingT, powerAt } from '../src/power.js';
import { criticalT } from '../src/student-t.js';

// scipy.stats.nct: 1 - cdf(c, df, delta) + cdf(-c, df, delta), with c = t.ppf(0.975, df).
const ofScipy = [
  [1, 0.5, 0.0560962568305137],
  [1, 2, 0.12575631775454135],
  [1, 5, 0.30516010272932104],
  [1.7, 2, 0.19192898820745874],
  [3, 0.5, 0.0652942736090737],
  [3, 5, 0.8986059384675358],
  [9.5, 2, 0.43568687065904615],
  [40, 5, 0.9982323019702232],
  [400, 0.5, 0.07895609852347028],
  [400, 2, 0.5140912588479352],
] as const;

test.each(ofScipy)(
  'the non-central t with %d degrees of freedom, %d errors off, as in SciPy',
  (df, delta, power) => {
    const critical = criticalT(0.05, df);
    expect(exceedingT(critical, delta, df)).toBeCloseTo(power, 8);
    expect(powerAt(delta, critical, 0.05)).toBeCloseTo(power, 6);
  },
);

/** Share of simulated studies that settle a difference at 5 %. */
function settled(difference: number, variance: Parameters<typeof powerOf>[1], seeds: number, groups: number) {
  const rng = random(11);
  const times = 600;
  let found = 0;
  for (let k = 0; k < times; k++) {
    const ofGroup = Array.from({ length: groups }, () => Math.sqrt(variance.group) * rng.normal());
    const scores = Array.from({ length: seeds }, () => {
      const ofSeed = difference + Math.sqrt(variance.seed) * rng.normal();
      return ofGroup.map((own) => own + ofSeed + Math.sqrt(variance.rest) * rng.normal());
    });
    const zeros = scores.map((row) => row.map(() => 0));
    if (crossedTest(scores, zeros).pValue < 0.05) found++;
  }
  return found / times;
}

describe('powerOf', () => {
  const bySeeds = { group: 1e-4, seed: 9e-4, rest: 1e-4 };
  const mixed = { group: 1e-3, seed: 4e-4, rest: 5e-4 };

  test.each([
    [0.05, mixed, 2, 10],
    [0.05, mixed, 3, 10],
    [0.05, mixed, 3, 40],
    [0.02, mixed, 3, 40],
    [0.05, bySeeds, 3, 40],
    [0, mixed, 5, 20],
  ])(
    'of %d with %j, %d seeds, %d groups is what simulated studies settle',
    (difference, variance, seeds, groups) => {
      const predicted = powerOf(difference, variance, { seeds, groups });
      expect(Math.abs(predicted - settled(difference, variance, seeds, groups))).toBeLessThan(0.1);
    },
  );

  test('is 5 % without a difference, and grows with it, with seeds and with groups', () => {
    expect(powerOf(0, mixed, { seeds: 2, groups: 10 })).toBeCloseTo(0.05, 6);
    const of = (difference: number, seeds: number, groups: number) =>
      powerOf(difference, mixed, { seeds, groups });
    for (const [less, more] of [
      [of(0.02, 3, 20), of(0.05, 3, 20)],
      [of(0.05, 2, 20), of(0.05, 3, 20)],
      [of(0.05, 3, 10), of(0.05, 3, 20)],
      [of(0.05, 8, 20), of(0.05, 20, 20)],
    ])
      expect(more).toBeGreaterThan(less!);
  });
});
