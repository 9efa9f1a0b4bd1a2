import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { iou, distance, interval, test: paired } = await runReadme(new URL('..', import.meta.url));
  expect(iou).toBeAllclose([0.5, 2 / 3]);
  expect(distance).toBeCloseTo(5 * Math.SQRT2);
  expect(interval).toMatchObject({ n: 4, groups: 3 });
  expect(paired).toMatchObject({ n: 3, pValue: 0.25, effectSize: 1 });
});
