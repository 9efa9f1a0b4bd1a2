import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { moved, grid } = await runReadme(new URL('..', import.meta.url));
  const { image, mask } = moved as { image: { height: number }; mask: { data: Uint8Array } };
  expect(image.height).toBe(64);
  expect(new Set(mask.data)).toEqual(new Set([0, 1]));
  expect((grid as { width: number }).width).toBe(64);
});
