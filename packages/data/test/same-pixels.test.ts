import type { Raster } from '@segscape/core';
import { type ReadOptions, readImage } from '@segscape/data';
import { expect, test } from 'vitest';
import { platform } from '#platform';
import { readyZstandard } from '../src/decode/zstandard.js';
import { unzstandardByWasm } from '../src/decode/zstandard-wasm.js';
import fixtures from './fixtures/images.json' with { type: 'json' };

// Runs in Node and, by vitest.browser.config.ts, in Chromium: what both are compared with is the same.

interface Fixture {
  readonly name: string;
  readonly file: string;
  readonly options?: unknown;
  readonly values: string;
}

const files: readonly Fixture[] = fixtures.files;
const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const stored = ({ data }: Raster) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes.slice());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

test.each(files.map((file) => [file.name, file] as const))(
  '%s has the same bytes in Node and in Chromium',
  async (_, file) => {
    const raster = await readImage(bytesOf(file.file), file.options as ReadOptions);
    expect(await digest(stored(raster))).toBe(await digest(bytesOf(file.values)));
  },
);

test('Zstandard decodes by native code or WebAssembly in Node and in Chromium', async () => {
  const oneByte = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 7);
  await readyZstandard();
  expect(platform.unzstandard(oneByte, [1]) ?? unzstandardByWasm(oneByte, [1])).toEqual(Uint8Array.of(7));
});

async function zlib(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A little-endian TIFF of one deflated strip of gray bytes. */
function grayTiff(side: number, packed: Uint8Array): Uint8Array {
  const tags = [
    [256, side],
    [257, side],
    [258, 8],
    [259, 8],
    [262, 1],
    [273, 8 + 2 + 12 * 8 + 4],
    [278, side],
    [279, packed.length],
  ] as const;
  const start = 8 + 2 + 12 * tags.length + 4;
  const out = new Uint8Array(start + packed.length);
  const view = new DataView(out.buffer);
  out.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, tags.length, 0]);
  for (const [i, [tag, value]] of tags.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  }
  out.set(packed, start);
  return out;
}

test('deflated data that are long enough for the streams of a page', async () => {
  const side = 300;
  const gray = Uint8Array.from({ length: side * side }, (_, i) => (i * i * 31 + (i >> 5)) & 255);
  const file = grayTiff(side, await zlib(gray));
  expect(await digest(stored(await readImage(file)))).toBe(await digest(gray));
  // A wrong checksum is found by either.
  file[file.length - 1]! ^= 1;
  await expect(readImage(file)).rejects.toThrow('the checksum of the deflated data is wrong');
});
