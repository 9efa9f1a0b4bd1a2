import type { Storage } from '@segscape/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRun, memoryStorage, openRun, type Run } from '../src/index.js';

const now = () => 1_700_000_000;
const epoch = (n: number) => ({ loss: 'dice', seed: 0, epoch: n, measures: { test: { loss: 1 / n } } });
const tensors = { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } } as const;

test('what one kill cut off stays sound whatever is written next, and whatever kill comes then', async () => {
  const names = ['latest', 'best'] as const;
  const save = (run: Run, name: string, epoch: number) => run.saveCheckpoint(name, tensors, { epoch });
  /** Fails at every write after so many. */
  const killedAt = (storage: Storage, fatal: number): Storage => {
    let writes = 0;
    const count = async (action: () => Promise<void>) => {
      if (++writes > fatal) throw new Error('killed');
      await action();
    };
    return {
      ...storage,
      write: (path, content) => count(() => storage.write(path, content)),
      append: (path, content) => count(() => storage.append(path, content)),
    };
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...names, 'report.json', 'history'), fc.nat({ max: 6 })), {
        minLength: 2,
        maxLength: 5,
      }),
      async (lives) => {
        const storage = memoryStorage();
        const first = await createRun(storage, {}, { now });
        for (const name of names) await save(first, name, 0);
        for (const [life, [what, fatal]] of lives.entries()) {
          const run = await openRun(killedAt(storage, fatal), { now });
          const work =
            what === 'history'
              ? run.recordEpoch(epoch(life + 1))
              : what === 'report.json'
                ? run.storage.write(what, `{"life":${life}}`)
                : save(run, what, life + 1);
          await work.catch(() => undefined);
          expect(await run.validate()).toEqual([]);
          for (const name of names) await (await openRun(storage)).loadCheckpoint(name);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('what a full disk has left of an addition is cut off before the next one', async () => {
  const storage = memoryStorage();
  let full = false;
  const torn: Storage = {
    ...storage,
    append: async (path, content) => {
      await storage.append(path, full ? content.slice(0, 9) : content);
      if (full) throw new Error('the disk is full');
    },
  };
  const run = await createRun(torn, {}, { now });
  await run.recordEpoch(epoch(1));
  full = true;
  await expect(run.recordEpoch(epoch(2))).rejects.toThrow('the disk is full');
  full = false;
  await run.recordEpoch(epoch(3));
  expect(await run.validate()).toEqual([]);
  expect((await run.history()).map((row) => row.epoch)).toEqual([1, 3]);
});
