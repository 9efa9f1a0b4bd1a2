import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { platform } from '#platform';
import { xxh64 } from '../src/decode/xxh64.js';
import { unzstandard } from '../src/decode/zstandard.js';
import { loadZstandard, unzstandardByWasm } from '../src/decode/zstandard-wasm.js';
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

type Decoders = Parameters<typeof unzstandard>[2];

/** Who is asked before the code of our own. */
const ways: readonly (readonly [string, Decoders])[] = [
  ['native code where there is any', [(frame, lengths) => platform.unzstandard(frame, lengths)]],
  ['WebAssembly', [unzstandardByWasm]],
  ['code of our own', []],
];

beforeAll(loadZstandard);

describe.skipIf(!existsSync(encoder))(
  'what the reference encoder writes (skipped without /usr/bin/zstd)',
  () => {
    test.each(kinds)('%s, of any length, at any level', (_, make) => {
      for (const count of [1, 5, 300, 5000, 70_000, 300_000])
        for (const options of [['-1'], ['-19'], ['--fast=5', '--no-check']]) {
          const data = make(count);
          for (const [, decoders] of ways)
            expect(Buffer.compare(unzstandard(packed(data, ...options), [count], decoders), data)).toBe(0);
        }
    });

    /** What comes of data with one bit turned: an error of ours, or bytes. */
    const turned = (sound: Uint8Array, size: number, at: number, bit: number, decoders: Decoders) => {
      const damaged = sound.slice();
      damaged[at]! ^= 1 << bit;
      try {
        return unzstandard(damaged, [size], decoders);
      } catch (cause) {
        expect((cause as Error).message).toMatch(/^the Zstandard data/);
        return undefined;
      }
    };

    describe.each(ways)('by %s', (_, decoders) => {
      test.each(kinds)('%s: no bit that is turned changes a byte, since the checksum tells', (_, make) => {
        for (const count of [3, 4000, 150_000]) {
          const data = make(count);
          const sound = packed(data, '-9');
          fc.assert(
            fc.property(fc.nat(sound.length - 1), fc.nat(7), (at, bit) => {
              const found = turned(sound, count, at, bit, decoders);
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
            const found = turned(sound, data.length, at, bit, decoders);
            expect(found?.length ?? data.length).toBe(data.length);
          }),
          { seed: 5, numRuns: 400 },
        );
      });

      test('a wrong checksum is named, several frames and what lies between them are read', () => {
        const data = kinds[5]![1](1000);
        const sound = packed(data);
        const wrong = sound.slice();
        wrong[wrong.length - 2]! ^= 1;
        expect(() => unzstandard(wrong, [1000], decoders)).toThrow(
          'the Zstandard data are damaged (their checksum is wrong)',
        );
        const passed = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
        const two = Uint8Array.from([...sound, ...passed, ...packed(data.subarray(0, 700))]);
        expect(
          Buffer.compare(
            unzstandard(two, [1700], decoders),
            Uint8Array.from([...data, ...data.subarray(0, 700)]),
          ),
        ).toBe(0);
        expect(() => unzstandard(sound.subarray(0, -3), [1000], decoders)).toThrow(
          'the Zstandard data end early',
        );
        expect(() => unzstandard(sound, [999], decoders)).toThrow(
          'the Zstandard data give more than 999 bytes',
        );
      });
    });

    test('what native code and WebAssembly make of damaged data, code of our own makes of them too', () => {
      for (const [, make] of kinds) {
        const data = make(5000);
        const sound = packed(data, '-12', '--no-check');
        fc.assert(
          fc.property(fc.nat(sound.length - 1), fc.nat(7), (at, bit) => {
            const [own, ...others] = ways.toReversed().map(([, way]) => turned(sound, 5000, at, bit, way));
            for (const other of others) {
              expect(other?.length).toBe(own?.length);
              expect(Buffer.compare(other ?? sound, own ?? sound)).toBe(0);
            }
          }),
          { seed: 8, numRuns: 60 },
        );
      }
    });

    test('WebAssembly decodes by itself what is sound, of one of the lengths, and not too large to keep', () => {
      const data = kinds[4]![1](70_000);
      const sound = packed(data, '-5');
      const two = unzstandardByWasm(sound, [69_999, 70_000])!;
      expect(Buffer.compare(two, data)).toBe(0);
      // No view of its memory, which the next frame writes to.
      expect(two.buffer.byteLength).toBe(70_000);
      expect(unzstandardByWasm(sound, [69_999])).toBeUndefined();
      expect(unzstandardByWasm(sound, [70_001])).toBeUndefined();
      expect(unzstandardByWasm(sound, [70_000, 2 ** 27])).toBeUndefined();
      expect(unzstandardByWasm(sound.subarray(0, -9), [70_000])).toBeUndefined();
      expect(unzstandardByWasm(sound.fill(0, 20), [0, 70_000])).toBeUndefined();
      const none = packed(new Uint8Array());
      expect(unzstandard(none, [0], [unzstandardByWasm])).toHaveLength(0);
    });
  },
);

describe('who decodes', () => {
  const oneByte = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 7);

  beforeEach(() => {
    vi.resetModules();
  });
  afterEach(() => {
    for (const mocked of ['zstddec', '../src/decode/zstandard-wasm.js']) vi.doUnmock(mocked);
    vi.restoreAllMocks();
  });

  /** Its module starts once in a process. */
  const unstarted = (name: string) => import(`${createRequire(import.meta.url).resolve('zstddec')}?${name}`);

  test('WebAssembly is loaded where no native code is, once it is waited for', async () => {
    vi.doMock('zstddec', () => unstarted('free'));
    const wasm = await import('../src/decode/zstandard-wasm.js');
    const { readyZstandard } = await import('../src/decode/zstandard.js');
    expect(wasm.unzstandardByWasm(oneByte, [1])).toBeUndefined();
    await readyZstandard();
    const native = platform.unzstandard(oneByte, [1]);
    expect(wasm.unzstandardByWasm(oneByte, [1])).toEqual(native === undefined ? Uint8Array.of(7) : undefined);
  });

  test('native code is asked first, and WebAssembly for what it refuses', async () => {
    const unzstandardByWasm = vi.fn(() => Uint8Array.of(8));
    vi.doMock('../src/decode/zstandard-wasm.js', () => ({ loadZstandard: vi.fn(), unzstandardByWasm }));
    const { platform } = await import('#platform');
    const { unzstandard } = await import('../src/decode/zstandard.js');
    const native = vi.spyOn(platform, 'unzstandard').mockReturnValue(Uint8Array.of(9));
    expect(unzstandard(oneByte, [1])).toEqual(Uint8Array.of(9));
    expect(unzstandardByWasm).not.toHaveBeenCalled();
    native.mockReturnValue(undefined);
    expect(unzstandard(oneByte, [1])).toEqual(Uint8Array.of(8));
    unzstandardByWasm.mockReturnValue(undefined as never);
    expect(unzstandard(oneByte, [1])).toEqual(Uint8Array.of(7));
  });

  test('a TIFF is read when the quickest decoder is there', async () => {
    const loadZstandard = vi.fn();
    vi.doMock('../src/decode/zstandard-wasm.js', () => ({
      loadZstandard,
      unzstandardByWasm: () => undefined,
    }));
    const { platform } = await import('#platform');
    vi.spyOn(platform, 'unzstandard').mockReturnValue(undefined);
    const { uncompressed } = await import('../src/decode/tiff/compression.js');
    const limits = { maxBytes: 99 };
    const shape = { columns: 1, rows: 1, channels: 1, chroma: false, faxOptions: 0, lowFirst: false };
    const found = await uncompressed(oneByte, { compression: 50_000, size: 1, full: 1, ...shape, limits });
    expect(found).toEqual(Uint8Array.of(7));
    expect(loadZstandard).toHaveBeenCalledOnce();
  });

  test('where a page forbids WebAssembly, code of our own decodes', async () => {
    vi.doMock('zstddec', () => unstarted('forbidden'));
    vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(new Error('forbidden'));
    const { loadZstandard, unzstandardByWasm } = await import('../src/decode/zstandard-wasm.js');
    const { unzstandard } = await import('../src/decode/zstandard.js');
    await loadZstandard();
    expect(unzstandardByWasm(oneByte, [1])).toBeUndefined();
    expect(unzstandard(oneByte, [1])).toEqual(Uint8Array.of(7));
  });

  test.each([
    ['started by us, up to 128 MiB', false, 2 ** 27],
    ['that another package has started, up to 4 MiB', true, 2 ** 22],
  ])('WebAssembly %s', async (_, started, most) => {
    const { ZSTDDecoder } = await unstarted(String(most));
    if (started) await new ZSTDDecoder().init();
    vi.doMock('zstddec', () => ({ ZSTDDecoder }));
    const { loadZstandard, unzstandardByWasm } = await import('../src/decode/zstandard-wasm.js');
    await loadZstandard();
    expect(unzstandardByWasm(oneByte, [1])).toEqual(Uint8Array.of(7));
    expect(unzstandardByWasm(oneByte, [1, most - oneByte.length])).toEqual(Uint8Array.of(7));
    expect(unzstandardByWasm(oneByte, [1, most - oneByte.length + 1])).toBeUndefined();
    expect(unzstandardByWasm(oneByte, [2])).toBeUndefined();
    // A block of a kind that does not exist.
    const damaged = oneByte.with(6, 15);
    expect(unzstandardByWasm(damaged, [0, 1])).toBeUndefined();
    expect(unzstandardByWasm(damaged, [0])).toBeUndefined();
  });
});

test.each([
  ['', 0x51d8e999],
  ['a', 0xa98c6e5b],
  ['abc', 0xad770999],
  ['the same bits in Node and Chromium', 0xcb9d76eb],
  ['x'.repeat(100), 0x88a3c094],
])("the hash of '%s' is that of xxHash itself", (text, hash) => {
  expect(xxh64(new TextEncoder().encode(text))).toBe(hash);
});
