import fc from 'fast-check';
import { expect, test } from 'vitest';
import { swapped, swappedBySimd } from '../src/decode/tiff/swapped-words.js';

test.each([
  ['plain TypeScript', swapped],
  ['WebAssembly', swappedBySimd],
] as const)('%s: words of 2, 4 and 8 bytes; what is no whole word is left out', (_, turn) => {
  const bytes = Uint8Array.from({ length: 19 }, (_, i) => i).subarray(1);
  expect(turn(bytes, 2)).toEqual(
    Uint8Array.of(2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 18, 17),
  );
  expect(turn(bytes, 4)).toEqual(Uint8Array.of(4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9, 16, 15, 14, 13));
  expect(turn(bytes, 8)).toEqual(Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1, 16, 15, 14, 13, 12, 11, 10, 9));
  expect(bytes[0]).toBe(1);
});

test('WebAssembly gives the bytes of plain TypeScript, of any length, over several portions too', () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 7, maxLength: 40 }),
      fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 65_520, max: 140_000 })),
      fc.constantFrom(2, 4, 8),
      fc.integer({ min: 0, max: 9 }),
      (pattern, length, width, offset) => {
        const bytes = Uint8Array.from(
          { length: length + offset },
          (_, i) => pattern[i % pattern.length]! ^ (i >> 9),
        );
        const given = bytes.subarray(offset);
        const before = given.slice();
        expect(Buffer.compare(swappedBySimd(given, width)!, swapped(given, width))).toBe(0);
        expect(Buffer.compare(given, before)).toBe(0);
      },
    ),
    { numRuns: 60 },
  ));
