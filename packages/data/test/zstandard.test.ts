import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

    test('damaged data are refused or give so many bytes, and nothing else', () => {
      const data = kinds[4]![1](20_000);
      const sound = packed(data, '-9');
      fc.assert(
        fc.property(fc.nat(sound.length - 1), fc.nat(7), (at, bit) => {
          const damaged = sound.slice();
          damaged[at]! ^= 1 << bit;
          try {
            expect(unzstandard(damaged, [data.length])).toHaveLength(data.length);
          } catch (cause) {
            expect((cause as Error).message).toMatch(/^the Zstandard data/);
          }
        }),
        { seed: 5, numRuns: 400 },
      );
    });
  },
);
