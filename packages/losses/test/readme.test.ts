import type { LossFn } from '@segscape/losses';
import { runReadme } from '@segscape/testing/readme';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { loss, value, map, both } = (await runReadme(new URL('..', import.meta.url))) as {
    loss: LossFn;
    value: Tensor;
    map: Tensor;
    both: LossFn;
  };
  expect(loss.name).toBe('focal');
  expect(map.shape).toEqual([1, 2, 2]);
  const sum = Array.from(map.dataSync()).reduce((total, pixel) => total + pixel, 0);
  expect(value).toBeAllclose(sum / 3); // three pixels count
  expect(both.name).toBe('weightedSum');
});
