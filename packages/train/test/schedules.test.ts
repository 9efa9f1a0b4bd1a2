import '@segscape/testing';
import { constant, cosine, oneCycle, polynomial, type Schedule, step, warmup } from '@segscape/train';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixture from './fixtures/schedules.json' with { type: 'json' };

const makers: Record<string, (options: never) => Schedule> = { oneCycle, cosine, polynomial, step };

describe('schedules', () => {
  const at = (schedule: ReturnType<typeof constant>, n: number) =>
    tidy(() => schedule(scalar(n)).dataSync()[0]!);
  test.each(fixture.cases)(
    `$name follows PyTorch ${fixture.version} at every step`,
    ({ name, options, rates }) => {
      const schedule = makers[name.split(',')[0]!]!(options as never);
      expect(rates.map((_, n) => at(schedule, n))).toBeAllclose(rates, { abs: 2e-8, rel: 1e-5 });
    },
  );
  test('constant, step and polynomial by hand', () => {
    expect(at(constant(0.3), 99)).toBeCloseTo(0.3);
    expect([0, 9, 10, 25].map((n) => at(step({ initial: 1, every: 10 }), n))).toBeAllclose([1, 1, 0.1, 0.01]);
    expect(at(polynomial({ initial: 1, steps: 10, power: 2 }), 5)).toBeCloseTo(0.25);
  });
  test('cosine goes from the first rate through the middle to the last, and stays', () => {
    expect([0, 50, 100, 200].map((n) => at(cosine({ initial: 1, steps: 100, final: 0.2 }), n))).toBeAllclose([
      1, 0.6, 0.2, 0.2,
    ]);
  });
  test('cosine follows the formula at every step, on GPUs too', () => {
    const schedule = cosine({ initial: 1, steps: 100 });
    for (let n = 0; n <= 100; n++)
      expect(at(schedule, n)).toBeAllclose((1 + Math.cos((Math.PI * n) / 100)) / 2, { abs: 2e-7, rel: 1e-6 });
  });
  test('oneCycle starts low, peaks where it should, ends far lower, and stays', () => {
    const cycle = oneCycle({ peak: 1, steps: 100 });
    expect([0, 29, 99, 150].map((n) => at(cycle, n))).toBeAllclose([0.04, 1, 4e-6, 4e-6]);
  });
  test('options out of range are refused', () => {
    for (const steps of [1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => oneCycle({ peak: 1, steps })).toThrow(/must be (a whole number|at least 2), in steps\.$/);
    expect(() => oneCycle({ peak: 1, steps: 9, rising: 1 })).toThrow(
      'oneCycle: rising (=1) must be in (0, 1).',
    );
    expect(() => cosine({ initial: 1, steps: 0 })).toThrow(
      'cosine: steps (=0) must be at least 1, in steps.',
    );
    expect(() => step({ initial: 1, every: 0 })).toThrow('step: every (=0) must be at least 1, in steps.');
    expect(() => constant(Number.POSITIVE_INFINITY)).toThrow(
      'constant: rate (=Infinity) must be a finite number.',
    );
  });
  test('warmup rises linearly, then follows', () => {
    const warm = warmup({ steps: 4, schedule: constant(2) });
    expect([0, 1, 3, 10].map((n) => at(warm, n))).toBeAllclose([0.5, 1, 2, 2]);
  });
});
