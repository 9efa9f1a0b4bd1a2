import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { shapes, summary } = await runReadme(new URL('..', import.meta.url));
  expect(shapes).toEqual([
    [4, 64, 64, 3],
    [4, 64, 64],
  ]);
  expect(summary).toMatchObject({ kind: 'phantom', length: 16 });
});
