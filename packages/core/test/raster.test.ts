import { assertRaster, channelStatistics, type Raster } from '@segscape/core';
import { expect, test } from 'vitest';

test('mean and deviation of each channel, however far from zero', () => {
  const data = Float32Array.from([1e4, 1, 1e4 + 2, 3, 1e4 + 4, 5, 1e4 + 6, 7]);
  const { mean, deviation } = channelStatistics({ data, height: 2, width: 2, channels: 2 });
  expect(mean).toEqual([1e4 + 3, 4]);
  expect(deviation).toEqual([Math.sqrt(5), Math.sqrt(5)]);
});

test('what is no raster is told by the name of its argument, sizes that do not fit by their numbers', () => {
  const one = { data: new Uint8Array(4), height: 2, width: 2, channels: 1 };
  expect(() => assertRaster('thin', one)).not.toThrow();
  for (const [given, shown] of [
    [null, 'null'],
    [undefined, 'undefined'],
    [[[0, 1]], '[[0,1]]'],
    [{ data: one.data }, "['data']"],
    [7, '7'],
  ] as const)
    expect(() => assertRaster('thin', given as unknown as Raster, 'mask')).toThrow(
      `thin: mask (=${shown}) must be a raster { data, height, width, channels }.`,
    );
  expect(() => assertRaster('thin', { ...one, width: 3 })).toThrow(
    'thin: a raster of [2, 3, 1] needs 6 values, got 4.',
  );
});
