import { readImage, readStack } from '@segscape/data';
import fc from 'fast-check';
import { zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bytesOf, type TiffPage, tiff } from './fixtures/writers.js';

const row = { width: 3, height: 1 };
const read = async (page: TiffPage, options?: Parameters<typeof readImage>[1]) =>
  (await readImage(tiff([page]), options)).data;

/** Differences of neighbouring words, as a writer with predictor 2 makes them. */
function differences(values: ArrayBufferView, width: 1 | 2 | 4 | 8): Uint8Array {
  const raw = bytesOf(values).slice();
  const Word = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[width];
  const words = new Word(raw.buffer) as Uint8Array | BigUint64Array;
  for (let i = words.length - 1; i > 0; i--)
    if (words instanceof BigUint64Array) words[i] = words[i]! - words[i - 1]!;
    else words[i] = words[i]! - words[i - 1]!;
  return raw;
}

describe('predictor 2 works on the stored words', () => {
  test('float32 [1.5, 2.5, 3.5], uint32 [5, 0, 7], int8 [100, -100, 3], float64', async () => {
    const floats = Float32Array.of(1.5, 2.5, 3.5);
    const page = { ...row, predictor: 2 };
    expect(await read({ ...page, bits: 32, format: 3, data: differences(floats, 4) })).toEqual(floats);
    const labels = Uint32Array.of(5, 0, 7);
    expect(await read({ ...page, bits: 32, data: differences(labels, 4) })).toEqual(Int32Array.of(5, 0, 7));
    const bytes = Int8Array.of(100, -100, 3);
    expect(await read({ ...page, bits: 8, format: 2, data: differences(bytes, 1) })).toEqual(
      Int16Array.of(100, -100, 3),
    );
    const doubles = Float64Array.of(1.5, -2.5, 1e10);
    expect(await read({ ...page, bits: 64, format: 3, data: differences(doubles, 8) })).toEqual(
      Float32Array.from(doubles),
    );
  });

  test('any values of any type come back', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          [8, 1],
          [8, 2],
          [16, 1],
          [16, 2],
          [16, 3],
          [32, 1],
          [32, 2],
          [32, 3],
          [64, 1],
          [64, 2],
          [64, 3],
        ),
        fc.array(fc.integer({ min: -120, max: 120 }), { minLength: 1, maxLength: 20 }),
        async ([bits, format], numbers) => {
          const signed = format !== 1;
          const values = numbers.map((value) => (signed ? value : Math.abs(value)));
          const stored = {
            8: signed ? Int8Array.from(values) : Uint8Array.from(values),
            16:
              format === 3
                ? Uint16Array.from(values, toHalf)
                : signed
                  ? Int16Array.from(values)
                  : Uint16Array.from(values),
            32: format === 3 ? Float32Array.from(values) : Int32Array.from(values),
            64: format === 3 ? Float64Array.from(values) : BigInt64Array.from(values.map(BigInt)),
          }[bits as 8 | 16 | 32 | 64];
          const page = { width: values.length, height: 1, bits: bits!, format: format as 1 | 2 | 3 };
          const data = differences(stored, (bits! / 8) as 1 | 2 | 4 | 8);
          expect(Array.from(await read({ ...page, predictor: 2, data }))).toEqual(values.map((v) => v + 0));
        },
      ),
    ));
});

test('a predictor goes with LZW, deflate and Zstandard: beside others the tag is a rest', async () => {
  const data = Uint8Array.of(7, 2, 255);
  const page = { ...row, bits: 8, predictor: 2 };
  expect(await read({ ...page, compression: 1, data })).toEqual(data);
  expect(await read({ ...page, compression: 32_773, data: Uint8Array.of(2, ...data) })).toEqual(data);
  expect(await read({ ...page, compression: 8, data: zlibSync(data) })).toEqual(Uint8Array.of(7, 9, 8));
  const floats = Float32Array.of(1.5, 2.5, -3);
  const wide = { ...row, bits: 32, format: 3, predictor: 3, compression: 1 } as const;
  expect(await read({ ...wide, data: bytesOf(floats) })).toEqual(floats);
});

describe('predictor 3: differences of bytes, planes of equal significance together', () => {
  /** Rows of floats as a writer stores them (Photoshop TIFF Technical Note 3). */
  const stored = (values: ArrayBufferView, width: number, perRow: number, step: number): Uint8Array => {
    const raw = bytesOf(values);
    const out = new Uint8Array(raw.length);
    for (let row = 0; row < raw.length; row += perRow * width) {
      for (let x = 0; x < perRow; x++)
        for (let b = 0; b < width; b++) out[row + b * perRow + x] = raw[row + x * width + width - 1 - b]!;
      for (let i = perRow * width - 1; i >= step; i--) out[row + i] = out[row + i]! - out[row + i - step]!;
    }
    return out;
  };

  test.each([
    [16, 1],
    [16, 3],
    [32, 1],
    [32, 2],
    [32, 4],
    [64, 1],
    [64, 3],
  ] as const)('%d bits, %d samples a pixel', (bits, channels) =>
    fc.assert(
      fc.asyncProperty(fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 9 }), async (seed, width) => {
        const height = 3;
        const count = width * height * channels;
        const numbers = Array.from({ length: count }, (_, i) => ((seed >> (i % 17)) % 2048) - 1000 * (i % 2));
        const small = numbers.map((value) => value % 1024);
        const values =
          bits === 16
            ? Uint16Array.from(small, toHalf)
            : bits === 32
              ? Float32Array.from(numbers)
              : Float64Array.from(numbers);
        const data = stored(values, bits / 8, width * channels, channels);
        const page = { width, height, bits, format: 3, channels, predictor: 3, data } as const;
        expect(Array.from(await read(page))).toEqual((bits === 16 ? small : numbers).map((v) => v + 0));
      }),
    ),
  );
});

/** Half precision of an integer below 2048. */
function toHalf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

describe('values as stored', () => {
  test('float16, int64, uint64 and 64-bit floats', async () => {
    // 1.5, -2, the smallest subnormal, infinity.
    const half = Uint16Array.of(0x3e00, 0xc000, 1, 0x7c00);
    expect(await read({ width: 4, height: 1, bits: 16, format: 3, data: bytesOf(half) })).toEqual(
      Float32Array.of(1.5, -2, 2 ** -24, Number.POSITIVE_INFINITY),
    );
    const long = BigInt64Array.of(-7n, 2n ** 31n - 1n, 3n);
    expect(await read({ ...row, bits: 64, format: 2, data: bytesOf(long) })).toEqual(
      Int32Array.of(-7, 2 ** 31 - 1, 3),
    );
  });

  test('1 to 16 bits, packed high bits first', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 4, 6, 10, 12, 14),
        fc.array(fc.nat(2 ** 14 - 1), { minLength: 1, maxLength: 20 }),
        async (bits, numbers) => {
          const values = numbers.map((value) => value % 2 ** bits);
          const text = values.map((value) => value.toString(2).padStart(bits, '0')).join('');
          const data = Uint8Array.from(text.match(/.{1,8}/g)!, (part) =>
            Number.parseInt(part.padEnd(8, '0'), 2),
          );
          const page = { width: values.length, height: 1, bits, data };
          expect(Array.from(await read(page, { as: 'labels' }))).toEqual(values);
        },
      ),
    ));

  test('1-, 2- and 4-bit values with any photometric', async () => {
    const data = Uint8Array.of(0b0001_1000);
    const page = { ...row, bits: 2, data };
    expect(await read({ ...page, photometric: 1 })).toEqual(Uint8Array.of(0, 85, 170));
    expect(await read({ ...page, photometric: 0 })).toEqual(Uint8Array.of(255, 170, 85));
    expect(await read({ ...page, photometric: 0 }, { as: 'labels' })).toEqual(Uint8Array.of(0, 1, 2));
    const rgb = {
      width: 1,
      height: 1,
      bits: 4,
      channels: 3,
      photometric: 2,
      data: Uint8Array.of(0x12, 0xf0),
    };
    expect(await read(rgb)).toEqual(Uint8Array.of(17, 34, 255));
    const four = { width: 1, height: 1, bits: 1, channels: 4, data: Uint8Array.of(0b1010_0000) };
    expect(await read(four)).toEqual(Uint8Array.of(255, 0, 255, 0));
  });

  test('MinIsWhite: inverted as a picture, stored as labels', async () => {
    const page = { ...row, bits: 8, photometric: 0, data: Uint8Array.of(0, 1, 255) };
    expect(await read(page)).toEqual(Uint8Array.of(255, 254, 0));
    expect(await read(page, { as: 'labels' })).toEqual(Uint8Array.of(0, 1, 255));
  });

  test('uint32 ids are Int32; larger ones are refused with the value, or renumbered as instances', async () => {
    const page = (values: Uint32Array) => ({ ...row, bits: 32, data: bytesOf(values) });
    expect(await read(page(Uint32Array.of(16_777_217, 2 ** 31 - 1, 0)))).toEqual(
      Int32Array.of(16_777_217, 2 ** 31 - 1, 0),
    );
    const large = tiff([page(Uint32Array.of(0, 4_000_000_000, 70))]);
    await expect(readImage(large, { as: 'labels' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${large.length} bytes' holds the integer 4000000000, beyond the ±2147483647 of its 32 bits. Number the labels from 1 on, or read it as instances.`,
    });
    expect((await readImage(large, { as: 'instances' })).data).toEqual(Int32Array.of(0, 2, 1));
  });

  test('FillOrder 2: bits of a byte stand low first, compressed or not', async () => {
    const bits = { ...row, bits: 1, data: Uint8Array.of(0b0000_0011) };
    expect(await read({ ...bits, tags: { 266: [2] } })).toEqual(Uint8Array.of(255, 255, 0));
    const reversed = (bytes: Uint8Array) =>
      bytes.map((byte) => Number.parseInt([...byte.toString(2).padStart(8, '0')].reverse().join(''), 2));
    const values = Uint8Array.of(7, 200, 3);
    const packed = reversed(zlibSync(values));
    expect(await read({ ...row, bits: 8, compression: 8, data: packed, tags: { 266: [2] } })).toEqual(values);
  });

  test('orientation (tag 274): 2 × 3 values turned upright eight ways', async () => {
    const page = { width: 3, height: 2, bits: 8, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const wanted = [
      [2, 3, 1, 2, 3, 4, 5, 6],
      [2, 3, 3, 2, 1, 6, 5, 4],
      [2, 3, 6, 5, 4, 3, 2, 1],
      [2, 3, 4, 5, 6, 1, 2, 3],
      [3, 2, 1, 4, 2, 5, 3, 6],
      [3, 2, 4, 1, 5, 2, 6, 3],
      [3, 2, 6, 3, 5, 2, 4, 1],
      [3, 2, 3, 6, 2, 5, 1, 4],
    ];
    for (const [i, [height, width, ...values]] of wanted.entries()) {
      const image = await readImage(tiff([{ ...page, tags: { 274: [i + 1] } }]));
      expect([image.height, image.width, ...image.data], `orientation ${i + 1}`).toEqual([
        height,
        width,
        ...values,
      ]);
    }
  });

  test('palette with alpha: the index is looked up, alpha stays the last channel', async () => {
    const colours = Array.from({ length: 768 }, (_, i) => ((i % 256) + Math.floor(i / 256)) * 256);
    const page = {
      width: 2,
      height: 1,
      bits: 8,
      channels: 2,
      photometric: 3,
      data: Uint8Array.of(5, 200, 9, 100),
      colours,
      tags: { 338: [2] },
    };
    expect(await read(page)).toEqual(Uint8Array.of(5, 6, 7, 200, 9, 10, 11, 100));
    expect(await read(page, { alpha: 'drop' })).toEqual(Uint8Array.of(5, 6, 7, 9, 10, 11));
    expect(await read(page, { as: 'labels', alpha: 'drop' })).toEqual(Uint8Array.of(5, 9));
  });
});

describe('spacing in micrometres', () => {
  const spacing = async (tags: TiffPage['tags']) =>
    (await readImage(tiff([{ ...row, bits: 8, data: new Uint8Array(3), tags: tags! }]))).spacing;

  test('resolution in centimetres and inches, ImageJ, OME-XML; none without a unit', async () => {
    expect(await spacing({ 282: [20_000, 1], 283: [10_000, 1], 296: [3] })).toEqual([1, 0.5]);
    expect(await spacing({ 282: [25_400, 1], 283: [12_700, 1], 296: [2] })).toEqual([2, 1]);
    expect(await spacing({ 282: [1, 1], 283: [1, 1], 296: [1] })).toBeUndefined();
    expect(await spacing({ 282: [0, 1], 283: [1, 0], 296: [3] })).toBeUndefined();
    const imagej = (unit: string) =>
      spacing({ 270: `ImageJ=1.53\nunit=${unit}\n`, 282: [4, 1], 283: [2, 1], 296: [1] });
    for (const unit of ['micron', 'um', 'µm', '\\u00B5m'])
      expect(await imagej(unit), unit).toEqual([0.5, 0.25]);
    expect(await imagej('nm')).toEqual([0.0005, 0.00025]);
    expect(await imagej('pixel')).toBeUndefined();
    const ome = (unit: string) =>
      spacing({
        270: `<?xml version="1.0"?><OME xmlns="x"><Image><Pixels SizeC="1" PhysicalSizeX="0.25" PhysicalSizeY="0.5"${unit}/></Image></OME>`,
      });
    expect(await ome('')).toEqual([0.5, 0.25]);
    expect(await ome(' PhysicalSizeXUnit="nm" PhysicalSizeYUnit="nm"')).toEqual([0.0005, 0.00025]);
  });

  // As programs store them: dots an inch, and pixels a centimetre of two digits or cut down to thousandths.
  test.each([72, 75, 96, 100, 150, 200, 254, 300, 600, 1000, 1200, 2400])(
    '%d dots an inch, of a screen or printer, are none',
    async (dots) => {
      const both = (ratio: readonly [number, number], unit: number) =>
        spacing({ 282: [...ratio], 283: [...ratio], 296: [unit] });
      expect(await both([dots, 1], 2)).toBeUndefined();
      expect(await both([Math.round((dots * 100) / 2.54), 100], 3)).toBeUndefined();
      expect(await both([Math.floor((dots * 1e3) / 2.54), 1000], 3)).toBeUndefined();
      // Inches are what is meant without a unit.
      expect(await spacing({ 282: [dots, 1], 283: [dots, 1] })).toBeUndefined();
    },
  );

  test('microscopes stay: NDPI, 2 µm as dots an inch, and what ImageJ names, however coarse', async () => {
    const ndpi = await spacing({ 282: [45_255, 1], 283: [45_255, 1], 296: [3] });
    expect(ndpi![0]).toBeCloseTo(0.221, 4);
    expect(await spacing({ 282: [12_700, 1], 283: [12_700, 1], 296: [2] })).toEqual([2, 2]);
    const imagej = (unit: string, pixels: readonly number[]) =>
      spacing({
        270: `ImageJ=1.53
unit=${unit}
`,
        282: [...pixels],
        283: [...pixels],
        296: [1],
      });
    expect(await imagej('micron', [1, 100])).toEqual([100, 100]);
    expect(await imagej('mm', [10, 1])).toEqual([100, 100]);
    expect(await imagej('cm', [20, 1])).toEqual([500, 500]);
    // What ImageJ makes of a picture of 72 dots an inch.
    expect(await imagej('inch', [72, 1])).toBeUndefined();
    expect(await imagej('cm', [2835, 100])).toBeUndefined();
  });

  test('turning the picture by a quarter turns its spacing', async () => {
    expect(await spacing({ 282: [20_000, 1], 283: [10_000, 1], 296: [3], 274: [6] })).toEqual([0.5, 1]);
  });
});

test('a description full of zeros and blanks takes no time', async () => {
  const start = performance.now();
  for (const text of [`ImageJ=1\0${'\0'.repeat(2 ** 19)}x`, `<OME><Pixels ${' '.repeat(2 ** 19)}`])
    await read({ ...row, bits: 8, data: new Uint8Array(3), tags: { 270: text } });
  expect(performance.now() - start).toBeLessThan(2000);
});

describe('planes behind one directory', () => {
  const page = { width: 2, height: 2, bits: 8, tags: { 270: 'ImageJ=1\nimages=3\nslices=3\n' } };
  const planes = Uint8Array.from({ length: 12 }, (_, i) => i);

  test('of several strips, each where the one before it ends; words in their order', async () => {
    const strips = { ...page.tags, 273: [8, 10], 278: [1], 279: [2, 2] };
    const volume = await readImage(tiff([{ ...page, data: planes, tags: strips }]));
    expect([volume.depth, volume.height, volume.width, volume.data]).toEqual([3, 2, 2, planes]);
    const wide = {
      ...page,
      bits: 16,
      data: bytesOf(Uint16Array.from(planes)),
      tags: { ...page.tags, 279: [8] },
    };
    expect((await readImage(tiff([wide]))).data).toEqual(Uint16Array.from(planes));
    expect((await readImage(tiff([wide]), { page: 2 })).data).toEqual(Uint16Array.of(8, 9, 10, 11));
    expect((await readStack(tiff([wide]))).map(({ data }) => data[0])).toEqual([0, 4, 8]);
  });

  test('a description left over from a stack makes none', async () => {
    const alone = await readImage(tiff([{ ...page, height: 100, data: new Uint8Array(200) }]));
    expect([alone.depth, alone.data.length]).toEqual([undefined, 200]);
  });

  test('strips with gaps are not guessed at', async () => {
    const gaps = { ...page.tags, 273: [8, 11], 278: [1], 279: [2, 2] };
    await expect(readImage(tiff([{ ...page, data: planes, tags: gaps }]))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining(
        "ImageJ's 3 images in one directory are not supported; save it as a TIFF below 4 GB, or read the first with page: 0",
      ),
    });
  });

  test('as many as are told of take no more than the bound', async () => {
    const told = { ...page, width: 1, height: 1, tags: { 270: 'ImageJ=1\nimages=60000\n', 279: [1] } };
    const bytes = tiff([{ ...told, data: new Uint8Array(60_000) }]);
    expect((await readImage(bytes)).depth).toBe(60_000);
    await expect(readImage(bytes, { maxBytes: 1000 })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });
});

describe('what is sound but not read here says so, and what to convert it to', () => {
  const base = { ...row, bits: 8, data: new Uint8Array(9) };
  test.each([
    [
      { ...base, compression: 50001 },
      'compression 50001 (WebP) is not supported; save it uncompressed, as LZW or deflate',
    ],
    [
      { ...base, compression: 34_925 },
      'compression 34925 (LZMA) is not supported; save it uncompressed, as LZW or deflate',
    ],
    [{ ...base, photometric: 8, channels: 3 }, 'CIE L*a*b* is not supported; save it as gray or RGB'],
    [{ ...base, photometric: 6, channels: 3 }, 'YCbCr without JPEG is not supported; save it as gray or RGB'],
    [
      { ...base, format: 6 as const, bits: 64, data: new Uint8Array(24) },
      'complex numbers are not supported; convert to 8, 16 or 32 bits',
    ],
    [{ ...base, tags: { 339: [0] } }, 'samples of format 0 are not supported; convert to 8, 16 or 32 bits'],
    [{ ...base, bits: 24 }, '24-bit samples are not supported; convert to 8, 16 or 32 bits'],
    [{ ...base, bits: 12, predictor: 2 }, 'predictor 2 with 12-bit samples is not supported; save it anew'],
    [
      { ...base, channels: 3, tags: { 258: [8, 8, 16] } },
      'channels of different depth are not supported; save them with one depth',
    ],
  ])('%#', async (page, why) => {
    const bytes = tiff([page]);
    await expect(readImage(bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${bytes.length} bytes' is a TIFF that is not read here: ${why}.`,
    });
  });

  test('in a stack the page is named', async () => {
    const bytes = tiff([base, { ...base, compression: 34_887 }]);
    await expect(readStack(bytes)).rejects.toThrow(
      'not read here: page 2 of 2: compression 34887 (LERC) is not supported',
    );
  });
});

describe('CCITT', () => {
  const fax = { width: 8, height: 2, bits: 1 };

  test('a row that says nothing of itself is the one above; 1 is black', async () => {
    // T.6: horizontal, 3 white, 5 black (001 1000 0011), then two changes as above (1 1).
    const data = Uint8Array.of(0b0011_0000, 0b0111_1000);
    const bytes = tiff([{ ...fax, compression: 4, data, photometric: 0 }]);
    expect((await readImage(bytes, { as: 'labels' })).data).toEqual(
      Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1),
    );
  });

  test.each([
    [[0b0011_0000, 0b0110_0000], 'UNREADABLE_IMAGE', /CCITT data (end after 1 of 2 rows|are damaged)/],
    [[0b0011_0000, 0b0110_0000, 0b0111_1000], 'UNSUPPORTED_FORMAT', /the uncompressed mode of CCITT/],
    [[0b0011_0000, 0b0110_0000, 0b0001_1111], 'UNREADABLE_IMAGE', /the CCITT data are damaged/],
    [[], 'UNREADABLE_IMAGE', /holds only 0 bytes/],
  ])('%j is refused', async (data, code, why) => {
    const bytes = tiff([{ ...fax, compression: 4, data: Uint8Array.from(data) }]);
    await expect(readImage(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
  });

  test('it holds one bit a pixel', async () => {
    const bytes = tiff([{ ...fax, bits: 8, compression: 4, data: Uint8Array.of(0x80) }]);
    await expect(readImage(bytes)).rejects.toThrow('CCITT holds one bit a pixel, not 1 of 8');
  });
});

describe('what old writers wrote', () => {
  /** Lempel-Ziv-Welch of the kind before TIFF 6: low bits first, widths that grow when the table is full. */
  function oldLzw(bytes: Uint8Array): Uint8Array {
    const out: number[] = [];
    let [hold, held, width, entries] = [0, 0, 9, 257];
    const put = (code: number) => {
      hold |= code << held;
      for (held += width; held >= 8; held -= 8) {
        out.push(hold & 255);
        hold >>>= 8;
      }
    };
    put(256);
    for (const byte of bytes) {
      put(byte);
      entries++;
      if (entries === 1 << width && width < 12) width++;
      if (entries === 4095) {
        put(256);
        [width, entries] = [9, 257];
      }
    }
    put(257);
    out.push(hold & 255, 0);
    return Uint8Array.from(out);
  }

  test('LZW with low bits first', async () => {
    const pixels = Uint8Array.from({ length: 9000 }, (_, i) => (i * 7919) % 253);
    const packed = oldLzw(pixels);
    expect([packed[0], packed[1]! & 1]).toEqual([0, 1]);
    const page = { width: 100, height: 90, bits: 8, compression: 5 };
    expect(await read({ ...page, data: packed })).toEqual(pixels);
    await expect(read({ ...page, data: packed.slice(0, 5000) })).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
    });
  });

  test('tiles listed as strips', async () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const page = { width: 16, height: 16, bits: 8, tile: [16, 16] as const, data };
    const file = tiff([page]);
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const directory = view.getUint32(4, true);
    for (let i = 0, at = directory + 2; i < view.getUint16(directory, true); i++, at += 12) {
      const tag = view.getUint16(at, true);
      if (tag === 324 || tag === 325) view.setUint16(at, tag === 324 ? 273 : 279, true);
    }
    expect((await readImage(file)).data).toEqual(data);
  });
});
