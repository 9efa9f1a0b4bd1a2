import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectTensors } from '@segscape/testing';
import { dispose } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type GridRunner, inline } from '../../src/index.js';
import { asTheyCome, chunksOf } from '../../src/runners/chunks.js';
import type { threads as Threads, ThreadsOptions } from '../../src/threads.js';
import { problem, surfaceBy } from './problem.js';
import registryOfTests from './registry.mjs';

// Workers run what is built: their script stands beside it.
const built = new URL('../../dist/threads.js', import.meta.url);
const missing = !existsSync(fileURLToPath(built)) && 'the package is not built';
const registry = new URL('./registry.mjs', import.meta.url);
// The tests' own process reads sources; workers are plain Node.
const load = async () => {
  const { threads } = (await import(/* @vite-ignore */ built.href)) as { threads: typeof Threads };
  return (options: ThreadsOptions) => threads({ nodeOptions: [], ...options });
};

describe.skipIf(missing)(`threads ${missing || ''}`, () => {
  test.each([1, 2, 3])('%i workers give the bits of inline, and leave nothing behind', async (workers) => {
    const threads = await load();
    const given = problem();
    const jit = { executor: 'eager' as const };
    const here = inline(jit);
    const there = threads({ workers, registry, jit, chunk: 4 });
    const truth = await surfaceBy(given, here, registryOfTests.net({ scale: 2 }));
    const found = await expectTensors(0, () =>
      surfaceBy(given, there, { kind: 'net', config: { scale: 2 } }),
    );
    expect(found.result).toEqual(truth.result);
    expect([...found.order].sort((a, b) => a - b)).toEqual(truth.order);
    // Another grid on the same workers, with another objective.
    const again = await surfaceBy(given, there, { kind: 'root', config: null });
    expect(again.result.values.root!.some(Number.isNaN)).toBe(true);
    await here.dispose();
    await there.dispose();
    dispose(given.all);
  });

  test('natively too, with the same threads', async () => {
    const threads = await load();
    const given = problem();
    const jit = { threads: 1 };
    const [here, there] = [inline(jit), threads({ workers: 2, registry, jit })] as GridRunner[];
    const truth = await surfaceBy(given, here!, registryOfTests.net({ scale: 1 }));
    const found = await surfaceBy(given, there!, { kind: 'net', config: { scale: 1 } });
    expect(found.result).toEqual(truth.result);
    await here!.dispose();
    await there!.dispose();
    dispose(given.all);
  });

  test('a worker that dies loses nothing', async () => {
    const threads = await load();
    const given = problem();
    const folder = mkdtempSync(join(tmpdir(), 'segscape-threads-'));
    const jit = { executor: 'eager' as const };
    const [here, there] = [inline(jit), threads({ workers: 2, registry, jit })] as GridRunner[];
    const truth = await surfaceBy(given, here!, registryOfTests.net({ scale: 1 }));
    const marker = join(folder, 'died');
    const found = await surfaceBy(given, there!, { kind: 'dies', config: { marker, scale: 1 } });
    expect(existsSync(marker)).toBe(true);
    expect(found.result).toEqual(truth.result);
    await here!.dispose();
    await there!.dispose();
    rmSync(folder, { recursive: true });
    dispose(given.all);
  });

  test('a script with a registry of its own', async () => {
    const threads = await load();
    const given = problem();
    const jit = { executor: 'eager' as const };
    const script = new URL('./thread-script.mjs', import.meta.url);
    const [here, there] = [inline(jit), threads({ workers: 1, script, jit })] as GridRunner[];
    const truth = await surfaceBy(given, here!, registryOfTests.net({ scale: 1 }));
    const found = await surfaceBy(given, there!, { kind: 'mine', config: { scale: 1 } });
    expect(found.result).toEqual(truth.result);
    expect(() => threads({ workers: 1 })).toThrow('registry (=undefined) must be the URL of a module');
    const none = new URL('./problem-without-default.mjs', import.meta.url);
    const lost = threads({ workers: 1, registry: none, retries: 0 });
    await expect(surfaceBy(given, lost, { kind: 'net', config: {} })).rejects.toThrow(
      'problem-without-default',
    );
    for (const runner of [here!, there!, lost]) await runner.dispose();
    dispose(given.all);
  });

  test('functions, unknown kinds and an abort are told with their codes', async () => {
    const threads = await load();
    const given = problem();
    const runner = threads({ workers: 2, registry, jit: { executor: 'eager' } });
    await expect(surfaceBy(given, runner, () => ({}))).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('the objective is a function') as string,
    });
    await expect(surfaceBy(given, runner, { kind: 'zoo', config: {} })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining("no objective 'zoo'; it has net, root, slow, dies") as string,
    });
    const { signal } = new AbortController();
    await surfaceBy(given, runner, { kind: 'net', config: { scale: 1 } }, { signal });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const net = { kind: 'net', config: { scale: 1 } };
    const { stopped } = await surfaceBy(given, runner, net, { signal: stop.signal, x: 3000 });
    expect(stopped).toBe(true);
    await runner.dispose();
    await runner.dispose();
    dispose(given.all);
    expect(() => threads({ workers: 0, registry })).toThrow('workers (=0) must be a whole number >= 1');
  });
});

describe('chunks', () => {
  const points = (count: number) => Array.from({ length: count }, (_, index) => ({ index, offsets: [] }));

  test('hold every point once', () => {
    for (const [count, workers] of [
      [0, 1],
      [1, 4],
      [35, 2],
      [2601, 3],
    ] as const) {
      const chunks = chunksOf('test', points(count), workers);
      expect(chunks.flat().map(({ index }) => index)).toEqual(points(count).map(({ index }) => index));
      expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(16);
    }
    expect(() => chunksOf('test', points(3), 1, 0)).toThrow(
      'chunk (=0) must be a whole number of points >= 1',
    );
  });

  test('run as many at a time as asked, and no more after one fails', async () => {
    let [running, most] = [0, 0];
    const begun: number[] = [];
    const run = async (k: number) => {
      begun.push(k);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, k === 0 ? 20 : 1));
      running--;
      if (k === 4) throw new Error('four');
      return k;
    };
    const found: number[] = [];
    await expect(
      (async () => {
        for await (const k of asTheyCome(Array(20).keys(), 3, run)) found.push(k);
      })(),
    ).rejects.toThrow('four');
    expect(most).toBe(3);
    expect(begun.length).toBeLessThan(9);
    expect(found).not.toContain(4);
  });
});
