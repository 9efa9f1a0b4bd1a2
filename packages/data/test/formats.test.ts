import { readFileSync } from 'node:fs';
import { random } from '@segscape/core';
import { readImage } from '@segscape/data';
import fc from 'fast-check';
import { gzipSync, zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bmp, gif, pngHeader, pngOf } from './fixtures/writers.js';

const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Rows of packed samples with a filter byte 0, of every `dx`-th column and `dy`-th row. */
function packedRows(
  values: readonly number[],
  [height, width, channels, bits]: readonly [number, number, number, number],
  [x0, y0, dx, dy]: readonly [number, number, number, number],
): number[] {
  const out: number[] = [];
  if (x0 >= width) return out;
  for (let y = y0; y < height; y += dy) {
    let text = '';
    for (let x = x0; x < width; x += dx)
      for (let c = 0; c < channels; c++)
        text += values[(y * width + x) * channels + c]!.toString(2).padStart(bits, '0');
    out.push(0, ...text.match(/.{1,8}/g)!.map((part) => Number.parseInt(part.padEnd(8, '0'), 2)));
  }
  return out;
}

describe('PNG', () => {
  test('interlaced at every depth and colour type gives the same as plain', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          [0, 1, 1],
          [0, 2, 1],
          [0, 4, 1],
          [0, 8, 1],
          [0, 16, 1],
          [2, 8, 3],
          [2, 16, 3],
          [3, 1, 1],
          [3, 2, 1],
          [3, 4, 1],
          [3, 8, 1],
          [4, 8, 2],
          [4, 16, 2],
          [6, 8, 4],
          [6, 16, 4],
        ),
        fc.integer({ min: 1, max: 18 }),
        fc.integer({ min: 1, max: 18 }),
        fc.nat(),
        async ([colour, bits, channels], height, width, seed) => {
          const rng = random(seed);
          const values = Array.from({ length: height * width * channels! }, () => rng.integer(0, 2 ** bits!));
          const palette = Array.from({ length: 3 << bits! }, (_, i) => (i * 7) % 256);
          const form = [height, width, channels!, bits!] as const;
          const made = (interlace: number, raw: number[]) =>
            pngOf([
              pngHeader(width, height, bits!, colour!, interlace),
              ...(colour === 3 ? [['PLTE', palette] as const] : []),
              ['IDAT', zlibSync(Uint8Array.from(raw))],
              ['IEND', []],
            ]);
          const plain = made(0, packedRows(values, form, [0, 0, 1, 1]));
          const woven = made(
            1,
            passes.flatMap((pass) => packedRows(values, form, pass)),
          );
          const image = await readImage(plain, { as: 'labels' });
          expect(Array.from(image.data)).toEqual(values);
          expect(await readImage(woven)).toEqual(await readImage(plain));
        },
      ),
    ));

  const raw = zlibSync(Uint8Array.of(0, 1, 2, 3));
  test('a suggested palette of a colour picture is passed over', async () => {
    const bytes = pngOf([pngHeader(1, 1, 8, 2), ['PLTE', [9, 9, 9, 8, 8, 8]], ['IDAT', raw], ['IEND', []]]);
    expect(await readImage(bytes)).toEqual({
      data: Uint8Array.of(1, 2, 3),
      height: 1,
      width: 1,
      channels: 3,
    });
  });

  test('transparent palette colours give an alpha channel, and labels stay indices', async () => {
    const bytes = pngOf([
      pngHeader(3, 1, 8, 3),
      ['PLTE', [0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 9]],
      ['tRNS', [0, 100]],
      ['IDAT', raw],
      ['IEND', []],
    ]);
    expect((await readImage(bytes)).data).toEqual(Uint8Array.of(9, 0, 0, 100, 0, 9, 0, 255, 0, 0, 9, 255));
    expect((await readImage(bytes, { alpha: 'drop' })).channels).toBe(3);
    expect((await readImage(bytes, { as: 'labels' })).data).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('pHYs in pixels a metre becomes micrometres', async () => {
    const physical = (unit: number) => ['pHYs', [0, 0x0f, 0x42, 0x40, 0, 0x07, 0xa1, 0x20, unit]] as const;
    const made = (unit: number) =>
      pngOf([pngHeader(1, 1, 8, 2), physical(unit), ['IDAT', raw], ['IEND', []]]);
    expect((await readImage(made(1))).spacing).toEqual([2, 1]);
    expect((await readImage(made(0))).spacing).toBeUndefined();
  });

  test('pHYs of a screen or printer, and any as coarse, is no scale', async () => {
    const spacing = async (x: number, y = x) => {
      const pixels = [x, y].flatMap((n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
      const chunks = [pngHeader(1, 1, 8, 2), ['pHYs', [...pixels, 1]], ['IDAT', raw], ['IEND', []]] as const;
      return (await readImage(pngOf([...chunks]))).spacing;
    };
    // 72, 96, 150, 300, 600, 1200 and 2400 dots an inch in whole pixels a metre, rounded or cut down; 1,000 pixels a metre.
    for (const pixels of [2834, 2835, 3779, 3780, 5905, 5906, 11_811, 23_622, 39_370, 47_244, 94_488, 1000])
      expect(await spacing(pixels), String(pixels)).toBeUndefined();
    expect(await spacing(1_000_000, 2835)).toBeUndefined();
    expect(await spacing(40_000)).toEqual([25, 25]);
    expect(await spacing(100_000)).toEqual([10, 10]);
  });
});

describe('BMP', () => {
  const data = [0x34, 0x12, 0xff, 0xff];
  test('16 bits: 5-5-5 by default, 5-6-5 and any other order by masks', async () => {
    const form = { width: 1, height: 1, bits: 16, data };
    // 0x1234 is 00100 10001 10100: 4, 17, 20 of 31.
    expect((await readImage(bmp(form))).data).toEqual(Uint8Array.of(32, 139, 164));
    // As 5-6-5 it is 00010 010001 10100: 2 of 31, 17 of 63, 20 of 31.
    const masks = [0xf800, 0x07e0, 0x001f];
    expect((await readImage(bmp({ ...form, compression: 3, masks }))).data).toEqual(
      Uint8Array.of(16, 68, 164),
    );
    const turned = [0x001f, 0x07e0, 0xf800];
    expect((await readImage(bmp({ ...form, compression: 3, masks: turned }))).data).toEqual(
      Uint8Array.of(164, 68, 16),
    );
  });

  test('32 bits with any order of masks; alpha where there is a mask for it', async () => {
    const masks = fc.shuffledSubarray([0xff, 0xff00, 0xff0000, 0xff000000], { minLength: 3, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(masks, async (order) => {
        const bytes = bmp({
          width: 1,
          height: 1,
          bits: 32,
          compression: 3,
          masks: order,
          data: [10, 20, 30, 40],
        });
        const wanted = order.map((mask) => 10 * (1 + Math.floor(Math.log2(mask) / 8)));
        expect(Array.from((await readImage(bytes)).data)).toEqual(wanted);
      }),
    );
    const plain = bmp({ width: 1, height: 1, bits: 32, data: [10, 20, 30, 40] });
    expect((await readImage(plain)).data).toEqual(Uint8Array.of(30, 20, 10));
  });

  test('24 bits of any size, rows from below or from above, filled up to four bytes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (width, height, fromAbove) => {
          const rowBytes = 4 * Math.ceil((3 * width) / 4);
          const values = (y: number) =>
            Array.from({ length: 3 * width }, (_, i) => (37 * y + 5 * i + 3) % 251);
          const rows = Array.from({ length: height }, (_, y) => values(fromAbove ? y : height - 1 - y));
          const stored = rows.flatMap((row) =>
            Array.from({ length: rowBytes }, (_, i) =>
              i < 3 * width ? row[i - (i % 3) + 2 - (i % 3)]! : 255,
            ),
          );
          const bytes = bmp({ width, height: fromAbove ? -height : height, bits: 24, data: stored });
          const read = await readImage(bytes);
          expect([read.height, read.width, read.channels]).toEqual([height, width, 3]);
          expect(Array.from(read.data)).toEqual(Array.from({ length: height }, (_, y) => values(y)).flat());
        },
      ),
    ));

  const colours = Array.from({ length: 16 }, (_, i) => [i, 2 * i, 3 * i, 0]).flat();
  const labels = async (form: Parameters<typeof bmp>[0]) =>
    Array.from((await readImage(bmp(form), { as: 'labels' })).data);

  test('RLE8 and RLE4: runs, values as they are, ends, steps', async () => {
    const eight = [3, 5, 0, 0, 0, 3, 7, 8, 9, 0, 0, 1];
    expect(await labels({ width: 3, height: 2, bits: 8, compression: 1, colours, data: eight })).toEqual([
      7, 8, 9, 5, 5, 5,
    ]);
    // The end mark is left out by some writers.
    for (const cut of [1, 2, 3])
      expect(
        await labels({
          width: 3,
          height: 2,
          bits: 8,
          compression: 1,
          colours,
          data: [...eight.slice(0, -2), 0, 0].slice(0, -cut),
        }),
      ).toEqual([7, 8, 9, 5, 5, 5]);
    const four = [3, 0x12, 0, 2, 0, 1, 0, 0, 0, 1];
    expect(await labels({ width: 3, height: 2, bits: 4, compression: 2, colours, data: four })).toEqual([
      0, 0, 0, 1, 2, 1,
    ]);
    const literal = [0, 3, 0x12, 0x30, 0, 1];
    expect(await labels({ width: 3, height: 1, bits: 4, compression: 2, colours, data: literal })).toEqual([
      1, 2, 3,
    ]);
  });

  test('alpha of a compression that says so (6), behind a header of 40 bytes', async () => {
    const bytes = bmp({
      width: 1,
      height: 1,
      bits: 32,
      masks: [0xff, 0xff00, 0xff0000],
      data: [0, 0, 0, 255, 10, 20, 30, 40],
    });
    const view = new DataView(bytes.buffer);
    view.setUint32(30, 6, true);
    // The first four of the data are the mask.
    view.setUint32(66, 0xff000000, true);
    view.setUint32(10, 70, true);
    expect(await readImage(bytes)).toMatchObject({ channels: 4, data: Uint8Array.of(10, 20, 30, 40) });
    expect((await readImage(bytes, { alpha: 'drop' })).data).toEqual(Uint8Array.of(10, 20, 30));
  });

  test('a header of OS/2 2 that ends after the depth', async () => {
    const long = bmp({ width: 2, height: 1, bits: 8, colours, data: [3, 1, 0, 0] });
    const bytes = new Uint8Array([...long.subarray(0, 30), ...long.subarray(54)]);
    const view = new DataView(bytes.buffer);
    view.setUint32(10, view.getUint32(10, true) - 24, true);
    view.setUint32(14, 16, true);
    expect((await readImage(bytes)).data).toEqual(Uint8Array.of(9, 6, 3, 3, 2, 1));
  });

  test.each([
    [{ bits: 0, compression: 4 }, 40, 'JPEG and PNG inside a BMP'],
    [{ bits: 0, compression: 5 }, 40, 'JPEG and PNG inside a BMP'],
    [{ bits: 24, compression: 4 }, 64, 'run lengths of colours (OS/2)'],
    [{ bits: 1, compression: 3 }, 64, 'Huffman codes of OS/2'],
    [{ bits: 64 }, 40, '64-bit pixels'],
  ])('what is not read here is named %#', async (form, headerSize, what) => {
    const bytes = bmp({ width: 1, height: 1, data: Array<number>(40).fill(0), ...form });
    new DataView(bytes.buffer).setUint32(14, headerSize, true);
    await expect(readImage(bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${bytes.length} bytes' is a BMP that is not read here: ${what} are not supported; save it as PNG.`,
    });
  });

  test('2 bits, rows from the top', async () => {
    const form = { width: 3, height: -2, bits: 2, colours: colours.slice(0, 16) };
    expect(await labels({ ...form, data: [0b0001_1000, 0, 0, 0, 0b1100_0100, 0, 0, 0] })).toEqual([
      0, 1, 2, 3, 0, 1,
    ]);
  });

  test.each([
    [
      { width: 2, height: 1, bits: 8, colours, declaredColours: 1e9, data: [0, 0, 0, 0] },
      'it declares 1000000000 colours with 8 bits a pixel and room for 16',
    ],
    [
      { width: 2, height: 1, bits: 8, colours, data: [99, 0, 0, 0] },
      'it holds the index 99, its palette has 16 colours',
    ],
    [{ width: 0, height: 1, bits: 24, data: [] }, 'it declares 0×1 pixels of 4 channels'],
    [{ width: -2, height: 1, bits: 24, data: [] }, 'it declares -2×1 pixels of 4 channels'],
    [{ width: 2, height: 2, bits: 24, data: [1, 2, 3, 4, 5, 6] }, '70 bytes are needed, 60 are there'],
    [
      { width: 1, height: 1, bits: 8, compression: 1, colours, data: [2, 5, 0, 1] },
      'its runs leave the picture',
    ],
    [{ width: 2, height: 1, bits: 8, compression: 1, colours, data: [1, 5] }, 'its runs end early'],
    [
      { width: 1, height: 1, bits: 16, compression: 3, masks: [0xff, 0xff, 0xff], data },
      'its colour masks are damaged (ff, ff, ff, 0)',
    ],
    [
      { width: 2, height: 2, bits: 8, compression: 1, colours, data: [2, 5, 0, 1] },
      'its runs end 2 rows early',
    ],
  ])('damage %#', async (form, why) => {
    const bytes = bmp(form);
    await expect(readImage(bytes)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: `readImage: '${bytes.length} bytes' is a damaged or truncated BMP (${why}). Replace the file or leave it out.`,
    });
  });
});

describe('JPEG of kinds that are not read', () => {
  const { files } = JSON.parse(readFileSync(new URL('fixtures/images.json', import.meta.url), 'utf8')) as {
    files: { name: string; file: string }[];
  };
  const original = Buffer.from(files.find(({ name }) => name === 'sampling 1x1.jpg')!.file, 'base64');
  const frame = original.indexOf(Buffer.of(0xff, 0xc0));
  test.each([
    [1, 0xc3, 'lossless JPEG is not supported; convert to baseline JPEG or to PNG'],
    [1, 0xc5, 'hierarchical JPEG is not supported; convert to baseline JPEG or to PNG'],
    [1, 0xc9, 'arithmetic coded JPEG is not supported; convert to baseline JPEG or to PNG'],
    [4, 12, '12-bit samples are not supported; convert to 8-bit JPEG or 16-bit PNG'],
    [11, 0x31, 'its chroma sampling is not supported; save it as 4:4:4 or 4:2:0'],
  ])('byte %d of the frame header is %d', async (at, value, why) => {
    const bytes = Uint8Array.from(original);
    bytes[frame + at] = value;
    if (at === 11) bytes[frame + 14] = 0x21;
    await expect(readImage(bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${bytes.length} bytes' is a JPEG that is not read here: ${why}.`,
    });
  });
});

describe('GIF', () => {
  test('indices, colours, and a transparent one as alpha', async () => {
    expect((await readImage(gif())).data).toEqual(Uint8Array.of(0, 255, 255));
    const red = { colours: [0, 0, 0, 255, 0, 0, 0, 0, 9, 7, 7, 7] };
    expect((await readImage(gif(red), { as: 'labels' })).data).toEqual(Uint8Array.of(0, 1, 1));
    expect((await readImage(gif({ ...red, transparent: 0 }))).data).toEqual(
      Uint8Array.of(0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0, 255),
    );
  });

  test.each([
    [{ width: 4 }, 'its data end after 3 of 4 pixels'],
    [{ lzw: [0x02, 0xff, 0xff] }, 'its data are damaged'],
    [
      { width: 65_535, height: 65_535 },
      'it declares 65535×65535 pixels of 1 channel, but holds only 2 bytes of data',
    ],
    [{ width: 0 }, 'it declares 0×1 pixels of 1 channels'],
    [{ lzw: [0x0c, 0x44] }, 'it declares codes of 12 bits'],
  ])('damage %#', async (form, why) => {
    const bytes = gif(form);
    await expect(readImage(bytes)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: `readImage: '${bytes.length} bytes' is a damaged or truncated GIF (${why}). Replace the file or leave it out.`,
    });
  });
});

test('a GIF without colours, and a PNG of Apple are sound, but not read here', async () => {
  const plain = gif();
  const bare = new Uint8Array([...plain.subarray(0, 13), ...plain.subarray(25)]);
  bare[10] = 0;
  await expect(readImage(bare)).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
    message: `readImage: '${bare.length} bytes' is a GIF that is not read here: it has no table of colours and leaves them to the viewer; save it as PNG.`,
  });
  const apple = pngOf([['CgBI', [0, 0, 0, 0]], pngHeader(1, 1, 8, 0), ['IDAT', [0]], ['IEND', []]]);
  await expect(readImage(apple)).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
    message: `readImage: '${apple.length} bytes' is a PNG that is not read here: chunk CgBI is not supported; save it as plain PNG.`,
  });
});

describe('other kinds of file are named', () => {
  test.each([
    ['WebP', 'RIFF\0\0\0\0WEBPVP8 '],
    ['HEIC', '\0\0\0\x18ftypheic'],
    ['JPEG 2000', '\0\0\0\x0cjP  '],
    ['a gzip file without a NIfTI volume', String.fromCharCode(...gzipSync(new Uint8Array(600)))],
    ['HDF5', '\x89HDF\r\n'],
    ['PAM', 'P7\nWIDTH 1'],
  ])('%s', async (kind, text) => {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    await expect(readImage(bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${bytes.length} bytes' is ${kind}, which is not read here. Convert it to PNG or TIFF.`,
    });
  });
});
