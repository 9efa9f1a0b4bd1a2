import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { svg, png, curves } = await runReadme(new URL('..', import.meta.url));
  expect(svg).toContain('start and end');
  expect(png).toBeInstanceOf(Uint8Array);
  expect((png as Uint8Array).length).toBeGreaterThan(5000);
  expect(curves).toContain('Dice 0.8');
});
