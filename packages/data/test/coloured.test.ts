import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coloured } from '../src/decode/coloured.js';

test('five indices: four by words, one behind them; an index without a colour is black', () => {
  const palette = Uint8Array.of(1, 2, 3, 250, 251, 252);
  expect(coloured(Uint8Array.of(0, 1, 1, 0, 7), palette)).toEqual(
    Uint8Array.of(1, 2, 3, 250, 251, 252, 250, 251, 252, 1, 2, 3, 0, 0, 0),
  );
});

test('any indices and palette give what a loop over them gives', () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .uint8Array({ minLength: 3, maxLength: 768 })
        .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 3))),
      (indices, palette) => {
        const expected = Array.from(indices).flatMap((index) =>
          [0, 1, 2].map((c) => palette[3 * index + c] ?? 0),
        );
        expect(coloured(indices, palette)).toEqual(Uint8Array.from(expected));
      },
    ),
  ));
