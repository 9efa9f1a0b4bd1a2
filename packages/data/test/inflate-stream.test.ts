import { readImage } from '@segscape/data';
import { zlibSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { platform as browser } from '../src/platform.browser.js';
import { platform } from '../src/platform.node.js';
import { pngHeader, pngOf, tiff } from './fixtures/writers.js';

/** Sizes that the browser's stream was asked for, and how many of them it gave. */
const asked = { sizes: [] as number[], given: 0 };

// Node stands in for a browser: it has the same streams, and its own inflate is taken away.
const { unzlib } = platform;
beforeAll(() => {
  platform.unzlib = () => undefined;
  platform.inflateStream = async (bytes, size) => {
    asked.sizes.push(size);
    const out = await browser.inflateStream!(bytes, size);
    if (out !== undefined) asked.given++;
    return out;
  };
});
afterAll(() => {
  platform.unzlib = unzlib;
  delete platform.inflateStream;
});
beforeEach(() => {
  asked.sizes = [];
  asked.given = 0;
});

const [width, height] = [200, 120];
const values = Uint8Array.from({ length: width * height }, (_, i) => (i * i) >> 5);
const page = (data: Uint8Array) => tiff([{ width, height, bits: 8, compression: 8, data }]);
const rows = Uint8Array.from({ length: height * (width + 1) }, (_, i) => {
  const [y, x] = [Math.floor(i / (width + 1)), i % (width + 1)];
  return x === 0 ? 0 : values[y * width + x - 1]!;
});
const png = (data: Uint8Array) => pngOf([pngHeader(width, height, 8, 0), ['IDAT', data], ['IEND', []]]);

describe("the browser's stream inflates TIFF and PNG to the same pixels", () => {
  test.each([
    ['TIFF', page(zlibSync(values)), width * height],
    ['PNG', png(zlibSync(rows)), height * (width + 1)],
  ])('%s', async (_, bytes, size) => {
    expect((await readImage(bytes)).data).toEqual(values);
    expect(asked).toEqual({ sizes: [size], given: 1 });
  });

  test('short data are not worth it', async () => {
    const small = tiff([
      { width: 3, height: 1, bits: 8, compression: 8, data: zlibSync(values.slice(0, 3)) },
    ]);
    expect((await readImage(small)).data).toEqual(values.slice(0, 3));
    expect(asked.sizes).toEqual([]);
  });

  const packed = zlibSync(values);
  const changed = (at: number) => {
    const out = packed.slice();
    out[at]! ^= 1;
    return out;
  };
  test.each([
    ['a wrong checksum', changed(packed.length - 1), /the checksum of the deflated data is wrong/],
    ['a damaged header', changed(0), /the header of the deflated data is damaged/],
    ['an early end', packed.slice(0, -40), /damaged or truncated TIFF \(/],
    ['too much', zlibSync(new Uint8Array(30_000)), /the deflated data give more than 24000 bytes/],
  ])('%s is refused in the words of every platform', async (_, data, why) => {
    await expect(readImage(page(data))).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringMatching(why),
    });
    expect(asked.given).toBe(0);
  });
});
