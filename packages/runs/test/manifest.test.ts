import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSegscapeError, type Storage } from '@segscape/core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createRun, memoryStorage, openRun, type Run, runFormat, validateRun } from '../src/index.js';
import { fsStorage } from '../src/node.js';

const root = mkdtempSync(join(tmpdir(), 'segscape-manifest-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const now = () => 1_700_000_000;
const epoch = (n: number) => ({ loss: 'dice', seed: 0, epoch: n, measures: { test: { loss: 1 / n } } });
const tensors = { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } } as const;

/** A little of everything that a run writes: whole files, replaced ones, files that grow, files that go. */
async function fill(storage: Storage): Promise<Run> {
  const run = await createRun(storage, { epochs: 2 }, { now });
  for (const n of [1, 2]) {
    await run.recordEpoch(epoch(n));
    await run.saveCheckpoint('latest', tensors, { epoch: n });
    await run.storage.append('landscapes/partial/a.points.jsonl', `{"n":${n}}\n`);
  }
  await run.storage.remove('landscapes/partial/a.points.jsonl');
  await run.storage.append('landscapes/partial/b.points.jsonl', '{"n":1}\n');
  await run.storage.write('report.json', '{"answer":0.5}');
  await run.rewind({ loss: 'dice', seed: 0, epoch: 1 });
  await run.recordEpoch(epoch(2));
  return run;
}

const snapshot = async (storage: Storage) =>
  Promise.all(
    (await storage.list('')).map(async (path) => [path, (await storage.read(path)).join()] as const),
  );

describe('the manifest', () => {
  test('is read by sha256sum itself, and names every finished file', async () => {
    const folder = join(root, 'sums');
    await fill(fsStorage(folder));
    const { status, stdout } = spawnSync('sha256sum', ['-c', 'manifest.sha256'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toBe('checkpoints/latest.safetensors: OK\nconfig.yaml: OK\nreport.json: OK\n');
  });

  test('two equal runs are equal byte by byte', async () => {
    const [one, other] = [memoryStorage(), memoryStorage()];
    await fill(one);
    await fill(other);
    expect(await snapshot(one)).toEqual(await snapshot(other));
  });

  test('every bit flipped, every cut and every file gone is named, and not used', async () => {
    const storage = memoryStorage();
    await fill(storage);
    const files = (await storage.list('')).filter((path) => !path.startsWith('manifest'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.constantFrom('flip', 'cut', 'empty', 'remove'),
        fc.nat(),
        async (path, damage, at) => {
          const sound = await storage.read(path);
          const bytes = sound.slice();
          if (damage === 'flip') bytes[at % bytes.length]! ^= 1 << (at % 8);
          if (damage === 'remove') await storage.remove(path);
          else
            await storage.write(
              path,
              damage === 'cut' ? bytes.slice(0, at % bytes.length) : damage === 'empty' ? '' : bytes,
            );
          try {
            const problems = await validateRun(storage);
            expect(problems.map((problem) => problem.path)).toEqual([path]);
            const reading = openRun(storage).then((run) => run.storage.read(path));
            await expect(reading).rejects.toSatisfy((error) =>
              isSegscapeError(error, damage === 'remove' ? 'NOT_FOUND' : 'CORRUPT_FILE'),
            );
          } finally {
            await storage.write(path, sound);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('all that is wrong is named, not the first alone', async () => {
    const storage = memoryStorage();
    const run = await fill(storage);
    await storage.write('report.json', '{"answer":0.6}');
    await storage.remove('checkpoints/latest.safetensors');
    await storage.write('history.csv', '');
    expect((await run.validate()).map(({ path, message }) => [path, message])).toEqual([
      [
        'checkpoints/latest.safetensors',
        "'checkpoints/latest.safetensors' is missing: it was written, and is no file of this folder any more.",
      ],
      [
        'history.csv',
        expect.stringMatching(/^'history.csv' is damaged: it has 0 bytes of the \d+ that were written\.$/),
      ],
      ['report.json', "'report.json' is damaged: it is not what was written: its SHA-256 differs."],
    ]);
  });

  test('a history that is gone is not taken for one that has not begun', async () => {
    const storage = memoryStorage();
    await fill(storage);
    await storage.remove('history.csv');
    await expect((await openRun(storage)).history()).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      message: expect.stringContaining("'history.csv' is missing"),
    });
    expect(await (await createRun(memoryStorage(), {})).history()).toEqual([]);
  });

  test('a longer tail is what a kill left: not read, no damage, cut before the run goes on', async () => {
    const storage = memoryStorage();
    await fill(storage);
    const before = await storage.read('history.csv');
    await storage.append('history.csv', 'dice,0,0,3,te');
    const run = await openRun(storage, { now });
    expect(await run.validate()).toEqual([]);
    expect((await run.history()).map((row) => row.epoch)).toEqual([1, 2]);
    await run.cutTails();
    expect(await storage.read('history.csv')).toEqual(before);
    await storage.append('history.csv', 'dice,0,0,3,te');
    // Also when nobody cut it: the next epoch follows what is recorded.
    await (await openRun(storage, { now })).recordEpoch(epoch(3));
    expect(await run.validate()).toEqual([]);
    expect((await (await openRun(storage)).history()).map((row) => row.epoch)).toEqual([1, 2, 3]);
  });

  test('cut off before any of its writes, a run is sound and goes on', async () => {
    let total = 0;
    const counting = (storage: Storage, fatal: number): Storage => {
      let writes = 0;
      const count = () => {
        total = Math.max(total, ++writes);
        if (writes >= fatal) throw new Error('the power failed');
      };
      return {
        ...storage,
        write: async (path, content) => {
          count();
          await storage.write(path, content);
        },
        append: async (path, content) => {
          count();
          await storage.append(path, content);
        },
        remove: async (path) => {
          count();
          await storage.remove(path);
        },
      };
    };
    await fill(counting(memoryStorage(), Number.POSITIVE_INFINITY));
    for (let fatal = 1; fatal <= total; fatal++) {
      const storage = memoryStorage();
      await expect(fill(counting(storage, fatal)), `write ${fatal}`).rejects.toThrow('the power failed');
      if (!(await storage.list('')).includes('config.yaml')) continue;
      const run = await openRun(storage, { now });
      expect(await run.validate(), `write ${fatal}`).toEqual([]);
      await run.cutTails();
      await run.rewind({ loss: 'dice', seed: 0, epoch: 1 });
      await run.recordEpoch(epoch(2));
      await run.saveCheckpoint('latest', tensors, { epoch: 2 });
      const again = await openRun(storage);
      expect(await again.validate(), `after write ${fatal}`).toEqual([]);
      expect((await again.history()).at(-1)).toMatchObject({ epoch: 2 });
    }
    expect(total).toBeGreaterThan(40);
  });

  test('damage to the manifest itself is named', async () => {
    const storage = memoryStorage();
    await fill(storage);
    for (const [path, text] of [
      ['manifest.json', '{'],
      ['manifest.json', '{"format":1}'],
      ['manifest.json', 'null'],
      ['manifest.json', '{"format":1,"growing":{"__proto__":{"length":-1}},"pending":{}}'],
      ['manifest.sha256', 'nonsense\n'],
      ['manifest.sha256', 'torn'],
      ['manifest.sha256', ''],
    ] as const) {
      const sound = await storage.read(path);
      await storage.write(path, text);
      await expect(openRun(storage)).rejects.toThrow(`'${path}' is damaged (`);
      expect((await validateRun(storage)).map((problem) => problem.path)).toContain(path);
      await storage.write(path, sound);
    }
    for (const path of ['manifest.json', 'manifest.sha256']) {
      const sound = await storage.read(path);
      await storage.remove(path);
      await expect(openRun(storage)).rejects.toThrow(`'${path}' is damaged (it is missing)`);
      await storage.write(path, sound);
    }
  });

  test('a run of a later format is refused by name', async () => {
    const storage = memoryStorage();
    const run = await fill(storage);
    expect(run.format).toBe(runFormat);
    await storage.write('manifest.json', '{"format":7,"growing":{},"pending":{}}');
    await expect(openRun(storage)).rejects.toThrow(
      `manifest.json: this run has format 7, and this version of SegScape knows formats up to ${runFormat}. Update SegScape to open it.`,
    );
  });

  test('a run from before there were manifests opens, and what it writes from now on is recorded', async () => {
    const storage = memoryStorage();
    await storage.write('config.yaml', 'epochs: 2\n');
    await storage.write('history.csv', 'loss,seed,fold,epoch,split,measure,value\ndice,0,0,1,test,loss,1\n');
    const run = await openRun(storage);
    expect(run.format).toBe(0);
    await run.recordEpoch(epoch(2));
    await run.saveCheckpoint('latest', tensors);
    const again = await openRun(storage);
    expect((await again.history()).map((row) => row.epoch)).toEqual([1, 2]);
    expect(await again.validate()).toEqual([]);
    await storage.write('checkpoints/latest.safetensors', 'x');
    expect((await again.validate()).map((problem) => problem.path)).toEqual([
      'checkpoints/latest.safetensors',
    ]);
  });
});
