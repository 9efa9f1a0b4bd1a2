import { readFileSync } from 'node:fs';
import { isSegscapeError, type Rng, random, rasterLength } from '@segscape/core';
import { type ReadOptions, readImage, readStack } from '@segscape/data';
import { zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { animatedGif } from './fixtures/plane-containers.js';
import { bmp, gif, png, tiff } from './fixtures/writers.js';

const { files } = JSON.parse(readFileSync(new URL('fixtures/images.json', import.meta.url), 'utf8')) as {
  files: { name: string; file: string; options?: ReadOptions }[];
};
const fixture = (name: string) =>
  Uint8Array.from(Buffer.from(files.find((file) => file.name === name)!.file, 'base64'));

const rows = Array.from({ length: 12 }, (_, y) =>
  Array.from({ length: 10 }, (_, x) => (x * x + 7 * y) % 256),
);
const pixels = Uint8Array.from(rows.flat());
const packed = zlibSync(pixels);
const deflated = tiff([{ width: 10, height: 12, bits: 8, compression: 8, data: packed }]);
const colours = Array.from({ length: 1024 }, (_, i) => (i * 5) % 256);

const volumes = JSON.parse(readFileSync(new URL('fixtures/nifti.json', import.meta.url), 'utf8')) as {
  files: { name: string; file: string }[];
};
const volume = (name: string) =>
  Uint8Array.from(Buffer.from(volumes.files.find((file) => file.name === name)!.file, 'base64'));

const scans = JSON.parse(
  readFileSync(new URL('fixtures/dicom.json', import.meta.url), 'utf8'),
) as typeof volumes;
const scan = (name: string) =>
  Uint8Array.from(Buffer.from(scans.files.find((file) => file.name === name)!.file, 'base64'));

const samples: Readonly<Record<string, readonly Uint8Array[]>> = {
  PNG: [png(rows), fixture('P.png'), fixture('16.png'), fixture('RGBA.png')],
  JPEG: ['sampling 2x2.jpg', '-progressive.jpg', '-restart 1.jpg', 'ycck.jpg', 'orientation 6.jpg'].map(
    fixture,
  ),
  GIF: [gif(), gif({ transparent: 1 })],
  BMP: [
    bmp({ width: 10, height: 12, bits: 8, colours, data: [...rows.flatMap((row) => [...row, 0, 0])] }),
    bmp({
      width: 3,
      height: 2,
      bits: 8,
      compression: 1,
      colours,
      data: [3, 5, 0, 0, 0, 3, 7, 8, 9, 0, 0, 1],
    }),
    bmp({
      width: 2,
      height: 2,
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x7e0, 0x1f],
      data: [1, 2, 3, 4, 5, 6, 7, 8],
    }),
  ],
  TIFF: [
    deflated,
    ...[
      'RGB None.tif',
      'P tiff_lzw.tif',
      '1 packbits.tif',
      'CMYK tiff_adobe_deflate.tif',
      'RGB zstd.tif',
    ].map(fixture),
    ...['imagej composite.tif', 'ome channels then slices.tif', '3 channels separate.tif'].map(fixture),
  ],
  NIfTI: ['int16 little', 'float32 big', 'uint8 version 2', 'four axes', 'RGB'].map(volume),
  DICOM: [
    ...['int16 explicit', 'uint16 implicit', 'run lengths, colour', 'each frame its slope', 'palette'].map(
      scan,
    ),
    ...['JPEG of two frames in two pieces each', 'one bit, frames not at whole bytes'].map(scan),
  ],
  PNM: ['P5 3 2 255\nabcdef', 'P2\n3 2\n255\n1 2 3 4 5 6\n', 'P6 1 2 65535\nabcdefabcdef', 'P4 3 2\nab'].map(
    (text) => new TextEncoder().encode(text),
  ),
};

/** One bit turned, a random byte, an extreme word in the header, or a cut; named for the failure's message. */
function mutated(bytes: Uint8Array, rng: Rng): { changed: Uint8Array; how: string } {
  const changed = bytes.slice();
  const at = rng.integer(0, bytes.length);
  const kind = rng.integer(0, 5);
  if (kind === 0) return { changed: bytes.slice(0, at), how: `cut to ${at} bytes` };
  if (kind === 1) {
    changed[at]! ^= 1 << rng.integer(0, 8);
    return { changed, how: `a bit of byte ${at}` };
  }
  if (kind === 2) {
    changed[at] = rng.integer(0, 256);
    return { changed, how: `byte ${at} is ${changed[at]}` };
  }
  const place = kind === 3 ? rng.integer(0, Math.min(64, bytes.length)) : at;
  const word = [0, 1, 0x7f, 0xff, 0x80][rng.integer(0, 5)]!;
  changed.fill(word, place, place + [1, 2, 4][rng.integer(0, 3)]!);
  return { changed, how: `bytes from ${place} are ${word}` };
}

/** Files of several planes, which give as many pictures or leave open which is meant. */
const several: typeof samples = {
  'GIF of frames': [animatedGif([0, 1, 2].map((value) => new Uint8Array(15).fill(value)))],
  'TIFF of planes': [
    ...['tifffile TZCYX.tif', 'ome TZCYX.tif', 'imagej TZCYX.tif', 'ome pyramid level 0.tif'].map(fixture),
  ],
};

describe('a damaged file gives a raster of its declared size or a typed error', () => {
  test.each(Object.entries({ ...samples, ...several }))(
    '%s',
    { timeout: 60_000 },
    async (format, originals) => {
      const rng = random(20_260).fork(format);
      for (let round = 0; round < 250; round++) {
        const { changed, how } = mutated(originals[round % originals.length]!, rng);
        const what = `${format} ${round % originals.length}, round ${round}: ${how}`;
        const start = performance.now();
        const level = format.includes('planes') && round % 2 === 0 ? { level: 1 } : {};
        for (const as of ['image', 'labels'] as const)
          try {
            const stack =
              as === 'image' ? [await readImage(changed, level)] : await readStack(changed, { as });
            for (const raster of stack) {
              expect(raster.data.length, what).toBe(rasterLength(raster));
              expect(raster.data.length, what).toBeGreaterThan(0);
            }
          } catch (error) {
            if (!isSegscapeError(error)) throw new Error(`${what}: ${error}`, { cause: error });
            const codes = [
              'UNREADABLE_IMAGE',
              'UNSUPPORTED_FORMAT',
              ...('level' in level ? ['NOT_FOUND'] : []),
            ];
            expect(codes, what).toContain(error.code);
          }
        expect(performance.now() - start, what).toBeLessThan(4000);
      }
    },
  );
});

describe('where a format has a checksum, a turned bit never gives other pixels', () => {
  const everyBit = async (bytes: Uint8Array, from: number, to: number) => {
    const whole = await readImage(bytes);
    let refused = 0;
    for (let at = from; at < to; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = bytes.slice();
        changed[at]! ^= 1 << bit;
        try {
          expect(await readImage(changed), `bit ${bit} of byte ${at}`).toEqual(whole);
        } catch (error) {
          if (!isSegscapeError(error)) throw error;
          refused++;
        }
      }
    return refused / (8 * (to - from));
  };

  test('every bit of a PNG', async () => {
    const bytes = fixture('P.png');
    expect(await everyBit(bytes, 0, bytes.length)).toBe(1);
  });

  test('every bit of the strip of a deflate TIFF', async () => {
    expect(await everyBit(deflated, 8, 8 + packed.length)).toBeGreaterThan(0.95);
  });
});

describe('what is given is never written to, and the result is a plain array of its own', () => {
  const all = [
    ...Object.entries(samples).flatMap(([format, list]) => list.map((bytes) => [format, bytes, {}] as const)),
    ...files.map(({ name, options = {} }) => [name, fixture(name), options] as const),
  ];
  test('every format and fixture', async () => {
    for (const [name, bytes, options] of all)
      for (const as of ['image', 'labels', 'instances'] as const) {
        // Ids of objects are never read of a JPEG.
        if (as === 'instances' && /jpe?g$/i.test(name)) continue;
        const buffer = Buffer.from(bytes);
        const { data } = await readImage(buffer, { ...options, as });
        expect(buffer.equals(bytes), name).toBe(true);
        expect(data instanceof Buffer, name).toBe(false);
        expect(data.buffer, name).not.toBe(buffer.buffer);
        const before = data.slice();
        buffer.fill(0);
        expect(data, name).toEqual(before);
      }
  });
});
