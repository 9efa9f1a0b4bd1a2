import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectTensors } from '@segscape/testing';
import { said, startRedis, withoutRedis } from '@segscape/testing/redis-server';
import { dispose } from '@tensorflow/tfjs-core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bullmq, serveGrid } from '../../src/bullmq.js';
import { inline } from '../../src/index.js';
import { problem, surfaceBy } from './problem.js';
import registry from './registry.mjs';

const script = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const missing =
  withoutRedis() ??
  (existsSync(fileURLToPath(new URL('../../dist/bullmq.js', import.meta.url)))
    ? undefined
    : 'the package is not built');

describe.skipIf(missing)(`grids on a Redis ${missing ?? ''}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  const workers: ChildProcess[] = [];
  // All workers of a queue look for dead ones together: one long wait would be everyone's.
  const startWorker = async (lockSeconds = 2) => {
    const child = spawn(process.execPath, [script, String(redis.port), String(lockSeconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.push(child);
    await said(child, 'ready');
    return child;
  };
  const exit = async (child: ChildProcess) => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const child of workers) child.kill('SIGKILL');
    await redis?.stop();
  });
  const jit = { executor: 'eager' as const };
  const truth = async (given: ReturnType<typeof problem>, scale: number) => {
    const runner = inline(jit);
    const { result } = await surfaceBy(given, runner, registry.net({ scale }));
    await runner.dispose();
    return result;
  };

  test('workers in other processes give the bits of inline; SIGTERM drains', async () => {
    const given = problem();
    const [first, second] = [await startWorker(), await startWorker()];
    const runner = bullmq({ connection: { port: redis.port }, chunk: 3 });
    const { result } = await expectTensors(0, () =>
      surfaceBy(given, runner, { kind: 'net', config: { scale: 2 } }),
    );
    expect(result).toEqual(await truth(given, 2));
    first.kill('SIGTERM');
    second.kill('SIGTERM');
    const told = [await said(first, '}'), await said(second, '}')].map(
      (text) => JSON.parse(text.slice(text.indexOf('{'))) as { points: number; failures: number },
    );
    expect(told[0]!.points + told[1]!.points).toBe(35);
    expect([await exit(first), await exit(second)]).toEqual([0, 0]);
    // All chunks are known now: without any worker they come from their ids.
    const again = await surfaceBy(given, runner, { kind: 'net', config: { scale: 2 } });
    expect(again.result).toEqual(result);
    await runner.dispose();
    dispose(given.all);
  });

  test('of three workers one is killed with -9 in the middle: nothing is lost', async () => {
    const given = problem();
    const folder = mkdtempSync(join(tmpdir(), 'segscape-kill-'));
    const three = [await startWorker(), await startWorker(), await startWorker()];
    const runner = bullmq({ connection: `redis://127.0.0.1:${redis.port}/0`, chunk: 4 });
    const done = surfaceBy(given, runner, { kind: 'slow', config: { folder, scale: 1 } });
    // On a busy machine two may have done all before the third takes any.
    while (readdirSync(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const victim = three.find(({ pid }) => readdirSync(folder).includes(String(pid)))!;
    victim.kill('SIGKILL');
    const { result, order } = await done;
    expect(result).toEqual(await truth(given, 1));
    expect(new Set(order).size).toBe(35);
    expect(order).toHaveLength(35);
    for (const child of three) child.kill('SIGTERM');
    expect(await Promise.all(three.map(exit))).toEqual([
      ...three.map((child) => (child === victim ? null : 0)),
    ]);
    rmSync(folder, { recursive: true });
    await runner.dispose();
    dispose(given.all);
  });

  test('failures come with their codes, and a later try may succeed', async () => {
    const given = problem();
    const stop = new AbortController();
    const port = 20_000 + (process.pid % 20_000);
    const served = serveGrid({
      connection: { port: redis.port },
      registry,
      jit,
      signal: stop.signal,
      health: { port },
    });
    const runner = bullmq({ connection: { port: redis.port } });
    await expect(surfaceBy(given, runner, { kind: 'zoo', config: {} })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining("no objective 'zoo'") as string,
    });
    await expect(surfaceBy(given, runner, () => ({}))).rejects.toMatchObject({ code: 'BAD_OPTION' });
    const { result } = await surfaceBy(given, runner, { kind: 'net', config: { scale: 3 } });
    expect(result).toEqual(await truth(given, 3));
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect(await health.json()).toMatchObject({ status: 'ok', points: 35, active: 0 });
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain(
      'segscape_grid_points_total 35',
    );
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    // A payload of another version is refused, not guessed at.
    const { Queue } = await import('bullmq');
    const connection = new Redis({ port: redis.port, maxRetriesPerRequest: null });
    const queue = new Queue('segscape-grid-1', { connection });
    const job = await queue.add('chunk', { spec: { version: 99 }, points: [] });
    while (!(await job.isFailed())) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await queue.getJob(job.id!))!.failedReason).toContain("is of version 99, this worker's is 1");
    // Blobs expire.
    const blobs = (await connection.keys('segscape-grid-1:blob:*')).filter(
      (key) => key.split(':').length === 3,
    );
    expect(blobs.length).toBeGreaterThan(1);
    for (const key of blobs) expect(await connection.ttl(key)).toBeGreaterThan(80_000);
    await queue.close();
    connection.disconnect();
    stop.abort();
    expect(await served).toMatchObject({ points: 35, draining: true });
    await runner.dispose();
    dispose(given.all);
  });

  test('an abort takes the waiting chunks off the queue', async () => {
    const given = problem();
    const runner = bullmq({ connection: { port: redis.port }, chunk: 5 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const net = { kind: 'net', config: { scale: 4 } };
    const { stopped, order } = await surfaceBy(given, runner, net, { signal: stop.signal });
    expect([stopped, order.length < 35]).toEqual([true, true]);
    const connection = new Redis({ port: redis.port, maxRetriesPerRequest: null });
    const { Queue } = await import('bullmq');
    const queue = new Queue('segscape-grid-1', { connection });
    while ((await queue.getWaitingCount()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await queue.close();
    connection.disconnect();
    await runner.dispose();
    dispose(given.all);
  });

  test('a Redis that evicts is refused with the setting to change, a wrong password and no Redis are told', async () => {
    const given = problem();
    const evicting = await startRedis('--maxmemory-policy', 'allkeys-lru', '--requirepass', 'geheim');
    const ask = async (connection: Parameters<typeof bullmq>[0]['connection']) => {
      const runner = bullmq({ connection });
      try {
        await surfaceBy(given, runner, { kind: 'net', config: { scale: 1 } });
        return undefined;
      } catch (error) {
        return error as Error & { code: string };
      } finally {
        await runner.dispose();
      }
    };
    const refused = await ask(`redis://:geheim@127.0.0.1:${evicting.port}`);
    expect(refused!.code).toBe('BAD_OPTION');
    expect(refused!.message).toContain('Set `maxmemory-policy noeviction` in redis.conf');
    const locked = await ask({ port: evicting.port, password: 'falsch' });
    expect(locked!.code).toBe('BACKEND_UNAVAILABLE');
    expect(locked!.message).not.toContain('falsch');
    await evicting.stop();
    const away = await ask({ port: evicting.port });
    expect(away).toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(away!.message).toContain(`no Redis answers at localhost:${evicting.port}`);
    dispose(given.all);
  });
});
