import { readFileSync } from 'node:fs';
import type { Raster } from '@segscape/core';
import { clahe } from '@segscape/data';
import { describe, expect, test } from 'vitest';

interface Case {
  readonly bits: 8 | 16;
  readonly height: number;
  readonly width: number;
  readonly tiles: readonly [number, number];
  readonly clipLimit: number;
  readonly values: string;
}
const { cases } = JSON.parse(readFileSync(new URL('fixtures/clahe.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

function picture(height: number, width: number, bits: 8 | 16): Raster {
  const data = bits === 8 ? new Uint8Array(height * width) : new Uint16Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = ((x * x * 7 + y * 13 + x * y * 3) % 97) + ((x + 2 * y) % 61) + (bits === 8 ? 40 : 9000);
      data[y * width + x] = bits === 8 ? value : value * 7;
    }
  return { data, height, width, channels: 1 };
}

describe("OpenCV's levels", () => {
  test.each(
    cases.map(
      (one) => [`${one.bits} bits, ${one.height}×${one.width}, ${one.tiles}, ${one.clipLimit}`, one] as const,
    ),
  )('%s', (_, { bits, height, width, tiles, clipLimit, values }) => {
    const bytes = Uint8Array.from(Buffer.from(values, 'base64'));
    const expected = bits === 8 ? bytes : new Uint16Array(bytes.buffer);
    const { data } = clahe(picture(height, width, bits), { tiles, clipLimit });
    let most = 0;
    let different = 0;
    for (let i = 0; i < data.length; i++) {
      most = Math.max(most, Math.abs(data[i]! - expected[i]!));
      if (data[i] !== expected[i]) different++;
    }
    expect(most).toBeLessThanOrEqual(1);
    expect(different / data.length).toBeLessThan(0.002);
  });
});

test('one tile, unclipped, by hand: levels become their cumulated shares of 255', () => {
  const image: Raster = { data: Uint8Array.of(10, 20, 20, 30), height: 2, width: 2, channels: 1 };
  expect(Array.from(clahe(image, { tiles: [1, 1], clipLimit: 0 }).data)).toEqual([64, 191, 191, 255]);
});

test('RGB: luma keeps the differences of the channels, each does not; volumes slice by slice', () => {
  const gray = picture(32, 32, 8);
  const data = Uint8Array.from({ length: 3 * 1024 }, (_, i) => gray.data[Math.floor(i / 3)]! + 5 * (i % 3));
  const colour: Raster = { data, height: 32, width: 32, channels: 3, spacing: [2, 1] };
  const luma = clahe(colour);
  expect(luma.spacing).toEqual([2, 1]);
  for (let i = 0; i < 1024; i++)
    if (luma.data[3 * i]! > 0 && luma.data[3 * i + 2]! < 255)
      expect(luma.data[3 * i + 2]! - luma.data[3 * i]!).toBe(10);
  const each = clahe(colour, { colour: 'each' });
  for (let c = 0; c < 3; c++) {
    const own = clahe({ ...gray, data: data.filter((_, i) => i % 3 === c) });
    expect(each.data.filter((_, i) => i % 3 === c)).toEqual(own.data);
  }
  const two: Raster = {
    ...gray,
    depth: 2,
    data: Uint8Array.of(...gray.data, ...gray.data.slice().reverse()),
  };
  const done = clahe(two);
  expect(done.data.slice(0, 1024)).toEqual(clahe(gray).data);
  expect(done.depth).toBe(2);
});

test('what can not be is refused', () => {
  const image = picture(16, 16, 8);
  const before = image.data.slice();
  expect(() => clahe(image, { tiles: [17, 2] })).toThrow(
    'clahe: tiles (=[17,2]) must be at most the 16×16 pixels of the image.',
  );
  expect(() => clahe(image, { clipLimit: -1 })).toThrow('clipLimit (=-1) must be at least 0');
  expect(() => clahe({ ...image, data: new Float32Array(256) })).toThrow(
    "clahe: image (='Float32Array') must hold uint8 or uint16 values; convert it first.",
  );
  expect(() => clahe(image, { clip: 2 } as object)).toThrow("'clip' is not an option");
  clahe(image);
  expect(image.data).toEqual(before);
});
