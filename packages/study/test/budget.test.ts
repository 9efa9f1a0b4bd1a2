import { parseStudyConfig } from '@segscape/study';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationOf, lengthOf, lengthWithin, withLength } from '../src/plan/budget.js';

const pace = { step: 100, scored: 40, scoredBatches: 6, pass: 4, trainings: 4, rest: 60_000 };

describe('a budget in steps', () => {
  test('small sets pass over their images often before they are looked at', () => {
    // 15 images of batch 4: 500 steps are 125 passes, in 31 epochs of 4.
    expect(lengthOf(500, 4)).toEqual({ epochs: 31, repeats: 4 });
    expect(lengthOf(60, 4)).toEqual({ epochs: 5, repeats: 3 });
    // 27 images of batch 4: one pass an epoch would be 98 steps in 14 epochs.
    expect(lengthOf(140, 7)).toEqual({ epochs: 10, repeats: 2 });
  });
  test('large sets get few epochs, one pass at the least', () => {
    expect(lengthOf(500, 400)).toEqual({ epochs: 1, repeats: 1 });
    expect(lengthOf(1, 7)).toEqual({ epochs: 1, repeats: 1 });
  });
  test('the steps are met, to a hundredth or as nearly as whole passes in at least four epochs can', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 500 }), (steps, pass) => {
        const { epochs, repeats } = lengthOf(steps, pass);
        const off = (e: number, r: number) => Math.abs(e * r * pass - steps);
        expect(epochs).toBeLessThanOrEqual(40);
        // Less than half a pass an epoch, or one pass at the least.
        expect(off(epochs, repeats)).toBeLessThanOrEqual(Math.max(pass, (repeats * pass) / 2));
        if (steps >= 4 * pass) expect(epochs).toBeGreaterThanOrEqual(4);
        if (off(epochs, repeats) <= 0.01 * steps) return;
        for (let r = Math.ceil(10 / pass); r <= steps / (4 * pass); r++) {
          const e = Math.round(steps / (r * pass));
          if (e <= 40) expect(off(epochs, repeats)).toBeLessThanOrEqual(off(e, r));
        }
      }),
    ));
});

describe('a budget in minutes', () => {
  test('is used, not overrun', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 2, max: 600, noNaN: true }),
        fc.double({ min: 5, max: 2000, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (minutes, step, pass, trainings) => {
          const here = {
            ...pace,
            step,
            scored: step / 3,
            scoredBatches: 2 * pass,
            pass,
            trainings,
            rest: 30_000,
          };
          const length = lengthWithin(minutes, here);
          expect(length.epochs).toBeGreaterThanOrEqual(1);
          const least = durationOf({ epochs: 1, repeats: 1 }, here);
          const taken = durationOf(length, here);
          expect(taken).toBeLessThanOrEqual(Math.max(least, minutes * 60_000) * 1.0001);
          // Half of the time is left only where another pass, or a look, would not fit.
          if (minutes * 60_000 > 4 * least) expect(taken).toBeGreaterThan(0.5 * minutes * 60_000);
        },
      ),
    ));
  test('surfaces that would take more than half of it become coarser, as little as will do', () => {
    const fine = { ...pace, rest: 3_660_000, surfaces: { time: 3_600_000, resolution: 21, samples: 8 } };
    const length = lengthWithin(12, fine);
    // An hour of 21 × 21 points and a minute besides: 6 × 6 would fit into half of 12 minutes, and 7 is the coarsest.
    expect(length.resolution).toBe(7);
    expect(durationOf(length, fine)).toBeLessThanOrEqual(12 * 60_000);
    expect(length.epochs * length.repeats * pace.pass).toBeGreaterThan(200);
    expect(lengthWithin(60, fine).resolution).toBe(13);
    expect(lengthWithin(150, fine).resolution).toBeUndefined();
    // Nothing can be done where the rest is something else.
    expect(
      lengthWithin(12, { ...fine, surfaces: { time: 60_000, resolution: 5, samples: 2 } }),
    ).toMatchObject({
      resolution: 5,
    });
  });
  test('where the coarsest take too much, each point is of fewer images', () => {
    // Large images: 7 × 7 points of 8 of them take twenty minutes.
    const slow = { ...pace, rest: 1_260_000, surfaces: { time: 1_200_000, resolution: 7, samples: 8 } };
    const length = lengthWithin(12, slow);
    expect(length).toMatchObject({ resolution: 7, samples: 2 });
    expect(durationOf(length, slow)).toBeLessThanOrEqual(12 * 60_000);
    expect(length.epochs * length.repeats * pace.pass).toBeGreaterThan(200);
    expect(lengthWithin(24, slow)).toMatchObject({ resolution: 7, samples: 4 });
    expect(lengthWithin(60, slow).samples).toBeUndefined();
    const config = parseStudyConfig({ landscape: { samples: 8 } });
    expect(withLength(config, length).landscape).toMatchObject({ resolution: 7, samples: 2 });
    // A run that was planned before goes on as it was.
    expect(withLength(config, { epochs: 3, repeats: 1 }).landscape).toEqual(config.landscape);
  });
  test('more looks are worth a quarter of the steps, and no more', () => {
    // 24 trainings on a set of 14 batches: 336 steps fit in 4 epochs, 280 in 10.
    const many = { step: 97, scored: 30, scoredBatches: 25, pass: 14, trainings: 24, rest: 780_000 };
    expect(lengthWithin(28, many)).toEqual({ epochs: 10, repeats: 2 });
    fc.assert(
      fc.property(
        fc.double({ min: 2, max: 600, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (minutes, pass, trainings) => {
          const here = { ...many, pass, scoredBatches: 2 * pass, trainings, rest: 30_000 };
          const length = lengthWithin(minutes, here);
          for (const epochs of [4, 10, 20, 40]) {
            if (length.epochs < 4 || length.repeats * pass < 10) continue;
            const repeats = Math.floor((4 / 3) * length.repeats * (length.epochs / epochs)) + 1;
            if (repeats * pass < 10) continue;
            expect(durationOf({ epochs, repeats }, here)).toBeGreaterThan(minutes * 60_000);
          }
        },
      ),
    );
  });
  test('ten minutes of a small set are many steps in a fair number of epochs', () => {
    const { epochs, repeats } = lengthWithin(10, pace);
    expect(epochs).toBeGreaterThanOrEqual(20);
    expect(epochs * repeats * pace.pass).toBeGreaterThan(900);
  });
});
