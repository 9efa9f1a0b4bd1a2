import '@segscape/testing';
import * as main from '@segscape/train';
import {
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  exponential,
  multiStep,
  oneCycle,
  polynomial,
  type Schedule,
  sequence,
  step,
  warmup,
} from '@segscape/train/schedules';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixture from './fixtures/schedules.json' with { type: 'json' };

const makers: Record<string, (options: never) => Schedule> = {
  oneCycle,
  cosine,
  cosineRestarts,
  cyclic,
  exponential,
  multiStep,
  polynomial,
  step,
};

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
  test('each keeps its digits to the end', () => {
    // The last step's share of what is left is 1e-5; single precision keeps seven digits of it.
    expect(at(polynomial({ initial: 1, steps: 100_000, power: 1 }), 99_999)).toBeAllclose(1e-5, {
      abs: 0,
      rel: 2e-7,
    });
    const last = Math.sin(Math.PI / 2000) ** 2;
    expect(at(cosine({ initial: 1, steps: 1000 }), 999)).toBeAllclose(last, { abs: 0, rel: 1e-6 });
    // 0.999 is off by 1e-8 in single precision, its 5000th power by 5000 times that.
    expect(at(exponential({ initial: 1, factor: 0.999 }), 5000)).toBeAllclose(0.999 ** 5000, {
      abs: 0,
      rel: 1e-6,
    });
    expect(at(step({ initial: 1, every: 1, factor: 0.999 }), 5000)).toBeAllclose(0.999 ** 5000, {
      abs: 0,
      rel: 1e-6,
    });
    expect(at(exponential({ initial: 1, factor: 0 }), 0)).toBe(1);
    expect(at(exponential({ initial: 1, factor: 0 }), 2)).toBe(0);
  });
  test('sequence gives each schedule its own steps from its milestone on', () => {
    const falling = exponential({ initial: 1, factor: 0.5 });
    const schedule = sequence({ schedules: [constant(0.1), falling, constant(0.3)], milestones: [2, 5] });
    expect([0, 1, 2, 3, 4, 5, 9].map((n) => at(schedule, n))).toBeAllclose([
      0.1, 0.1, 1, 0.5, 0.25, 0.3, 0.3,
    ]);
    expect(at(sequence({ schedules: [constant(2)], milestones: [] }), 7)).toBe(2);
    expect(() => sequence({ schedules: [falling, falling], milestones: [] })).toThrow(
      'sequence: milestones (=[]) must be 1 ascending steps, one fewer than the schedules.',
    );
    expect(() => sequence({ schedules: [falling, falling, falling], milestones: [5, 5] })).toThrow(
      'must be 2 ascending steps',
    );
  });
  test('restarts never end, whatever they grow by', () => {
    const growing = cosineRestarts({ initial: 1, steps: 7, growth: 2 });
    // 7 + 14 + … + 7·2¹⁹ steps, then the next begins.
    const start = 7 * (2 ** 20 - 1);
    expect([start - 1, start].map((n) => at(growing, n))).toBeAllclose([0, 1], { abs: 1e-6 });
    expect(at(cosineRestarts({ initial: 1, steps: 3 }), 3 * 4_000_000)).toBe(1);
    expect(at(multiStep({ initial: 0.5, milestones: [] }), 9)).toBe(0.5);
  });
  test('cycles begin anew at their very step, ever so late', () => {
    const cycles = cyclic({ low: 0, high: 1, up: 3 });
    const late = 6 * 1_000_003;
    expect([late - 1, late, late + 3].map((n) => at(cycles, n))).toBeAllclose([1 / 3, 0, 1]);
  });
  test('the main entry has those that are asked for most', () => {
    expect([main.cosine, main.oneCycle, main.step]).toEqual([cosine, oneCycle, step]);
  });
});
