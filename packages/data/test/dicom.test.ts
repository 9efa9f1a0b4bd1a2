import { readFileSync } from 'node:fs';
import { isSegscapeError, random } from '@segscape/core';
import { folderDataset, readImage } from '@segscape/data';
import { readDicom } from '@segscape/data/dicom';
import { deflateSync } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import { bytesOf, dicom, element, items, losslessJpeg } from './fixtures/dicom-writer.js';
import { png, tree } from './fixtures/writers.js';

interface Fixture {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly values: string;
  readonly spacing: readonly number[] | null;
}
const { files } = JSON.parse(readFileSync(new URL('fixtures/dicom.json', import.meta.url), 'utf8')) as {
  files: Fixture[];
};
const fromText = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const fixture = (name: string) => fromText(files.find((file) => file.name === name)!.file);
const lossless = '1.2.840.10008.1.2.4.57';

describe('the values that pydicom reads', () => {
  test.each(files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const raster = await readDicom(fromText(file.file));
    const { depth, height, width, channels } = raster;
    const shape = [
      ...(depth === undefined ? [] : [depth]),
      height,
      width,
      ...(channels === 1 ? [] : [channels]),
    ];
    expect(shape).toEqual(file.shape);
    expect(Array.from(raster.data)).toEqual(Array.from(new Float32Array(fromText(file.values).buffer)));
    if (file.spacing !== null) expect(raster.spacing).toEqual(file.spacing);
    expect(await readImage(fromText(file.file))).toEqual(raster);
  });

  test('nothing of the patient is in what is read, nor in errors', async () => {
    const bytes = fixture('uint8 explicit');
    expect(Buffer.from(bytes).includes('Nobody^At^All')).toBe(true);
    expect(JSON.stringify(await readDicom(bytes))).not.toContain('Nobody');
    const cut = await readDicom(bytes.slice(0, -8)).catch((error: unknown) => error);
    expect(isSegscapeError(cut) && JSON.stringify(cut.details) + cut.message).not.toContain('Nobody');
  });
});

describe('by hand', () => {
  test('MONOCHROME1: higher is brighter in a picture, stored values in labels; before the slope', async () => {
    const form = { rows: 1, columns: 4, photometric: 'MONOCHROME1' };
    const plain = dicom({ ...form, allocated: 8, stored: 4 }, Uint8Array.of(0, 1, 14, 15));
    expect(Array.from((await readDicom(plain)).data)).toEqual([15, 14, 1, 0]);
    expect(Array.from((await readDicom(plain, { as: 'labels' })).data)).toEqual([0, 1, 14, 15]);
    const signed = dicom({ ...form, signed: true }, Uint8Array.of(128, 255, 0, 127));
    expect(Array.from((await readDicom(signed)).data)).toEqual([127, 0, -1, -128]);
    const after = [element(0x0028_1052, 'DS', '-10'), element(0x0028_1053, 'DS', '2')];
    const scaled = dicom({ ...form, after }, Uint8Array.of(0, 1, 254, 255));
    expect(Array.from((await readDicom(scaled)).data)).toEqual([500, 498, -8, -10]);
  });

  test('labels are stored values, without a slope that an image left behind', async () => {
    const after = [element(0x0028_1052, 'DS', '-1024'), element(0x0028_1053, 'DS', '2')];
    const file = dicom({ rows: 1, columns: 3, after }, Uint8Array.of(0, 1, 7));
    expect((await readDicom(file, { as: 'labels' })).data).toEqual(Uint8Array.of(0, 1, 7));
    expect((await readDicom(file)).data).toEqual(Float32Array.of(-1024, -1022, -1010));
  });

  test('deflated files: what comes out is bounded', async () => {
    const pixels = Uint8Array.from({ length: 6000 }, (_, i) => (i * i) % 251);
    const form = { rows: 60, columns: 100, syntax: '1.2.840.10008.1.2.1.99' };
    const file = dicom(form, pixels);
    // Its identifier, even in length, is the last element that stays as it is.
    const uid = Buffer.from(file).indexOf(form.syntax) + form.syntax.length + (form.syntax.length % 2);
    const packed = bytesOf(file.subarray(0, uid), deflateSync(file.subarray(uid)));
    expect((await readDicom(packed)).data).toEqual(pixels);
    const bomb = bytesOf(file.subarray(0, uid), deflateSync(new Uint8Array(2 ** 25)));
    await expect(readDicom(bomb, { maxBytes: 1000 })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    const cut = packed.subarray(0, -20);
    await expect(readDicom(cut)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  test.each([
    ['float32', 32, 0x0008, 'OF', Float32Array.of(0.5, -2, Number.NaN, 1e9)],
    ['float64', 64, 0x0009, 'OD', Float64Array.of(0.5, -2, Number.NaN, 1e9)],
  ] as const)('parametric maps: %s', async (_, allocated, tag, vr, values) => {
    const file = dicom(
      { rows: 2, columns: 2, allocated, before: [] },
      bytesOf(new Uint8Array(values.buffer)),
    );
    const at = Buffer.from(file).indexOf(Uint8Array.of(0xe0, 0x7f, 0x10, 0x00));
    file.set([tag, 0, vr.charCodeAt(0), vr.charCodeAt(1)], at + 2);
    expect((await readDicom(file)).data).toEqual(Float32Array.from(values));
    await expect(readDicom(file.slice(0, -4))).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  test('luma and chroma become RGB', async () => {
    const pixels = Uint8Array.of(255, 128, 128, 76, 85, 255);
    const { data } = await readDicom(
      dicom({ rows: 1, columns: 2, channels: 3, photometric: 'YBR_FULL' }, pixels),
    );
    expect(Array.from(data)).toEqual([255, 255, 255, 254, 0, 0]);
  });

  test('a palette in segments: values, and lines up to a value', async () => {
    const words = (...values: number[]) => bytesOf(new Uint8Array(Uint16Array.from(values).buffer));
    const paletted = (segments: Uint8Array) => {
      const after = [0, 1, 2].flatMap((c) => [
        element(0x0028_1101 + c, 'US', words(6, 0, 16)),
        element(0x0028_1221 + c, 'OW', segments),
      ]);
      const form = { rows: 1, columns: 7, photometric: 'PALETTE COLOR', after };
      return readDicom(dicom(form, Uint8Array.of(0, 1, 2, 3, 4, 5, 9)));
    };
    // 0 and 256, then four steps up to 4 · 256 + 256, of which the high bytes are seen.
    const { data, channels } = await paletted(words(0, 2, 0, 256, 1, 4, 1280));
    const gray = channels === 1 ? Array.from(data) : Array.from(data).filter((_, i) => i % 3 === 0);
    expect(gray).toEqual([0, 1, 2, 3, 4, 5, 5]);
    for (const damaged of [words(1, 6, 9), words(0, 2, 0, 256), words(0, 9, 1, 2), words(3, 1, 1)])
      await expect(paletted(damaged)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
    await expect(paletted(words(2, 1, 0, 0))).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });

  test('chroma shared by pairs of pixels', async () => {
    const form = { rows: 1, columns: 4, channels: 3, photometric: 'YBR_FULL_422' };
    const pairs = Uint8Array.of(255, 0, 128, 128, 76, 76, 85, 255);
    const { data } = await readDicom(dicom(form, pairs));
    expect(Array.from(data)).toEqual([255, 255, 255, 0, 0, 0, 254, 0, 0, 254, 0, 0]);
    await expect(readDicom(dicom(form, pairs.subarray(0, 6)))).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
    });
    await expect(readDicom(dicom({ ...form, columns: 3 }, pairs))).rejects.toThrow('pairs of pixels');
  });

  test('sequences of known and of unknown length are gone over, whatever they hold', async () => {
    const inner = element(0x0028_0010, 'US', 99);
    const before = [
      element(0x0008_1140, 'SQ', items([inner, inner]), 0xffff_ffff),
      element(0x0008_1115, 'SQ', items([element(0x0008_1140, 'SQ', items([inner]), 0xffff_ffff)])),
    ];
    const { height } = await readDicom(dicom({ rows: 2, columns: 2, before }, Uint8Array.of(1, 2, 3, 4)));
    expect(height).toBe(2);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('lossless JPEG, predictor %d', async (predictor) => {
    const rng = random(predictor);
    for (const [bits, channels] of [
      [8, 1],
      [16, 1],
      [12, 1],
      [8, 3],
    ] as const) {
      const [width, height] = [9, 7];
      const samples = Uint16Array.from({ length: width * height * channels }, () =>
        rng.integer(0, 2 ** bits),
      );
      const jpeg = losslessJpeg(samples, { width, height, channels, bits, predictor });
      const form = {
        syntax: lossless,
        rows: height,
        columns: width,
        channels,
        allocated: bits === 8 ? 8 : 16,
        stored: bits,
      };
      const photometric = channels === 3 ? 'RGB' : 'MONOCHROME2';
      const { data } = await readDicom(dicom({ ...form, photometric }, [jpeg]));
      expect(Array.from(data)).toEqual(Array.from(samples));
    }
  });
});

/** What Emscripten made of an encoder. */
interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
}
async function encoded(name: string, kind: string, bytes: Uint8Array, info: object): Promise<Uint8Array> {
  const { default: make } = (await import(name)) as {
    default: (options: object) => Promise<Record<string, new () => Encoder>>;
  };
  const encoder = new (await make({ print: () => {}, printErr: () => {} }))[kind]!();
  encoder.getDecodedBuffer(info).set(bytes);
  encoder.encode();
  const out = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return out;
}

describe('codecs', () => {
  const rng = random(9);
  const [name, syntax] = ['@cornerstonejs/codec-charls', '1.2.840.10008.1.2.4.80'];

  test('JPEG-LS: samples of 8, 12 signed and 16 bits come back, and nothing is printed', async () => {
    const print = vi.spyOn(console, 'log');
    const [width, height] = [32, 24];
    for (const [bits, signed] of [
      [8, false],
      [16, false],
      [12, true],
    ] as const) {
      // JPEG-LS knows no signs: their bits pass as they are.
      const samples = Uint16Array.from(
        { length: width * height },
        (_, i) => ((i * 3) % 97) + rng.integer(0, 2 ** (bits - 1)),
      );
      const words = bits === 8 ? Uint8Array.from(samples) : new Uint8Array(samples.buffer);
      const info = { width, height, bitsPerSample: bits, componentCount: 1, isSigned: false };
      const stream = await encoded(name, 'JpegLSEncoder', words, info);
      const form = {
        syntax,
        rows: height,
        columns: width,
        allocated: bits === 8 ? 8 : 16,
        stored: bits,
        signed,
      };
      const { data } = await readDicom(dicom(form, [stream]));
      const wrapped = (v: number) => (signed && v >= 2 ** (bits - 1) ? v - 2 ** bits : v);
      expect(Array.from(data)).toEqual(Array.from(samples, wrapped));
      const missing = { codecs: { jpegLs: () => Promise.reject(new Error('not installed')) } };
      await expect(readDicom(dicom(form, [stream]), missing)).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
        message: expect.stringContaining(
          `which needs the package ${name}; install it, or save the file uncompressed.`,
        ),
      });
      await expect(readDicom(dicom({ ...form, rows: 25 }, [stream]))).rejects.toThrow(
        'of another size than its elements say',
      );
      await expect(readDicom(dicom(form, [stream.slice(0, 90)]))).rejects.toMatchObject({
        code: 'UNREADABLE_IMAGE',
      });
    }
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });
});

describe('what is not read is told', () => {
  const form = { rows: 2, columns: 2 };
  const four = Uint8Array.of(1, 2, 3, 4);
  test.each([
    [
      dicom({ ...form, syntax: '1.2.840.10008.1.2.4.201' }, [four]),
      'UNSUPPORTED_FORMAT',
      '(high-throughput JPEG 2000) is not supported',
    ],
    [dicom({ ...form, syntax: '1.2.840.10008.1.2.1.99' }, four), 'UNREADABLE_IMAGE', 'the deflated data'],
    [dicom({ ...form, allocated: 12 }, four), 'UNSUPPORTED_FORMAT', '12-bit samples are not supported'],
    [dicom({ ...form, stored: 9 }, four), 'UNREADABLE_IMAGE', 'it declares 9 bits up to bit 8 of 8'],
    [
      dicom({ ...form, frames: 3 }, four),
      'UNREADABLE_IMAGE',
      'it declares 2×2×3 pixels of 1 channel, but holds only 4 bytes of data',
    ],
    [dicom({ ...form, frames: 'x' }, four), 'UNREADABLE_IMAGE', 'it declares NaN frames'],
    [dicom({ ...form, rows: 0 }, four), 'UNREADABLE_IMAGE', 'it declares 2×0 pixels'],
    [dicom(form, four).slice(0, -2), 'UNREADABLE_IMAGE', 'its data end after'],
    [
      dicom({ ...form, syntax: '1.2.840.10008.1.2.5' }, [four]),
      'UNREADABLE_IMAGE',
      'the header of its run lengths is damaged',
    ],
    [dicom({ ...form, syntax: lossless }, [four]), 'UNREADABLE_IMAGE', 'its JPEG data are damaged'],
    [
      dicom({ rows: 60_000, columns: 60_000, syntax: lossless }, [four]),
      'UNREADABLE_IMAGE',
      'it declares 60000×60000 pixels of 1 channel, but holds only 4 bytes of data',
    ],
    [
      bytesOf(new Uint8Array(128), Uint8Array.from(Buffer.from('DICM'))),
      'UNSUPPORTED_FORMAT',
      'it holds no picture',
    ],
  ])('%#', async (bytes, code, message) => {
    await expect(readDicom(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('no DICOM', async () => {
    await expect(readDicom(png([[1]]))).rejects.toThrow(
      'is no DICOM file (128 bytes, then DICM). Read other formats with readImage.',
    );
  });

  test('sequences without end or bottom', async () => {
    let nested = element(0x0028_0010, 'US', 9);
    for (let i = 0; i < 40; i++) nested = element(0x0008_1140, 'SQ', items([nested]), 0xffff_ffff);
    await expect(readDicom(dicom({ ...form, before: [nested] }, four))).rejects.toThrow(
      'sequences deeper than 32',
    );
  });
});

test('a folder of .dcm files', async () => {
  const root = tree({
    'images/a.dcm': fixture('uint8 explicit'),
    'masks/a.png': png(Array.from({ length: 7 }, () => [0, 1, 1, 0, 0])),
  });
  const dataset = await folderDataset({ images: `${root}/images`, masks: `${root}/masks` });
  const { image } = await dataset.get(0);
  expect([dataset.ids, image.height, image.width]).toEqual([['a'], 7, 5]);
});
