import { readImage } from '@segscape/data';
import { zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { pngHeader, pngOf } from './fixtures/writers.js';

/** EXIF data of one entry, the orientation 3 (turned by half). */
function exif(little: boolean, type: 3 | 4, count = 1): number[] {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, count, little);
  view.setUint16(10, 274, little);
  view.setUint16(12, type, little);
  view.setUint32(14, 1, little);
  if (type === 3) view.setUint16(18, 3, little);
  else view.setUint32(18, 3, little);
  return [...new Uint8Array(view.buffer)];
}

/** A PNG of the values 1, 2, 3 with that chunk. */
const withExif = (data: readonly number[]) =>
  pngOf([pngHeader(3, 1, 8, 0), ['eXIf', data], ['IDAT', zlibSync(Uint8Array.of(0, 1, 2, 3))], ['IEND', []]]);

const name = [...new TextEncoder().encode('Exif'), 0, 0];

describe.each([true, false])('orientation of EXIF, little-endian %s', (little) => {
  test.each([
    ['16 bits', exif(little, 3)],
    ['32 bits, as Pillow and libvips read it too', exif(little, 4)],
    ['behind the name of a JPEG segment', [...name, ...exif(little, 3)]],
  ])('%s', async (_, data) => {
    expect(Array.from((await readImage(withExif(data))).data)).toEqual([3, 2, 1]);
    expect(Array.from((await readImage(withExif(data), { orientation: 'ignore' })).data)).toEqual([1, 2, 3]);
  });

  test('data that are cut leave the picture as it is', async () => {
    for (const length of [0, 6, 13, 20])
      expect(Array.from((await readImage(withExif(exif(little, 3, 9).slice(0, length)))).data)).toEqual([
        1, 2, 3,
      ]);
  });
});
