import { random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { samplesOf } from '../src/decode/jpeg/inverse-dct.js';
import { plainPixels } from '../src/decode/jpeg/pixels.js';
import { pixelsBySimd, samplesBySimd } from '../src/decode/jpeg/simd.js';
import type { Plane } from '../src/decode/jpeg/upsample.js';

/** Whole numbers from `low` to `high`. */
const drawn = (rng: ReturnType<typeof random>, low: number, high: number) =>
  low + Math.floor(rng.uniform() * (high - low + 1));

describe('WebAssembly gives the bits of plain TypeScript', () => {
  test('samples of any coefficients, also such as no sound file has', () =>
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 4, 200, 32_767),
        fc.constantFrom(1, 16, 255, 65_535),
        fc.constantFrom(0, 0.05, 0.3, 1),
        (seed, stride, rows, largest, coarsest, filled) => {
          const rng = random(seed);
          const table = Uint16Array.from({ length: 64 }, () => drawn(rng, 1, coarsest));
          const coefficients = Int16Array.from({ length: 64 * stride * rows }, (_, i) =>
            i % 64 === 0 || rng.uniform() < filled ? drawn(rng, -largest, largest) : 0,
          );
          const quick = samplesBySimd(coefficients, table, stride, rows);
          expect(quick).toEqual(samplesOf(coefficients, table, stride, rows));
        },
      ),
      { numRuns: 300 },
    ));

  test.each([
    [1, 1, true],
    [2, 1, true],
    [2, 2, true],
    [1, 1, false],
  ])(
    'pixels of any size, %i times wider and %i times higher than the second planes, luma: %s',
    (across, down, luma) =>
      fc.assert(
        fc.property(
          fc.integer(),
          fc.integer({ min: 5, max: 90 }),
          fc.integer({ min: 1, max: 90 }),
          (seed, width, height) => {
            const rng = random(seed);
            const plane = (columns: number, rows: number): Plane => {
              const stride = 8 * Math.ceil(columns / 8);
              const data = Uint8ClampedArray.from({ length: stride * 8 * Math.ceil(rows / 8) }, () =>
                drawn(rng, 0, 255),
              );
              return { data, stride, width: columns, height: rows };
            };
            const chroma = () => plane(Math.ceil(width / across), Math.ceil(height / down));
            const planes = [plane(width, height), chroma(), chroma()] as const;
            const times = [{ across: 1, down: 1 }, ...[1, 2].map(() => ({ across, down }))];
            const quick = pixelsBySimd(planes, times, { width, height }, luma);
            expect(quick).toEqual(plainPixels(planes, times, { width, height }, luma, true));
          },
        ),
        { numRuns: 100 },
      ),
  );

  test('unusual factors are left to plain TypeScript', () => {
    const plane = { data: new Uint8ClampedArray(64), stride: 8, width: 8, height: 8 };
    const size = { width: 8, height: 8 };
    const whole = { across: 1, down: 1 };
    const times = [whole, { across: 1, down: 2 }, { across: 1, down: 2 }];
    expect(pixelsBySimd([plane, plane, plane], times, size, true)).toBeUndefined();
    const odd = [whole, whole, { across: 2, down: 1 }];
    expect(pixelsBySimd([plane, plane, plane], odd, size, true)).toBeUndefined();
    const wide = [whole, { across: 2, down: 1 }, { across: 2, down: 1 }];
    expect(pixelsBySimd([plane, plane, plane], wide, size, false)).toBeUndefined();
  });
});
