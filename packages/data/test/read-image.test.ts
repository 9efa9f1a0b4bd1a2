import { readFileSync } from 'node:fs';
import { random } from '@segscape/core';
import { readImage, readStack } from '@segscape/data';
import { sharedFolder } from '@segscape/testing';
import { zlibSync } from 'fflate';
import jpeg from 'jpeg-js';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { bytesOf, folderOf, png, temporaryFolder, tiff } from './fixtures/writers.js';

const ascii = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: readonly (Uint8Array | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

describe('readImage', () => {
  test('8- and 16-bit PNG, gray, colour and with alpha, keep their values', async () => {
    const gray = await readImage(
      png([
        [0, 7],
        [255, 3],
      ]),
    );
    expect(gray).toEqual({ data: Uint8Array.of(0, 7, 255, 3), height: 2, width: 2, channels: 1 });
    const deep = await readImage(png([[0, 65_535, 256]], { depth: 16 }));
    expect(deep.data).toEqual(Uint16Array.of(0, 65_535, 256));
    const rgba = await readImage(png([[1, 2, 3, 255]], { channels: 4 }));
    expect(rgba).toMatchObject({ channels: 4, data: Uint8Array.of(1, 2, 3, 255) });
  });

  test('a path, a Blob and bytes give the same', async () => {
    const bytes = png([[1, 2, 3]]);
    const folder = folderOf({ 'a.png': bytes });
    expect(await readImage(`${folder}/a.png`)).toEqual(await readImage(bytes));
    expect(await readImage(new Blob([bytes.slice()]))).toEqual(await readImage(bytes));
  });

  test('JPEG: gray and colour, by content and not by ending', async () => {
    const data = new Uint8Array(16 * 16 * 4).map((_, i) => (i % 4 === 0 ? 200 : i % 4 === 3 ? 255 : 40));
    const bytes = Uint8Array.from(jpeg.encode({ data, width: 16, height: 16 }, 95).data);
    const image = await readImage(folderOf({ 'a.png': bytes }).concat('/a.png'));
    expect(image).toMatchObject({ height: 16, width: 16, channels: 3 });
    expect(Math.abs(image.data[0]! - 200) + Math.abs(image.data[1]! - 40)).toBeLessThan(8);
    const fast = await readImage(bytes, { decoder: 'sharp' });
    for (let i = 0; i < image.data.length; i++)
      expect(Math.abs(image.data[i]! - fast.data[i]!)).toBeLessThanOrEqual(3);
  });

  test('sharp gives the same shapes: gray, CMYK, turned upright, bounded', async () => {
    const { files } = JSON.parse(readFileSync(new URL('fixtures/images.json', import.meta.url), 'utf8')) as {
      files: { name: string; file: string }[];
    };
    for (const name of ['gray.jpg', 'rgb by Adobe.jpg', 'cmyk.jpg', 'orientation 6.jpg']) {
      const bytes = Uint8Array.from(Buffer.from(files.find((file) => file.name === name)!.file, 'base64'));
      const [ours, fast] = [await readImage(bytes), await readImage(bytes, { decoder: 'sharp' })];
      expect([fast.height, fast.width, fast.channels], name).toEqual([
        ours.height,
        ours.width,
        ours.channels,
      ]);
      await expect(readImage(bytes, { decoder: 'sharp', maxBytes: 9 })).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
      });
    }
  });

  test('what sharp reads otherwise or not at all is left to the portable decoder', async () => {
    const { files } = JSON.parse(readFileSync(new URL('fixtures/images.json', import.meta.url), 'utf8')) as {
      files: { name: string; file: string }[];
    };
    const fileOf = (name: string) =>
      Uint8Array.from(Buffer.from(files.find((file) => file.name === name)!.file, 'base64'));
    for (const name of ['cmyk.jpg', 'ycck.jpg'])
      expect(await readImage(fileOf(name), { decoder: 'sharp' }), name).toEqual(
        await readImage(fileOf(name)),
      );
    const deep = fileOf('gray.jpg');
    deep[Buffer.from(deep).indexOf(Buffer.of(0xff, 0xc0)) + 4] = 12;
    await expect(readImage(deep, { decoder: 'sharp' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining(
        '12-bit samples are not supported; convert to 8-bit JPEG or 16-bit PNG',
      ),
    });
    await expect(readImage(fileOf('gray.jpg').slice(0, -9), { decoder: 'sharp' })).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
    });
  });

  test('PNM: plain, binary, 16-bit, bitmap, with comments', async () => {
    expect((await readImage(ascii('P2\n# a comment\n2 1\n255\n7 250\n'))).data).toEqual(
      Uint8Array.of(7, 250),
    );
    expect(await readImage(joined(ascii('P6 1 1 255\n'), [1, 2, 3]))).toMatchObject({
      channels: 3,
      data: Uint8Array.of(1, 2, 3),
    });
    expect((await readImage(joined(ascii('P5 1 1 65535\n'), [1, 2]))).data).toEqual(Uint16Array.of(258));
    // In a bitmap 1 is black.
    expect((await readImage(joined(ascii('P4 3 1\n'), [0b0100_0000]))).data).toEqual(
      Uint8Array.of(255, 0, 255),
    );
  });

  test('BMP: 24 bits bottom-up, and a palette', async () => {
    const header = (bits: number, size: number, width: number, height: number, offset: number) => {
      const bytes = new Uint8Array(offset + size);
      const view = new DataView(bytes.buffer);
      bytes.set(ascii('BM'));
      view.setUint32(10, offset, true);
      view.setUint32(14, 40, true);
      view.setInt32(18, width, true);
      view.setInt32(22, height, true);
      view.setUint16(28, bits, true);
      return bytes;
    };
    const colour = header(24, 8, 1, 2, 54);
    colour.set([3, 2, 1, 0, 6, 5, 4, 0], 54);
    expect(await readImage(colour)).toEqual({
      data: Uint8Array.of(4, 5, 6, 1, 2, 3),
      height: 2,
      width: 1,
      channels: 3,
    });
    const indexed = header(1, 4, 3, 1, 62);
    indexed.set([0, 0, 0, 0, 0, 0, 255, 0, 0b1010_0000], 54);
    expect((await readImage(indexed)).data).toEqual(Uint8Array.of(255, 0, 0, 0, 0, 0, 255, 0, 0));
    expect((await readImage(indexed, { as: 'labels' })).data).toEqual(Uint8Array.of(1, 0, 1));
  });

  test('TIFF: 8, 16 and 32 bits, signed, float, inverted, palette, 1 bit', async () => {
    const one = { width: 2, height: 1 };
    const read = (page: Parameters<typeof tiff>[0][number]) => readImage(tiff([page]));
    expect((await read({ ...one, bits: 8, data: Uint8Array.of(1, 2) })).data).toEqual(Uint8Array.of(1, 2));
    expect((await read({ ...one, bits: 16, data: bytesOf(Uint16Array.of(1, 60_000)) })).data).toEqual(
      Uint16Array.of(1, 60_000),
    );
    expect((await read({ ...one, bits: 16, format: 2, data: bytesOf(Int16Array.of(-5, 5)) })).data).toEqual(
      Int16Array.of(-5, 5),
    );
    expect(
      (await read({ ...one, bits: 32, format: 3, data: bytesOf(Float32Array.of(0.5, -2)) })).data,
    ).toEqual(Float32Array.of(0.5, -2));
    expect((await read({ ...one, bits: 32, data: bytesOf(Uint32Array.of(1, 70_000)) })).data).toEqual(
      Int32Array.of(1, 70_000),
    );
    expect((await read({ ...one, bits: 8, photometric: 0, data: Uint8Array.of(0, 250) })).data).toEqual(
      Uint8Array.of(255, 5),
    );
    const palette = {
      ...one,
      bits: 1,
      photometric: 3,
      data: Uint8Array.of(0b0100_0000),
      colours: [0, 65_535, 0, 0, 0, 0],
    };
    expect((await read(palette)).data).toEqual(Uint8Array.of(0, 0, 0, 255, 0, 0));
    expect((await readImage(tiff([palette]), { as: 'labels' })).data).toEqual(Uint8Array.of(0, 1));
  });

  test('TIFF: deflate, PackBits, LZW, predictors, tiles', async () => {
    const size = { width: 3, height: 2, bits: 8 };
    const values = Uint8Array.of(7, 9, 8, 250, 1, 3);
    const read = async (page: Partial<Parameters<typeof tiff>[0][number]>) =>
      (await readImage(tiff([{ ...size, data: values, ...page }]))).data;
    expect(await read({ compression: 8, data: zlibSync(values) })).toEqual(values);
    expect(await read({ compression: 32773, data: Uint8Array.of(2, 7, 9, 8, 0, 250, 255, 5) })).toEqual(
      Uint8Array.of(7, 9, 8, 250, 5, 5),
    );
    // Codes of 9 bits: clear, 7, 7, 258 (7 7), 260 (the string that is just being made: 7 7 7)…, end.
    const codes = [256, 7, 258, 259, 257];
    const bits = codes.map((code) => code.toString(2).padStart(9, '0')).join('');
    const packed = Uint8Array.from(bits.match(/.{1,8}/g)!, (part) => Number.parseInt(part.padEnd(8, '0'), 2));
    expect(await read({ compression: 5, data: packed })).toEqual(Uint8Array.of(7, 7, 7, 7, 7, 7));
    expect(await read({ predictor: 2, data: Uint8Array.of(7, 2, 255, 250, 7, 2) })).toEqual(values);
    const tile = Uint8Array.of(7, 9, 8, 0, 250, 1, 3, 0, 0, 0, 0, 0);
    expect(await read({ tile: [3, 4], data: tile })).toEqual(values);
    const floats = Float32Array.of(1.5, -2, 1.75, 3);
    const raw = bytesOf(floats);
    const planes = new Uint8Array(16);
    for (let row = 0; row < 2; row++)
      for (let b = 0; b < 4; b++)
        for (let x = 0; x < 2; x++) planes[row * 8 + b * 2 + x] = raw[(row * 2 + x) * 4 + 3 - b]!;
    for (let row = 0; row < 2; row++)
      for (let i = 7; i > 0; i--) planes[row * 8 + i] = planes[row * 8 + i]! - planes[row * 8 + i - 1]!;
    const page = { width: 2, height: 2, bits: 32, format: 3, predictor: 3, data: planes } as const;
    expect((await readImage(tiff([page]))).data).toEqual(floats);
    await expect(read({ compression: 34712 })).rejects.toThrow(
      "readImage: '152 bytes' is a TIFF that is not read here: compression 34712 (JPEG 2000) is not supported; save it uncompressed, as LZW or deflate.",
    );
  });

  test('TIFF as libtiff writes it: every compression, strips and tiles, 8 and 16 bits', async () => {
    const [width, height, channels] = [61, 300, 3] as const;
    const rng = random(1);
    // Half noise, half runs: enough codes to fill LZW's table several times.
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) =>
      i % 600 < 300 ? rng.integer(0, 256) : (i >> 6) & 255,
    );
    const raw = { width, height, channels };
    for (const compression of ['none', 'lzw', 'deflate', 'packbits'] as const)
      for (const predictor of ['none', 'horizontal'] as const)
        for (const tile of [false, true]) {
          const options = { compression, predictor, tile, tileWidth: 32, tileHeight: 16 };
          const bytes = Uint8Array.from(await sharp(data, { raw }).tiff(options).toBuffer());
          const image = await readImage(bytes);
          expect([image.height, image.width, image.channels]).toEqual([height, width, channels]);
          expect(Buffer.compare(image.data as Uint8Array, data), JSON.stringify(options)).toBe(0);
        }
    const deep = Uint16Array.from({ length: width * height }, () => rng.integer(0, 65_536));
    const gray = sharp(deep, { raw: { width, height, channels: 1 } }).toColourspace('grey16');
    const image = await readImage(Uint8Array.from(await gray.tiff({ compression: 'lzw' }).toBuffer()));
    expect(image.data).toEqual(deep);
    const smooth = Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => 100 + (Math.floor(i / 183) % 50),
    );
    const lossy = await sharp(smooth, { raw }).tiff({ compression: 'jpeg', quality: 95 }).toBuffer();
    const back = await readImage(Uint8Array.from(lossy));
    let worst = 0;
    for (let i = 0; i < smooth.length; i++) worst = Math.max(worst, Math.abs(back.data[i]! - smooth[i]!));
    expect(worst).toBeLessThan(12);
  });

  test('a stack has all pages', async () => {
    const page = (value: number) => ({ width: 1, height: 1, bits: 8, data: Uint8Array.of(value) });
    const pages = await readStack(tiff([page(1), page(2), page(3)]));
    expect(pages.map(({ data }) => data[0])).toEqual([1, 2, 3]);
    expect((await readStack(png([[9]]))).length).toBe(1);
  });
});

describe('unreadable files are named', () => {
  test('a PNG cut off anywhere', async () => {
    const whole = png(
      Array.from({ length: 40 }, (_, y) => Array.from({ length: 40 }, (_, x) => (x * y) % 251)),
    );
    const folder = temporaryFolder();
    for (const length of [10, 40, 100, Math.floor(whole.length / 2), whole.length - 13, whole.length - 8]) {
      const blob = new File([whole.slice(0, length)], `${folder}/cut.png`);
      await expect(readImage(blob), `${length} bytes`).rejects.toMatchObject({
        code: 'UNREADABLE_IMAGE',
        message: expect.stringContaining('cut.png'),
      });
    }
  });

  test('a JPEG, a TIFF and a PGM cut off', async () => {
    const data = new Uint8Array(64 * 64 * 4).map((_, i) => (i * 7919) % 256);
    const photo = Uint8Array.from(jpeg.encode({ data, width: 64, height: 64 }, 90).data);
    const stack = tiff([{ width: 8, height: 8, bits: 8, data: new Uint8Array(64) }]);
    for (const bytes of [photo.slice(0, 900), stack.slice(0, 60), ascii('P5 9 9 255\nabc')])
      await expect(readImage(bytes)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  test('an empty file, a text, a missing file', async () => {
    await expect(readImage(new Uint8Array(0))).rejects.toThrow("readImage: '0 bytes' is empty.");
    await expect(readImage(ascii('hello world'))).rejects.toThrow(
      "readImage: '11 bytes' is none of PNG, JPEG, GIF, BMP, TIFF, PNM, NIfTI, DICOM. Replace the file or leave it out.",
    );
    await expect(readImage('/nowhere/a.png')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

const shared = sharedFolder('data');
describe.skipIf(shared === undefined)('real files (need the shared folder)', () => {
  const share = (values: ArrayLike<number>, test: (value: number) => boolean) => {
    let count = 0;
    for (let i = 0; i < values.length; i++) if (test(values[i]!)) count++;
    return count / values.length;
  };

  test('IDRiD: the published 1-bit palette TIFF equals its 1-bit PNG', async () => {
    const folder = `${shared}/idrid-optic-disc`;
    const published = await readImage(`${folder}/masks_original_tif/IDRiD_01.tif`, { as: 'labels' });
    const converted = await readImage(`${folder}/masks/IDRiD_01.png`, { as: 'labels' });
    expect([published.height, published.width, published.channels]).toEqual([2848, 4288, 1]);
    expect(Buffer.compare(bytesOf(published.data), bytesOf(converted.data))).toBe(0);
    expect(share(published.data, (value) => value === 1)).toBeCloseTo(0.0175, 3);
  });

  test('IDRiD: the published RGBA LZW TIFF holds the mask in red', async () => {
    const folder = `${shared}/idrid-optic-disc`;
    const published = await readImage(`${folder}/format_samples/IDRiD_81_hard_exudates_rgba_lzw.tif`);
    const converted = await readImage(`${folder}/masks_hard_exudates/IDRiD_81.png`, { as: 'labels' });
    expect(published.channels).toBe(4);
    let differing = 0;
    for (let i = 0; i < converted.data.length; i++)
      if (published.data[4 * i]! > 0 !== converted.data[i]! > 0) differing++;
    expect(differing).toBe(0);
  });

  test('DSB 2018: RGBA images, 16-bit labels', async () => {
    const { readdirSync } = await import('node:fs');
    const folder = `${shared}/dsb2018-nuclei`;
    const name = readdirSync(`${folder}/images`).sort()[0]!;
    const image = await readImage(`${folder}/images/${name}`);
    expect([image.channels, image.data.constructor.name]).toEqual([4, 'Uint8Array']);
    const labels = await readImage(`${folder}/labels/${name}`);
    expect([labels.channels, labels.data.constructor.name]).toEqual([1, 'Uint16Array']);
  });

  test('CHASE: an odd width is kept', async () => {
    const image = await readImage(readFileSync(`${shared}/chase-db1-vessels/images/Image_01L.jpg`));
    expect([image.height, image.width, image.channels]).toEqual([960, 999, 3]);
  });
});

test.each([
  [new ArrayBuffer(8), 'an ArrayBuffer; wrap it: new Uint8Array(buffer)'],
  [undefined, 'undefined'],
  [null, 'null'],
  [7, 'number'],
  [{}, 'object'],
] as [unknown, string][])('a source that is %o is refused with what it may be', async (source, what) => {
  await expect(readImage(source as string)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: `data: a source must be a path, a Uint8Array of the file's bytes, or a Blob, got ${what}.`,
  });
});
