import { expect, test } from 'vitest';

test('public names of the runners', async () => {
  expect(Object.keys(await import('../../src/threads.js')).sort()).toEqual(['serveThread', 'threads']);
  expect(Object.keys(await import('../../src/bullmq.js')).sort()).toEqual(['bullmq', 'serveGrid']);
});
