import type { Raster } from '@segscape/core';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { colourise, differenceMap, encodePng, outlineMask, percentileRange, toRgb } from '../src/index.js';

const raster = (data: Raster['data'], height: number, width: number, channels = 1): Raster => ({
  data,
  height,
  width,
  channels,
});
const pixel = ({ data, channels }: Raster, index: number) =>
  Array.from(data.subarray(index * channels, (index + 1) * channels));

describe('toRgb', () => {
  test('8-bit gray is repeated', () =>
    expect(toRgb(raster(Uint8Array.of(0, 128, 255), 1, 3)).data).toEqual(
      Uint8Array.of(0, 0, 0, 128, 128, 128, 255, 255, 255),
    ));
  test('16 bits are divided by 257: 65535 is 255, 257 is 1', () =>
    expect(toRgb(raster(Uint16Array.of(65535, 257), 1, 2)).data).toEqual(
      Uint8Array.of(255, 255, 255, 1, 1, 1),
    ));
  test('floats fill the range from their smallest to their largest', () =>
    expect(pixel(toRgb(raster(Float32Array.of(-1, 0, 1), 1, 3)), 1)).toEqual([128, 128, 128]));
  test('alpha is left out', () =>
    expect(toRgb(raster(Uint8Array.of(1, 2, 3, 4), 1, 1, 4)).data).toEqual(Uint8Array.of(1, 2, 3)));
  test('a constant float image stays finite', () =>
    expect(toRgb(raster(Float32Array.of(5, 5), 1, 2)).data).toEqual(new Uint8Array(6)));
});

describe('encodePng', () => {
  test('decodes to the same bytes, for 1, 3 and 4 channels', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(1, 3, 4),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 255 }),
        (channels, height, width, start) => {
          const data = Uint8Array.from(
            { length: height * width * channels },
            (_, i) => (start + i * 37) % 256,
          );
          const decoded = decode(encodePng(raster(data, height, width, channels)));
          expect([decoded.height, decoded.width, decoded.channels]).toEqual([height, width, channels]);
          expect(Uint8Array.from(decoded.data)).toEqual(data);
        },
      ),
    ));
  test('floats are refused, with what to do', () =>
    expect(() => encodePng(raster(Float32Array.of(1), 1, 1))).toThrow(
      'encodePng: expected uint8 with 1, 3 or 4 channels, got Float32Array with 1. Use toRgb or colourise first.',
    ));
  test('two channels are refused', () =>
    expect(() => encodePng(raster(new Uint8Array(2), 1, 1, 2))).toThrow('with 2'));
});

describe('colourise', () => {
  test('seismic is dark blue at 0, white at one half, dark red at 1', () => {
    const map = colourise([0, 0.5, 1], { height: 1, width: 3, min: 0, max: 1, scheme: 'seismic' });
    expect(pixel(map, 0)).toEqual([0, 0, 77]);
    expect(Math.min(...pixel(map, 1))).toBeGreaterThan(250);
    expect(pixel(map, 2)).toEqual([128, 0, 0]);
  });
  test('values outside the range take the colours of its ends', () => {
    const options = { height: 1, width: 2, scheme: 'jet' } as const;
    expect(colourise([-9, 9], { ...options, min: 0, max: 1 }).data).toEqual(
      colourise([0, 1], { ...options, min: 0, max: 1 }).data,
    );
  });
  test('NaN is mid-gray', () =>
    expect(pixel(colourise([Number.NaN, 1], { height: 1, width: 2 }), 0)).toEqual([128, 128, 128]));
  test('NaN does not disturb the range of the others', () =>
    expect(pixel(colourise([0, Number.NaN, 1], { height: 1, width: 3 }), 2)).toEqual(
      pixel(colourise([0, 0.5, 1], { height: 1, width: 3 }), 2),
    ));
  test('infinity takes the last colour and does not stretch the range', () => {
    const map = colourise([0, 1, Number.POSITIVE_INFINITY], { height: 1, width: 3 });
    expect(pixel(map, 2)).toEqual(pixel(map, 1));
    expect(pixel(map, 0)).not.toEqual(pixel(map, 1));
  });
  test('one value everywhere gives one colour', () => {
    const map = colourise([3, 3, 3, 3], { height: 2, width: 2 });
    expect(pixel(map, 0)).toEqual(pixel(map, 3));
  });
  test('the bar has the largest value on top', () => {
    const map = colourise(new Array(64).fill(0), { height: 8, width: 8, min: 0, max: 1, bar: true });
    expect(map.width).toBe(8 + 2 + 3);
    const top = colourise([1], { height: 1, width: 1, min: 0, max: 1 });
    expect(pixel(map, map.width - 1)).toEqual(pixel(top, 0));
  });
});

describe('one bright pixel does not hide all others', () => {
  const size = { height: 1, width: 5 };
  const map = [1.7e-21, 0.01, 0.1, 1, 15.1];
  const colours = (options: Parameters<typeof colourise>[1]) =>
    new Set([0, 1, 2, 3, 4].map((i) => pixel(colourise(map, options), i).join()));

  test('a linear scale tells four of five values apart, a logarithmic one all', () => {
    expect(colours(size).size).toBe(4);
    expect(colours({ ...size, scale: 'logarithmic' }).size).toBe(5);
  });
  test('logarithmic: the middle of 1 and 100 is 10; below a millionth of the largest is the first colour', () => {
    const middle = (value: number) =>
      colourise([value], { height: 1, width: 1, min: 1, max: 100, scale: 'logarithmic' });
    const linear = (value: number) => colourise([value], { height: 1, width: 1, min: 0, max: 2 });
    expect(middle(10).data).toEqual(linear(1).data);
    const low = colourise([0, 1e-9, 1e-6, 1], { height: 1, width: 4, scale: 'logarithmic' });
    expect(pixel(low, 0)).toEqual(pixel(low, 2));
    expect(pixel(low, 1)).toEqual(pixel(low, 2));
    expect(pixel(low, 0)).not.toEqual(pixel(low, 3));
  });
  test('without a positive value a logarithm is none', () =>
    expect(colourise([-2, -1, 0], { height: 1, width: 3, scale: 'logarithmic' }).data).toEqual(
      colourise([-2, -1, 0], { height: 1, width: 3 }).data,
    ));
  test('percentiles by hand, over all maps: 0 to 10 in steps of 1, 50 % is 5, 95 % is 9.5', () => {
    const maps = [
      [10, 0, 2, 4, 6, 8],
      [1, 3, 5, 7, 9, Number.NaN, Number.POSITIVE_INFINITY],
    ];
    expect(percentileRange(maps, { low: 50, high: 95 })).toEqual({ min: 5, max: 9.5 });
    expect(percentileRange(maps, { low: 0, high: 100 })).toEqual({ min: 0, max: 10 });
  });
  test('1,000 dark pixels and one bright: the range is that of the dark ones', () => {
    const dark = Array.from({ length: 1000 }, (_, i) => i / 1000);
    expect(percentileRange([[...dark, 15.1]]).max).toBeLessThan(1);
  });
  test('equal percentiles give the whole range, no value 0 to 1', () => {
    expect(percentileRange([[0, 0, 0, 0, 9]], { high: 50 })).toEqual({ min: 0, max: 9 });
    expect(percentileRange([[Number.NaN], []])).toEqual({ min: 0, max: 1 });
  });
  test('percentiles that are none are refused', () =>
    expect(() => percentileRange([[1]], { low: 50, high: 50 })).toThrow(
      'percentileRange: low (=50) and high (=50) must be percentiles, 0 ≤ low < high ≤ 100.',
    ));
  test('any numbers give colours of the scheme or gray', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double(), fc.constantFrom(-1.7e308, 1.7e308, 5e-324)), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.constantFrom('linear' as const, 'logarithmic' as const),
        (values, scale) => {
          const drawn = colourise(values, { height: 1, width: values.length, scale, scheme: 'jet' });
          values.forEach((value, i) => {
            // No colour of jet is black, which is what a missing one would be.
            const black = pixel(drawn, i).every((byte) => byte === 0);
            const gray = pixel(drawn, i).every((byte) => byte === 128);
            if (black || gray !== Number.isNaN(value)) throw new Error(`${values}: ${pixel(drawn, i)}`);
          });
        },
      ),
      { numRuns: 2_000 },
    ));
});

describe('differenceMap', () => {
  const truth = raster(Uint8Array.of(1, 1, 0, 0, 255), 1, 5);
  const prediction = raster(Uint8Array.of(2, 0, 1, 0, 1), 1, 5);
  test('both yellow, truth only red, prediction only green, neither and ignored dark', () => {
    const map = differenceMap(truth, prediction);
    const [both, missed, extra, neither, ignored] = [0, 1, 2, 3, 4].map((i) => pixel(map, i)) as number[][];
    expect(both![0]! > 150 && both![1]! > 150 && both![2]! < 60).toBe(true);
    expect(missed![0]! > 3 * missed![1]!).toBe(true);
    expect(extra![1]! > 2 * extra![0]!).toBe(true);
    expect(neither).toEqual([0, 0, 0]);
    expect(ignored).toEqual([0, 0, 0]);
  });
  test('the image shows dimmed where there is nothing', () => {
    const image = raster(new Uint8Array(5).fill(200), 1, 5);
    expect(pixel(differenceMap(truth, prediction, image), 3)).toEqual([90, 90, 90]);
  });
});

describe('outlineMask', () => {
  test('draws the edge inside the object and leaves the rest', () => {
    const mask = new Uint8Array(25);
    for (const i of [6, 7, 8, 11, 12, 13, 16, 17, 18]) mask[i] = 1;
    const image = raster(new Uint8Array(25).fill(10), 5, 5);
    const drawn = outlineMask(image, raster(mask, 5, 5));
    const coloured = Array.from({ length: 25 }, (_, i) => i).filter((i) => pixel(drawn, i)[0] !== 10);
    expect(coloured).toEqual([6, 7, 8, 11, 13, 16, 17, 18]);
  });
  test('two classes have two colours; ignored pixels have none', () => {
    const drawn = outlineMask(raster(new Uint8Array(3), 1, 3), raster(Uint8Array.of(1, 2, 255), 1, 3));
    expect(pixel(drawn, 0)).not.toEqual(pixel(drawn, 1));
    expect(pixel(drawn, 2)).toEqual([0, 0, 0]);
  });
});

describe('a volume is no picture', () => {
  const volume: Raster = { data: new Uint8Array(3 * 4 * 5), depth: 3, height: 4, width: 5, channels: 1 };
  const plane: Raster = { data: new Uint8Array(4 * 5), height: 4, width: 5, channels: 1 };
  test.each([
    ['toRgb', () => toRgb(volume)],
    ['outlineMask', () => outlineMask(volume, plane)],
    ['outlineMask', () => outlineMask(plane, volume)],
    ['differenceMap', () => differenceMap(volume, plane)],
    ['differenceMap', () => differenceMap(plane, volume)],
    ['differenceMap', () => differenceMap(plane, plane, volume)],
    ['encodePng', () => encodePng(volume)],
  ])('%s says so', (name, draw) => {
    expect(draw).toThrow(`${name}: expected a picture, got a volume of 3 slices. Give one slice.`);
  });
});
