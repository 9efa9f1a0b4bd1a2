import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { logits, count } = await runReadme(new URL('..', import.meta.url));
  expect((logits as { shape: number[] }).shape).toEqual([1, 64, 64, 2]);
  expect(count).toBe(482_754);
});
