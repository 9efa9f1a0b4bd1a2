import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { distances, micrometres, count, sizes, objects } = await runReadme(new URL('..', import.meta.url));
  expect(distances).toEqual(Float32Array.of(0, 1, 2, 1, 0, 1, 0));
  expect(micrometres).toEqual(Float32Array.of(0, 0.5, 1, 0.5, 0, 0.5, 0));
  expect([count, sizes]).toEqual([2, Int32Array.of(3, 3, 1)]);
  expect(objects).toEqual(Int32Array.of(0, 1, 1, 1, 0, 2, 0));
});
