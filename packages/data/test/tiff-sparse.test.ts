import { readImage } from '@segscape/data';
import { zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bytesOf, type TiffPage, tiff } from './fixtures/writers.js';

/** Three strips of a row of two values, of which the second was never written. */
const strips = (page: Partial<TiffPage> & Pick<TiffPage, 'bits' | 'data'>): Uint8Array => {
  const size = page.data.length / 2;
  return tiff([
    {
      width: 2,
      height: 3,
      ...page,
      tags: { 278: [1], 273: [8, 0, 8 + size], 279: [size, 0, size], ...page.tags },
    },
  ]);
};

const valuesOf = async (bytes: Uint8Array) => Array.from((await readImage(bytes)).data);

describe('parts of a sparse file that were never written', () => {
  test('are 0, or what GDAL says stands for no data', async () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    expect(await valuesOf(strips({ bits: 8, data }))).toEqual([1, 2, 0, 0, 3, 4]);
    expect(await valuesOf(strips({ bits: 8, data, tags: { 42113: '7' } }))).toEqual([1, 2, 7, 7, 3, 4]);
    const signed = bytesOf(Int16Array.of(1, -2, 3, -4));
    const page = { bits: 16, format: 2, data: signed } as const;
    expect(await valuesOf(strips({ ...page, tags: { 42113: '-9999' } }))).toEqual([
      1, -2, -9999, -9999, 3, -4,
    ]);
    const floats = { bits: 32, format: 3, data: bytesOf(Float32Array.of(1, 2, 3, 4)) } as const;
    expect(await valuesOf(strips({ ...floats, tags: { 42113: 'nan' } }))).toEqual([
      1,
      2,
      Number.NaN,
      Number.NaN,
      3,
      4,
    ]);
  });

  test.each(['-9999', '256', '1.5', 'nothing', ''])(
    'are 0 where the samples can not hold %j',
    async (text) => {
      const bytes = strips({ bits: 8, data: Uint8Array.of(1, 2, 3, 4), tags: { 42113: text } });
      expect(await valuesOf(bytes)).toEqual([1, 2, 0, 0, 3, 4]);
    },
  );

  test('are not unpacked', async () => {
    const packed = zlibSync(Uint8Array.of(1, 2));
    const data = new Uint8Array([...packed, ...packed]);
    expect(await valuesOf(strips({ bits: 8, compression: 8, data }))).toEqual([1, 2, 0, 0, 1, 2]);
  });

  test('may be all of it', async () => {
    const page = { width: 2, height: 1, bits: 8, data: new Uint8Array(0), tags: { 273: [0], 279: [0] } };
    expect(await valuesOf(tiff([page]))).toEqual([0, 0]);
  });

  test('make no more memory than tiles of pictures have', async () => {
    const page = {
      width: 65_000,
      height: 65_000,
      bits: 8,
      data: new Uint8Array(0),
      tags: { 273: [0], 279: [0] },
    };
    await expect(readImage(tiff([page]), { maxBytes: 2 ** 40 })).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
    });
  });

  test('have no place: bytes that are gone are damage', async () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    for (const tags of [
      { 279: [2, 0, 2], 273: [8, 10, 10] },
      { 279: [2, 2, 2], 273: [8, 0xff_ffff, 10] },
    ])
      await expect(readImage(strips({ bits: 8, data, tags }))).rejects.toMatchObject({
        code: 'UNREADABLE_IMAGE',
      });
  });
});
