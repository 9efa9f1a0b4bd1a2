import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { losses, params, log } = await runReadme(new URL('..', import.meta.url));
  expect((losses as number[]).at(-1)).toBeLessThan(1e-3);
  expect((log as string).split('\n').slice(0, 2)).toEqual(['epoch,validation.loss,steps.loss', '0,17.5,']);
  const { slope, offset } = params as Record<string, { data: Float32Array }>;
  expect(slope!.data[0]).toBeCloseTo(3, 1);
  expect(offset!.data[0]).toBeCloseTo(1, 1);
});
