import type { Raster } from '@segscape/core';
import { postprocess } from '@segscape/study';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orientations, oriented, upright } from '../src/predict/orientations.js';

/** A mask drawn in digits, a row a string. */
function drawn(...rows: string[]): Raster {
  const data = Uint8Array.from(rows.join(''), Number);
  return { data, height: rows.length, width: rows[0]!.length, channels: 1 };
}

const shown = ({ data, width }: Raster) =>
  Array.from({ length: data.length / width }, (_, y) => data.slice(y * width, (y + 1) * width).join(''));

describe('postprocess', () => {
  test('without options only numbers the objects, class by class, row by row', () => {
    const mask = drawn('10020', '10022', '00000', '02011');
    const { mask: same, labels, classOf } = postprocess(mask, 3);
    expect(shown(same)).toEqual(shown(mask));
    expect(shown(labels)).toEqual(['10030', '10033', '00000', '04022']);
    expect(classOf).toEqual([1, 1, 2, 2]);
  });

  test('removes what is smaller: in pixels, or where a pixel has a size in µm²', () => {
    const mask = drawn('1101', '1001', '0000', '0001');
    expect(shown(postprocess(mask, 2, { removeSmall: 2 }).mask)).toEqual(['1101', '1001', '0000', '0000']);
    expect(shown(postprocess(mask, 2, { removeSmall: 3 }).mask)).toEqual(['1100', '1000', '0000', '0000']);
    // A pixel of 2 × 0.5 µm has 1 µm², one of 0.5 × 0.5 a quarter.
    const fine = { ...mask, spacing: [0.5, 0.5] };
    expect(shown(postprocess(fine, 2, { removeSmall: 0.75 }).mask)).toEqual(['1100', '1000', '0000', '0000']);
    expect(postprocess(fine, 2, { removeSmall: 0.75 }).mask.spacing).toEqual([0.5, 0.5]);
  });

  test('keeps the largest of each class, the first of equals', () => {
    const { mask, classOf } = postprocess(drawn('10120', '10022', '00001', '02011'), 3, { largest: true });
    expect(shown(mask)).toEqual(['00020', '00022', '00001', '00011']);
    expect(classOf).toEqual([1, 2]);
    expect(shown(postprocess(drawn('101'), 2, { largest: true }).mask)).toEqual(['100']);
    expect(postprocess(drawn('000'), 2, { largest: true }).classOf).toEqual([]);
  });

  test('fills holes of background, not those of another class; a removed object leaves none in what is around it', () => {
    const ring = drawn('11111', '10121', '11101', '11111');
    expect(shown(postprocess(ring, 3, { fillHoles: true }).mask)).toEqual([
      '11111',
      '11121',
      '11111',
      '11111',
    ]);
    expect(shown(postprocess(ring, 3, { fillHoles: true, removeSmall: 2 }).mask)).toEqual(
      Array(4).fill('11111'),
    );
  });

  test('tells apart two discs that touch, which as components are one', () => {
    const data = Uint8Array.from({ length: 24 * 44 }, (_, i) => {
      const [y, x] = [Math.floor(i / 44), i % 44];
      return Number((y - 12) ** 2 + (x - 12) ** 2 < 100 || (y - 12) ** 2 + (x - 30) ** 2 < 100);
    });
    const mask = { data, height: 24, width: 44, channels: 1 };
    expect(postprocess(mask, 2).classOf).toHaveLength(1);
    const { classOf, labels } = postprocess(mask, 2, { instances: 'touching' });
    expect(classOf).toEqual([1, 1]);
    expect([labels.data[12 * 44 + 12], labels.data[12 * 44 + 30]].sort()).toEqual([1, 2]);
  });

  test('the closing of ISBI’s preset closes gaps, only over background', () => {
    const gap = drawn('1111111', '1110111', '1112111', '1111111');
    const { mask, labels } = postprocess(gap, 3, { instances: 'isbi' });
    expect(shown(mask)).toEqual(['1111111', '1111111', '1112111', '1111111']);
    expect(labels.data[17]).not.toBe(labels.data[10]);
  });

  test('refuses an area below 0', () => {
    expect(() => postprocess(drawn('01'), 2, { removeSmall: -1 })).toThrow(
      'postprocess: removeSmall (=-1) must be an area of at least 0.',
    );
  });

  test('every pixel of an object is of its class, and every pixel of a class of an object', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 35, maxLength: 35 }),
        fc.record({
          fillHoles: fc.boolean(),
          largest: fc.boolean(),
          removeSmall: fc.integer({ min: 0, max: 6 }),
          instances: fc.constantFrom('components' as const, 'touching' as const, 'isbi' as const),
        }),
        (values, options) => {
          const given = { data: Uint8Array.from(values), height: 5, width: 7, channels: 1 };
          const { mask, labels, classOf } = postprocess(given, 4, options);
          labels.data.forEach((label, i) => {
            expect(mask.data[i]).toBe(label === 0 ? 0 : classOf[label - 1]);
          });
          expect([...new Set(labels.data)].filter((n) => n > 0).sort((a, b) => a - b)).toEqual(
            classOf.map((_, n) => n + 1),
          );
          expect([...classOf].sort()).toEqual(classOf);
          expect([...given.data]).toEqual(values);
        },
      ),
      { numRuns: 300 },
    ));
});

describe('orientations', () => {
  const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), height: 2, width: 3, channels: 1 };

  test('are the eight different ones, as it is first', () => {
    const seen = orientations.map((orientation) => shown(oriented(image, orientation)).join('/'));
    expect(seen).toEqual([
      '123/456',
      '321/654',
      '456/123',
      '654/321',
      '14/25/36',
      '41/52/63',
      '36/25/14',
      '63/52/41',
    ]);
  });

  test('upright undoes each, with all channels', () => {
    const colour = {
      data: Float32Array.from({ length: 4 * 5 * 3 }, (_, i) => i),
      height: 4,
      width: 5,
      channels: 3,
    };
    for (const orientation of orientations)
      expect(upright(oriented(colour, orientation), orientation)).toEqual(colour);
  });
});
