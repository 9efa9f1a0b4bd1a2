import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { svg, png, pdf, curves } = await runReadme(new URL('..', import.meta.url));
  expect(svg).toContain('start and end');
  expect(png).toBeInstanceOf(Uint8Array);
  expect((png as Uint8Array).length).toBeGreaterThan(5000);
  expect(Buffer.from(pdf as Uint8Array).toString('latin1', 0, 5)).toBe('%PDF-');
  expect(curves).toContain('Dice 0.8');
});
