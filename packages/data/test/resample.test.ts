import { ignoreLabel } from '@segscape/core';
import { resizeArea, resizeMajority, resizeNearest } from '@segscape/data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const row = (...values: number[]) => ({
  data: Float32Array.from(values),
  height: 1,
  width: values.length,
  channels: 1,
});

describe('resizing', () => {
  test('3 pixels to 2: each new one covers one and a half', () => {
    expect(resizeArea(row(0, 3, 6), 1, 2).data).toBeAllclose([1, 5]);
  });

  test('the mean is kept at any size', () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(255), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (values, share) => {
          const small = resizeArea(row(...values), 1, Math.max(1, Math.round(values.length * share)));
          const mean = (list: ArrayLike<number>) => Array.from(list).reduce((a, b) => a + b, 0) / list.length;
          expect(mean(small.data)).toBeCloseTo(mean(values), 3);
        },
      ),
    ));

  test('labels: the larger area wins, ties go to the lower class', () => {
    const labels = { data: Uint8Array.of(0, 2, 2, 1, 1, 0), height: 1, width: 6, channels: 1 };
    expect(Array.from(resizeMajority(labels, 1, 2, 3).data)).toEqual([2, 1]);
    expect(Array.from(resizeMajority(labels, 1, 3, 3).data)).toEqual([0, 1, 0]);
    // 6 to 4: parts of 1.5 pixels: 0 0½2 → 0; ½2 2 → 2; 1 ½1 → 1; ½1 0 → 0.
    expect(Array.from(resizeMajority(labels, 1, 4, 3).data)).toEqual([0, 2, 1, 0]);
  });

  test('labels agree with averaging and a threshold of one half', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1), { minLength: 3, maxLength: 60 }),
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        (values, share) => {
          const width = Math.max(1, Math.round(values.length * share));
          const means = resizeArea(row(...values), 1, width).data;
          const labels = { data: Uint8Array.from(values), height: 1, width: values.length, channels: 1 };
          const tall = { ...labels, data: Uint8Array.from([...values, ...values]), height: 2 };
          const got = resizeMajority(tall, 1, width, 2).data;
          for (let i = 0; i < width; i++)
            if (Math.abs(means[i]! - 0.5) > 1e-5 && width < values.length)
              expect(got[i]).toBe(means[i]! > 0.5 ? 1 : 0);
        },
      ),
    ));

  test('nearest takes the pixel under the centre; the spacing follows', () => {
    const small = resizeNearest({ ...row(1, 2, 3, 4), spacing: [5, 2] }, 1, 2);
    expect([Array.from(small.data), small.spacing]).toEqual([
      [2, 4],
      [5, 4],
    ]);
  });
});

test('a label map shrinks to the label of the most area, ties to the lower one, void after all', () => {
  const side = fc.integer({ min: 1, max: 12 });
  const labels = fc.array(fc.constantFrom(0, 0, 0, 1, 2, ignoreLabel), { minLength: 144, maxLength: 144 });
  fc.assert(
    fc.property(side, side, side, side, labels, (height, width, h, w, values) => {
      fc.pre(h <= height && w <= width);
      const mask = { data: Uint8Array.from(values.slice(0, height * width)), height, width, channels: 1 };
      const small = resizeMajority(mask, h, w, 3);
      const shared = (i: number, from: number, to: number, j: number) =>
        Math.max(0, Math.min(j + 1, ((i + 1) * from) / to) - Math.max(j, (i * from) / to));
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
          const area = [0, 0, 0, 0];
          for (let row = 0; row < height; row++)
            for (let column = 0; column < width; column++)
              area[Math.min(mask.data[row * width + column]!, 3)]! +=
                shared(y, height, h, row) * shared(x, width, w, column);
          const best = area.findIndex((own) => own > Math.max(...area) - 1e-9);
          expect(small.data[y * w + x]).toBe(best === 3 ? ignoreLabel : best);
        }
    }),
    { numRuns: 150 },
  );
});
