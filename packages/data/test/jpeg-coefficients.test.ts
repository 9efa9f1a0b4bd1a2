import { random } from '@segscape/core';
import { readImage } from '@segscape/data';
import fc from 'fast-check';
import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { BitReader } from '../src/decode/jpeg/bit-reader.js';
import { nextKnown, refined } from '../src/decode/jpeg/coefficients.js';
import { huffmanTable } from '../src/decode/jpeg/huffman.js';
import { readScan } from '../src/decode/jpeg/scan.js';
import { zigzag } from '../src/decode/jpeg/zigzag.js';

const places = fc.integer({ min: 0, max: 63 });

test('the next known coefficient is the one that a walk over all of them finds', () =>
  fc.assert(
    fc.property(
      fc.uniqueArray(places, { maxLength: 12 }),
      fc.integer({ min: 0, max: 64 }),
      places,
      (set, k, end) => {
        // Those of the blocks beside it are not looked at.
        const known = Int32Array.of(-1, -1, 0, 0, -1, -1);
        for (const place of set) known[2 + (place >> 5)]! |= 1 << place;
        const found = set.filter((place) => place >= k && place <= end);
        expect(nextKnown(known, 2, k, end)).toBe(found.length === 0 ? end + 1 : Math.min(...found));
      },
    ),
    { numRuns: 2000 },
  ));

test('a bit makes a coefficient larger, whatever its sign, unless it has it', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: -32_768, max: 32_767 }).filter((value) => value !== 0),
      fc.integer({ min: 0, max: 13 }),
      fc.constantFrom(0, 1),
      (value, low, sent) => {
        const bit = 1 << low;
        const values = Int16Array.of(9, value, 9);
        refined(values, 1, bit, sent);
        const larger = value > 0 ? value + bit : value - bit;
        const expected = sent === 1 && (value & bit) === 0 ? larger : value;
        expect(values).toEqual(Int16Array.of(9, expected, 9));
      },
    ),
    { numRuns: 2000 },
  ));

/** Bits as the bytes of a scan: filled up with ones, a zero byte behind each 255. */
function stuffed(bits: readonly number[]): Uint8Array {
  const padded = [...bits, ...Array<number>((8 - (bits.length % 8)) % 8).fill(1)];
  const bytes: number[] = [];
  for (let i = 0; i < padded.length; i += 8) {
    const byte = padded.slice(i, i + 8).reduce((sum, bit) => 2 * sum + bit, 0);
    bytes.push(byte, ...(byte === 255 ? [0] : []));
  }
  return Uint8Array.from(bytes);
}

const bitsOf = (value: number, count: number) =>
  Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);

test('bits come as they were written, 1 to 16 at a time, over bytes of 255 and up to the last one', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc
          .integer({ min: 1, max: 16 })
          .chain((count) =>
            fc.tuple(fc.constant(count), fc.oneof(fc.nat(2 ** count - 1), fc.constant(2 ** count - 1))),
          ),
        { minLength: 1, maxLength: 60 },
      ),
      (words) => {
        const data = stuffed(words.flatMap(([count, value]) => bitsOf(value, count)));
        const reader = new BitReader(data, 0);
        expect(words.map(([count]) => reader.bits(count))).toEqual(words.map(([, value]) => value));
        reader.assertPresent();
        reader.bits(16);
        expect(() => reader.assertPresent()).toThrow('its data end early');
      },
    ),
    { numRuns: 500 },
  ));

describe('a refinement of a block (T.81, G.1.2.3)', () => {
  // One code each: 0 the end, 10 a coefficient, 110 one behind two zeros, 1110 sixteen zeros, 11110 the end of 2 or 3 blocks.
  const symbols = Uint8Array.of(0x00, 0x01, 0x21, 0xf0, 0x10, 0x02);
  const table = huffmanTable(
    Uint8Array.from({ length: 16 }, (_, i) => (i < 6 ? 1 : 0)),
    symbols,
  );
  const band = { table, start: 1, end: 63, low: 0, runs: true };
  const blocksOf = (...given: readonly Readonly<Record<number, number>>[]) => {
    const [values, known] = [new Int16Array(64 * given.length), new Int32Array(2 * given.length)];
    for (const [block, coefficients] of given.entries())
      for (const [place, value] of Object.entries(coefficients)) {
        values[64 * block + zigzag[Number(place)]!] = value;
        known[2 * block + (Number(place) >> 5)]! |= 1 << Number(place);
      }
    return { values, known };
  };
  const reader = (...bits: number[]) => new BitReader(stuffed(bits), 0);

  test('known ones get a bit each, new ones stand behind the zeros that are counted', () => {
    const coefficients = blocksOf({ 1: 2, 3: -4, 40: 6 });
    // Behind two zeros, positive, over the bits 1 and 1 of places 1 and 3; the end, and bit 1 of place 40.
    reader(1, 1, 0, 1, 1, 1, 0, 1).refine(band, coefficients, 0);
    expect(coefficients).toEqual(blocksOf({ 1: 3, 3: -5, 5: 1, 40: 7 }));
  });

  test('sixteen zeros, a negative coefficient, and an end for two blocks', () => {
    const coefficients = blocksOf({ 1: 2 }, { 35: -2 });
    const bits = reader(1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1);
    bits.refine(band, coefficients, 0);
    bits.refine(band, coefficients, 1);
    expect(coefficients).toEqual(blocksOf({ 1: 2, 18: -1 }, { 35: -3 }));
    expect(bits.run).toBe(0);
  });

  test('a coefficient of more than a bit, or beyond the band, is damage', () => {
    const refine = (bits: readonly number[], end = 63) =>
      reader(...bits).refine({ ...band, end }, blocksOf({ 2: 2 }), 0);
    expect(() => refine([1, 1, 1, 1, 1, 0, 1, 1])).toThrow('its data are damaged');
    expect(() => refine([1, 1, 1, 1, 1, 0, 0, 1])).toThrow('its data are damaged');
    // Two zeros in front, of which the band has one beside the known one.
    expect(() => refine([1, 1, 0, 1, 1], 3)).toThrow('its data are damaged');
    expect(() => refine([1, 1, 0, 1, 1], 4)).not.toThrow();
  });

  test('a run of blocks that end leaves out no block with a known coefficient', () => {
    const coefficients = blocksOf({ 1: 2 }, {}, { 40: 2 }, { 5: 2 });
    const component = { id: 1, h: 1, v: 1, table: 0, width: 32, height: 8 };
    const blocks = { blocksAcross: 4, blocksDown: 1, stride: 4, rows: 1 };
    const part = { component: { ...component, ...blocks }, coefficients, dc: undefined, ac: table };
    const size = { width: 32, height: 8, h: 1, v: 1, unitsAcross: 4, unitsDown: 1 };
    const frame = { ...size, progressive: true, components: [part.component] };
    const scan = { frame, parts: [part], start: 1, end: 63, high: 1, low: 0, restart: 0 };
    // An end for three blocks, a bit for the first and the third one; then the end of the fourth one, and its bit.
    readScan(stuffed([1, 1, 1, 1, 0, 1, 1, 1, 0, 1]), 0, scan);
    expect(coefficients).toEqual(blocksOf({ 1: 3 }, {}, { 40: 3 }, { 5: 3 }));
  });
});

/** A wave with noise. */
const picture = (width: number, height: number, channels: 1 | 3, noise: number) => {
  const rng = random(width + height);
  return Uint8Array.from(
    { length: width * height * channels },
    (_, i) => 120 + 90 * Math.sin(i / channels / 9) + noise * rng.uniform(),
  );
};

test.each([
  ['gray', 1, 1],
  ['4:2:0', 3, 1],
  ['4:4:4', 3, 30],
] as const)(
  '%s: progressive files, of usual and of searched scans, give the pixels of baseline',
  async (name, channels, noise) => {
    for (const [width, height] of [
      [8, 8],
      [64, 40],
      [61, 83],
    ] as const)
      for (const quality of [30, 92]) {
        const raw = { width, height, channels };
        const chromaSubsampling = name === '4:4:4' ? name : '4:2:0';
        const read = async (how: JpegOptions) => {
          const file = sharp(picture(width, height, channels, noise), { raw });
          const written = file.toColourspace(channels === 1 ? 'b-w' : 'srgb');
          return readImage(await written.jpeg({ quality, chromaSubsampling, ...how }).toBuffer());
        };
        const plain = await read({});
        expect(plain).toMatchObject(raw);
        expect(await read({ progressive: true })).toEqual(plain);
        expect(await read({ optimiseScans: true })).toEqual(plain);
      }
  },
);

test.each([
  [16, 16],
  [16, 9],
  [15, 16],
])(
  'gray of %i × %i has the pixels of libjpeg-turbo, whether its blocks end with it or not',
  async (width, height) => {
    const file = sharp(picture(width, height, 1, 20), { raw: { width, height, channels: 1 } });
    const bytes = await file.toColourspace('b-w').jpeg({ quality: 80 }).toBuffer();
    expect(await readImage(bytes)).toEqual(await readImage(bytes, { decoder: 'sharp' }));
  },
);
