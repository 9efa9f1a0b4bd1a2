import type { DecodedTensors, Rng } from '@segscape/core';
import { random } from '@segscape/core';
import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { order, later, same, tensors, metadata } = (await runReadme(
    new URL('..', import.meta.url),
  )) as unknown as DecodedTensors & {
    order: string[];
    later: Rng;
    same: boolean;
  };
  expect([...order].sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(same).toBe(true);
  expect(later.state().seed).toBe(7);
  expect(metadata.note).toBe('example');
  expect(tensors.noise?.shape).toEqual([2, 3]);
  expect(tensors.noise?.data[0]).toBe(Math.fround(random(7).normal()));
});
