import { readImage, readStack } from '@segscape/data';
import { deflateSync, zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { gif, pngHeader, pngOf, type TiffPage, tiff } from './fixtures/writers.js';

/** JPEG segments that declare a size, and next to no data. */
function jpegOf(width: number, height: number): Uint8Array {
  const u16 = (n: number) => [n >> 8, n & 255];
  const quantisation = [0xff, 0xdb, ...u16(67), 0, ...Array<number>(64).fill(1)];
  const frame = [0xff, 0xc0, ...u16(11), 8, ...u16(height), ...u16(width), 1, 1, 0x11, 0];
  const codes = (kind: number) => [0xff, 0xc4, ...u16(20), kind, 1, ...Array<number>(15).fill(0), 0];
  const scan = [0xff, 0xda, ...u16(8), 1, 1, 0, 0, 63, 0];
  const data = Array<number>(400).fill(0);
  return Uint8Array.from([
    0xff,
    0xd8,
    ...quantisation,
    ...frame,
    ...codes(0),
    ...codes(0x10),
    ...scan,
    ...data,
    0xff,
    0xd9,
  ]);
}

/** A progressive JPEG of 8000×8000 whose 900 further scans say nothing, in runs of 16,384 blocks. */
function emptyScans(approximation: number): Uint8Array {
  const u16 = (n: number) => [n >> 8, n & 255];
  const blocks = 1000 * 1000;
  const quantisation = [0xff, 0xdb, ...u16(67), 0, ...Array<number>(64).fill(1)];
  const frame = [0xff, 0xc2, ...u16(11), 8, ...u16(8000), ...u16(8000), 1, 1, 0x11, 0];
  const codes = (kind: number, symbol: number) => [
    0xff,
    0xc4,
    ...u16(20),
    kind,
    1,
    ...Array<number>(15).fill(0),
    symbol,
  ];
  const scan = (start: number, end: number, bits: number) => [
    0xff,
    0xda,
    ...u16(8),
    1,
    1,
    0,
    start,
    end,
    bits,
  ];
  const runs = Array<number>(Math.ceil((Math.ceil(blocks / 16_384) * 15) / 8)).fill(0);
  const further = Array.from({ length: 900 }, () => [...scan(1, 63, approximation), ...runs]).flat();
  const first = [...scan(0, 0, 0), ...Array<number>(blocks / 8).fill(0)];
  return Uint8Array.from([
    0xff,
    0xd8,
    ...quantisation,
    ...frame,
    ...codes(0, 0),
    ...codes(0x10, 0xe0),
    ...first,
    ...further,
    0xff,
    0xd9,
  ]);
}

const page: TiffPage = { width: 3, height: 2, bits: 8, data: new Uint8Array(6) };
const withTags = (tags: TiffPage['tags']) => tiff([{ ...page, tags: tags! }]);
/** 64 MiB of zeros. */
const bomb = zlibSync(new Uint8Array(2 ** 26));

function circularTiff(): Uint8Array {
  const bytes = tiff([page, page]);
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 4, view.getUint32(4, true), true);
  return bytes;
}

function manyTags(): Uint8Array {
  const bytes = tiff([page]);
  new DataView(bytes.buffer).setUint16(new DataView(bytes.buffer).getUint32(4, true), 65_535, true);
  return bytes;
}

/** Directories of 12 bytes each that point into one another. */
function overlapping(): Uint8Array {
  const bytes = new Uint8Array(2 ** 20);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  const step = 14;
  // Every directory spans the whole file: its entries are the directories behind it.
  for (let at = 8; at + 2 < bytes.length; at += step) view.setUint16(at, 80_000 % 65_536, true);
  return bytes;
}

const files: readonly (readonly [string, Uint8Array, 'UNREADABLE_IMAGE' | 'UNSUPPORTED_FORMAT', RegExp])[] = [
  [
    'JPEG of 20000×19999 in 537 bytes',
    jpegOf(20_000, 19_999),
    'UNREADABLE_IMAGE',
    /declares 20000×19999 pixels of 1 channel, but holds only 4\d\d bytes/,
  ],
  ['JPEG of 900 empty scans', emptyScans(0), 'UNREADABLE_IMAGE', /more scans than a picture can need/],
  [
    'JPEG of 900 empty refinements',
    emptyScans(0x10),
    'UNREADABLE_IMAGE',
    /more scans than a picture can need/,
  ],
  ['JPEG of 0 columns', jpegOf(0, 7), 'UNREADABLE_IMAGE', /declares a width of 0/],
  ['JPEG of 0 rows', jpegOf(7, 0), 'UNSUPPORTED_FORMAT', /height that stands behind the data/],
  ['TIFF with RowsPerStrip 0', withTags({ 278: [0] }), 'UNREADABLE_IMAGE', /in parts of 3×0/],
  [
    'TIFF with tiles of 0',
    withTags({ 322: [0], 323: [0], 324: [8], 325: [6] }),
    'UNREADABLE_IMAGE',
    /in parts of 0×0/,
  ],
  [
    'TIFF with tiles of 2³¹',
    withTags({ 322: [2 ** 31], 323: [2 ** 31], 324: [8], 325: [6] }),
    'UNREADABLE_IMAGE',
    /declares .* but holds only/,
  ],
  [
    'TIFF of 4,294,967,295 rows in strips of one',
    withTags({ 257: [2 ** 32 - 1], 278: [1] }),
    'UNREADABLE_IMAGE',
    /4294967295 parts are declared, 1 are listed/,
  ],
  [
    'TIFF of 4,294,967,295 rows in one strip',
    withTags({ 257: [2 ** 32 - 1], 278: [2 ** 32 - 1] }),
    'UNREADABLE_IMAGE',
    /but holds only 6 bytes/,
  ],
  ['TIFF of 0 columns', withTags({ 256: [0] }), 'UNREADABLE_IMAGE', /declares 0×2 pixels/],
  ['TIFF of 0 channels', withTags({ 277: [0] }), 'UNREADABLE_IMAGE', /pixels of 0 channels/],
  ['TIFF of 65,535 channels', withTags({ 277: [65_535] }), 'UNREADABLE_IMAGE', /but holds only 6 bytes/],
  ['TIFF whose directories go round', circularTiff(), 'UNREADABLE_IMAGE', /go round in a circle/],
  ['TIFF with 65,535 tags in 200 bytes', manyTags(), 'UNREADABLE_IMAGE', /a directory lies beyond the end/],
  ['TIFF whose directories overlap', overlapping(), 'UNREADABLE_IMAGE', /overlap|beyond|damaged/],
  [
    'TIFF whose strip inflates beyond its size',
    tiff([{ ...page, compression: 8, data: bomb }]),
    'UNREADABLE_IMAGE',
    /give more than 6 bytes/,
  ],
  [
    'PNG whose pixels inflate beyond their size',
    pngOf([pngHeader(3, 2, 8, 0), ['IDAT', bomb], ['IEND', []]]),
    'UNREADABLE_IMAGE',
    /give more than 8 bytes/,
  ],
  [
    'PNG of 2³¹ columns',
    pngOf([pngHeader(2 ** 31 - 1, 2 ** 31 - 1, 16, 6), ['IDAT', [0]], ['IEND', []]]),
    'UNREADABLE_IMAGE',
    /but holds only 1 bytes/,
  ],
  [
    'PNG of 0 rows',
    pngOf([pngHeader(3, 0, 8, 0), ['IDAT', [0]], ['IEND', []]]),
    'UNREADABLE_IMAGE',
    /declares 3×0 pixels/,
  ],
  [
    'GIF of 65535×65535',
    gif({ width: 65_535, height: 65_535 }),
    'UNREADABLE_IMAGE',
    /but holds only 2 bytes/,
  ],
  [
    'PGM of 10⁹ columns',
    new TextEncoder().encode('P5 1000000000 1000000000 255\n'),
    'UNREADABLE_IMAGE',
    /but holds only/,
  ],
  ['PGM of 0 columns', new TextEncoder().encode('P5 0 5 255\n'), 'UNREADABLE_IMAGE', /declares 0×5/],
  [
    'PGM of a fraction of a column',
    new TextEncoder().encode('P5 1.5 5 255\n'),
    'UNREADABLE_IMAGE',
    /no row of numbers/,
  ],
  ['PGM of -1 columns', new TextEncoder().encode('P5 -1 5 255\n'), 'UNREADABLE_IMAGE', /no row of numbers/],
];

describe('hostile files give a typed error within two seconds', () => {
  // Whatever else runs on the machine takes time, too: it counts when it takes longer each time.
  test.each(files)('%s', { retry: 2 }, async (_, bytes, code, why) => {
    const start = performance.now();
    for (const read of [readImage, readStack])
      await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test('an iCCP profile is not inflated', async () => {
    const profile = [...new TextEncoder().encode('x'), 0, 0, ...bomb];
    const pixels = zlibSync(Uint8Array.of(0, 7));
    const bytes = pngOf([pngHeader(1, 1, 8, 0), ['iCCP', profile], ['IDAT', pixels], ['IEND', []]]);
    expect((await readImage(bytes)).data).toEqual(Uint8Array.of(7));
  });
});

describe('bounds', () => {
  const large = tiff([{ width: 3, height: 2, bits: 8, data: new Uint8Array(6) }, page]);

  test('maxBytes refuses what is larger, all pages together, and says how to raise it', async () => {
    await expect(readImage(large, { maxBytes: 5 })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${large.length} bytes' is a TIFF that is not read here: page 1 of 2: it declares 3×2 pixels of 1 channel, 6 bytes in all, and maxBytes is 5; raise maxBytes, or cut or shrink the picture.`,
    });
    expect((await readImage(large, { maxBytes: 6, page: 0 })).data.length).toBe(6);
    await expect(readImage(large, { maxBytes: 6 })).rejects.toThrow('page 2 of 2: it declares 3×2 pixels');
    await expect(readStack(large, { maxBytes: 11 })).rejects.toThrow(
      'page 2 of 2: it declares 3×2 pixels of 1 channel, 12 bytes in all',
    );
    expect((await readStack(large, { maxBytes: 12 })).length).toBe(2);
  });

  test('the colours of a palette count', async () => {
    const bytes = gif({ colours: [0, 0, 0, 255, 0, 0, 0, 0, 9, 7, 7, 7] });
    await expect(readImage(bytes, { maxBytes: 8 })).rejects.toThrow(
      'it declares 3×1 pixels of 3 channels, 9 bytes in all, and maxBytes is 8',
    );
    expect((await readImage(bytes, { maxBytes: 8, as: 'labels' })).channels).toBe(1);
  });

  test.each([0, -1, 1.5, Number.NaN])('maxBytes %d is refused', async (maxBytes) => {
    await expect(readImage(large, { maxBytes })).rejects.toThrow(
      /maxBytes \(=.*\) must be (at least 1|a whole number), in bytes\.$/,
    );
  });

  test('Zstandard that ends early or gives more than was said is refused', async () => {
    // A frame without its size: window of 1 KiB; one block, last, of n times one byte.
    const frame = (n: number) =>
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, ...[(n << 3) | 3, n >> 5, n >> 13].map((b) => b & 255), 7);
    const of = (data: Uint8Array) => tiff([{ ...page, compression: 50_000, data }]);
    const size = page.width * page.height;
    expect(Array.from((await readImage(of(frame(size)))).data)).toEqual(Array<number>(size).fill(7));
    await expect(readImage(of(frame(size - 1)))).rejects.toThrow(
      `the Zstandard data do not give ${size} bytes`,
    );
    await expect(readImage(of(frame(1000)))).rejects.toThrow(`give more than ${size} bytes`);
    // Two frames, the first with its size, and something that is carried along between them.
    const sized = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 2, (2 << 3) | 3, 0, 0, 9);
    const carried = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    const joined = Uint8Array.of(...sized, ...carried, ...frame(size - 2));
    expect(Array.from((await readImage(of(joined))).data)).toEqual([9, 9, 7, 7, 7, 7]);
    await expect(readImage(of(frame(size).slice(0, 8)))).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  test('Zstandard that declares a gigabyte, in a hundred thousand empty blocks, takes no time', {
    retry: 2,
  }, async () => {
    const empty = Array<number>(300_000).fill(0);
    const data = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, ...empty, (6 << 3) | 3, 0, 0, 7]);
    const start = performance.now();
    const { data: pixels } = await readImage(tiff([{ ...page, compression: 50_000, data }]));
    expect(Array.from(pixels)).toEqual(Array<number>(6).fill(7));
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('what is large enough for native code is refused in the same words', async () => {
    const pixels = Uint8Array.from({ length: 40_000 }, (_, i) => (i * i) % 251);
    const sound = zlibSync(pixels);
    const of = (data: Uint8Array, width = 200) =>
      tiff([{ width, height: 200, bits: 8, compression: 8, data }]);
    expect((await readImage(of(sound))).data).toEqual(pixels);
    // Another stream may follow: only the first is the strip's.
    expect((await readImage(of(Uint8Array.of(...sound, ...sound)))).data).toEqual(pixels);
    await expect(readImage(of(sound.with(-1, sound.at(-1)! ^ 1)))).rejects.toThrow(
      'the checksum of the deflated data is wrong',
    );
    await expect(readImage(of(sound, 199))).rejects.toThrow('the deflated data give more than 39800 bytes');
    await expect(readImage(of(sound, 201))).rejects.toThrow(
      'the deflated data end after 40000 of 40200 bytes',
    );
    await expect(readImage(of(sound.slice(0, -5)))).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  test('raw deflate without checksum is refused', async () => {
    const bytes = tiff([{ ...page, compression: 8, data: deflateSync(Uint8Array.of(1, 7, 3, 9, 2, 5)) }]);
    await expect(readImage(bytes)).rejects.toThrow('the header of the deflated data is damaged');
  });
});

describe('descriptions that declare much', () => {
  const pages = (text: string) =>
    tiff(Array.from({ length: 400 }, (_, i) => ({ ...page, ...(i === 0 && { tags: { 270: text } }) })));
  const blocks = '<TiffData FirstZ="0" IFD="0" PlaneCount="999999999"/>'.repeat(20_000);
  const sizes = 'SizeC="1" SizeT="99999999"';
  test.each([
    ['slices', `<OME><Image><Pixels SizeZ="999999999" ${sizes}/></Image></OME>`],
    ['blocks', `<OME><Image><Pixels SizeZ="400" SizeC="1" SizeT="1">${blocks}</Pixels></Image></OME>`],
    ['pictures', `<OME>${`<Image><Pixels SizeZ="99" ${sizes}/></Image>`.repeat(5000)}</OME>`],
    ['ImageJ', 'ImageJ=1\nimages=400\nslices=99999999\nframes=99999999'],
    ['shape', '{"shape": [99999999, 99999999, 1, 1], "axes": "TZYX"}'],
    ['brackets', `<OME>${'<a '.repeat(200_000)}`],
    ['names', `<OME><${'a'.repeat(600_000)}`],
  ])('%s', async (_, text) => {
    const bytes = pages(text);
    const start = performance.now();
    for (const read of [
      () => readImage(bytes),
      () => readImage(bytes, { time: 3 }),
      () => readStack(bytes),
      () => readStack(bytes, { time: 3 }),
      () => readImage(bytes, { series: 0 }),
    ])
      await read().catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
      });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
