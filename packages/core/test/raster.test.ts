import { channelStatistics } from '@segscape/core';
import { expect, test } from 'vitest';

test('mean and deviation of each channel, however far from zero', () => {
  const data = Float32Array.from([1e4, 1, 1e4 + 2, 3, 1e4 + 4, 5, 1e4 + 6, 7]);
  const { mean, deviation } = channelStatistics({ data, height: 2, width: 2, channels: 2 });
  expect(mean).toEqual([1e4 + 3, 4]);
  expect(deviation).toEqual([Math.sqrt(5), Math.sqrt(5)]);
});
