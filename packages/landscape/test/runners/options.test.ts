import { describe, expect, test } from 'vitest';
import { bullmq, serveGrid } from '../../src/bullmq.js';
import { threads } from '../../src/threads.js';

const registry = new URL('./registry.mjs', import.meta.url);

describe('options of runners', () => {
  test('that there are not are refused by name, before anything is started', async () => {
    const misspelt = { chunks: 4 } as object;
    expect(() => threads({ registry, ...misspelt })).toThrow(
      "threads: 'chunks' is not an option; did you mean 'chunk'?",
    );
    expect(() => bullmq({ connection: { port: 1 }, ...misspelt })).toThrow(
      "bullmq: 'chunks' is not an option; did you mean 'chunk'?",
    );
    await expect(serveGrid({ connection: { port: 1 }, registry: {}, ...misspelt })).rejects.toThrow(
      "serveGrid: 'chunks' is not an option;",
    );
  });

  test('that cannot be meant are refused, before anything is started', async () => {
    for (const chunk of [0, 1.5, Number.NaN, '8']) {
      const given = { chunk: chunk as number };
      expect(() => threads({ registry, ...given })).toThrow('must be a whole number of points >= 1.');
      expect(() => bullmq({ connection: { port: 1 }, ...given })).toThrow(
        'must be a whole number of points >= 1.',
      );
    }
    for (const keepSeconds of [59, 60.5, Number.POSITIVE_INFINITY, Number.NaN])
      expect(() => bullmq({ connection: { port: 1 }, keepSeconds })).toThrow(
        `bullmq: keepSeconds (=${keepSeconds}) must be a whole number of seconds, at least 60.`,
      );
    for (const lockSeconds of [0, Number.POSITIVE_INFINITY, Number.NaN])
      await expect(serveGrid({ connection: { port: 1 }, registry: {}, lockSeconds })).rejects.toThrow(
        `serveGrid: lockSeconds (=${lockSeconds}) must be at least 1.`,
      );
    await expect(serveGrid({ connection: { port: 1 }, registry: undefined as never })).rejects.toThrow(
      'serveGrid: registry (=undefined) must be a record',
    );
  });

  test.each([undefined, '', null, 6379])(
    'a connection of %j is not taken for this machine’s Redis',
    async (none) => {
      const connection = none as never;
      expect(() => bullmq({ connection })).toThrow('must be redis://HOST:6379 or { host, port }.');
      await expect(serveGrid({ connection, registry: {} })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    },
  );
});
