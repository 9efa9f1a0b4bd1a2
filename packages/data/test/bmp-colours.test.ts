import { random } from '@segscape/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turned, turnedBySimd } from '../src/decode/bmp-colours.js';

const decoders = [
  ['plain TypeScript', turned],
  ['WebAssembly', turnedBySimd],
] as const;

test.each(decoders)(
  '%s: blue, green, red 1, 2, 3 is red, green, blue 3, 2, 1; rows lose their gaps',
  (_, rgb) => {
    const rows = [Uint8Array.of(1, 2, 3, 4, 5, 6, 99, 99), Uint8Array.of(7, 8, 9, 10, 11, 12, 99, 99)];
    expect(rgb((y) => rows[y]!, { height: 2, width: 2 })).toEqual(
      Uint8Array.of(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10),
    );
  },
);

test('WebAssembly gives the bytes of plain TypeScript, and those that a loop over the pixels gives', () =>
  fc.assert(
    fc.property(
      fc.integer(),
      fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(21_845, 21_846, 30_000)),
      fc.integer({ min: 1, max: 40 }),
      (seed, width, most) => {
        // Rows that do not fit one portion of what is turned at a time, too.
        const height = width > 70 ? Math.min(3, most) : most;
        const rng = random(seed);
        const step = 4 * Math.ceil((3 * width) / 4);
        const bytes = Uint8Array.from({ length: step * height }, () => Math.floor(rng.uniform() * 256));
        const row = (y: number) => bytes.subarray(y * step, (y + 1) * step);
        const expected = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
          const [pixel, c] = [Math.floor(i / 3), i % 3];
          return row(Math.floor(pixel / width))[3 * (pixel % width) + 2 - c]!;
        });
        const size = { height, width };
        expect(Buffer.compare(turned(row, size), expected)).toBe(0);
        expect(Buffer.compare(turnedBySimd(row, size)!, expected)).toBe(0);
      },
    ),
    { numRuns: 100 },
  ));

test('many portions: every row of a tall picture is in its place', () => {
  const [height, width] = [3000, 50];
  const row = (y: number) => new Uint8Array(152).fill(y % 251);
  const data = turnedBySimd(row, { height, width })!;
  const wrong = data.findIndex((value, i) => value !== Math.floor(i / (3 * width)) % 251);
  expect(wrong).toBe(-1);
  expect(data).toHaveLength(3 * height * width);
});

test('rows of a MiB are left to plain TypeScript', () => {
  const row = () => new Uint8Array(3 * 349_526);
  expect(turnedBySimd(row, { height: 1, width: 349_525 })).toHaveLength(3 * 349_525);
  expect(turnedBySimd(row, { height: 1, width: 349_526 })).toBeUndefined();
});
