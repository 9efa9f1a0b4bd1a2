import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { result, statistics } = await runReadme(new URL('..', import.meta.url));
  const { values } = result as { values: Record<string, Float32Array> };
  expect(values.squared).toHaveLength(25);
  // The centre is the minimum: the weights fit exactly.
  expect(values.squared![12]).toBe(0);
  expect(values.absolute![12]).toBe(0);
  expect(statistics).toMatchObject({ convexity: 1, minimum: { value: 0, x: 0, y: 0 } });
});
