import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { platform } from '#platform';
import { xxh64 } from '../src/decode/xxh64.js';
import { unzstandard } from '../src/decode/zstandard.js';
import { temporaryFolder } from './fixtures/writers.js';

const encoder = '/usr/bin/zstd';

/** By the reference encoder. */
function packed(data: Uint8Array, ...options: string[]): Uint8Array {
  const path = join(temporaryFolder(), 'data');
  writeFileSync(path, data);
  return new Uint8Array(execFileSync(encoder, ['-q', '-c', ...options, path]));
}

let seed = 1;
const random = (below: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % below;
};
const source = readFileSync(new URL('../src/decode/inflate.ts', import.meta.url));

/** Bytes that make an encoder use its kinds of blocks, literals and tables. */
const kinds: readonly (readonly [string, (count: number) => Uint8Array])[] = [
  ['one value', (count) => new Uint8Array(count).fill(7)],
  ['all values alike', (count) => Uint8Array.from({ length: count }, () => random(256))],
  ['few values', (count) => Uint8Array.from({ length: count }, () => random(4) * random(5))],
  ['a round', (count) => Uint8Array.from({ length: count }, (_, i) => (i * 7) % 251)],
  ['words', (count) => Uint8Array.from({ length: count }, (_, i) => source[i % source.length]!)],
  [
    'a wave',
    (count) => Uint8Array.from({ length: count }, (_, i) => 99 + 90 * Math.sin(i / 300) + random(3)),
  ],
];

describe.skipIf(!existsSync(encoder))(
  'what the reference encoder writes (skipped without /usr/bin/zstd)',
  () => {
    test.each(kinds)('%s, of any length, at any level', (_, make) => {
      for (const count of [1, 5, 300, 5000, 70_000, 300_000])
        for (const options of [['-1'], ['-19'], ['--fast=5', '--no-check']]) {
          const data = make(count);
          expect(Buffer.compare(unzstandard(packed(data, ...options), [count]), data)).toBe(0);
        }
    });

    /** What comes of data with one bit turned: an error of ours, or bytes. */
    const turned = (sound: Uint8Array, size: number, at: number, bit: number) => {
      const damaged = sound.slice();
      damaged[at]! ^= 1 << bit;
      try {
        return unzstandard(damaged, [size]);
      } catch (cause) {
        expect((cause as Error).message).toMatch(/^the Zstandard data/);
        return undefined;
      }
    };

    describe.each(['by native code where there is any', 'without it'])('%s', (how) => {
      beforeEach(() => {
        if (how === 'without it') vi.spyOn(platform, 'unzstandard').mockReturnValue(undefined);
      });
      afterEach(() => {
        vi.restoreAllMocks();
      });

      test.each(kinds)('%s: no bit that is turned changes a byte, since the checksum tells', (_, make) => {
        for (const count of [3, 4000, 150_000]) {
          const data = make(count);
          const sound = packed(data, '-9');
          fc.assert(
            fc.property(fc.nat(sound.length - 1), fc.nat(7), (at, bit) => {
              const found = turned(sound, count, at, bit);
              expect(found === undefined || Buffer.compare(found, data) === 0).toBe(true);
            }),
            { seed: 5, numRuns: count > 5000 ? 12 : 40, examples: [[sound.length - 1, 7]] },
          );
        }
      });

      test('without a checksum damaged data are refused or give so many bytes', () => {
        const data = kinds[4]![1](20_000);
        const sound = packed(data, '-9', '--no-check');
        fc.assert(
          fc.property(fc.nat(sound.length - 1), fc.nat(7), (at, bit) => {
            expect(turned(sound, data.length, at, bit)?.length ?? data.length).toBe(data.length);
          }),
          { seed: 5, numRuns: 400 },
        );
      });

      test('a wrong checksum is named, several frames and what lies between them are read', () => {
        const data = kinds[5]![1](1000);
        const sound = packed(data);
        const wrong = sound.slice();
        wrong[wrong.length - 2]! ^= 1;
        expect(() => unzstandard(wrong, [1000])).toThrow(
          'the Zstandard data are damaged (their checksum is wrong)',
        );
        const passed = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
        const two = Uint8Array.from([...sound, ...passed, ...packed(data.subarray(0, 700))]);
        expect(
          Buffer.compare(unzstandard(two, [1700]), Uint8Array.from([...data, ...data.subarray(0, 700)])),
        ).toBe(0);
        expect(() => unzstandard(sound.subarray(0, -3), [1000])).toThrow('the Zstandard data end early');
        expect(() => unzstandard(sound, [999])).toThrow('the Zstandard data give more than 999 bytes');
      });
    });

    test('what native code makes of damaged data, code of our own makes of them too', () => {
      const native = vi.spyOn(platform, 'unzstandard');
      for (const [, make] of kinds) {
        const data = make(5000);
        const sound = packed(data, '-12', '--no-check');
        fc.assert(
          fc.property(fc.nat(sound.length - 1), fc.nat(7), (at, bit) => {
            native.mockRestore();
            const first = turned(sound, 5000, at, bit);
            native.mockReturnValue(undefined);
            const second = turned(sound, 5000, at, bit);
            expect(second?.length).toBe(first?.length);
            expect(Buffer.compare(second ?? sound, first ?? sound)).toBe(0);
          }),
          { seed: 8, numRuns: 60 },
        );
      }
      vi.restoreAllMocks();
    });
  },
);

test.each([
  ['', 0x51d8e999],
  ['a', 0xa98c6e5b],
  ['abc', 0xad770999],
  ['the same bits in Node and Chromium', 0xcb9d76eb],
  ['x'.repeat(100), 0x88a3c094],
])("the hash of '%s' is that of xxHash itself", (text, hash) => {
  expect(xxh64(new TextEncoder().encode(text))).toBe(hash);
});
