import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { said, startRedis, withoutRedis } from '@segscape/testing/redis-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, segscape, start, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();
const missing = withoutRedis();

/** A loss that the workers must be started with, too. */
const plugin = `\
import * as tf from '${import.meta.resolve('@tensorflow/tfjs-core')}';

const squares = () =>
  Object.assign(
    (labels, logits) =>
      tf.tidy(() => {
        const indices = 'dataId' in labels ? labels : labels.labels;
        const truth = tf.cast(tf.oneHot(tf.cast(indices, 'int32'), logits.shape.at(-1)), 'float32');
        return tf.mean(tf.square(tf.sub(truth, tf.softmax(logits))));
      }),
    { options: {}, pixelwise: false },
  );

export default [{ part: 'loss', kind: 'squares', make: squares }];
`;

const surfaces = (run: string) =>
  Object.fromEntries(
    readdirSync(join(folder, run, 'landscapes'))
      .filter((name) => name.endsWith('.h5'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, run, 'landscapes', name)).toString('base64')]),
  );

/** Maps, barriers and trust are computed by the workers, too. */
const landscape = (run: string) => readFileSync(join(folder, run, 'landscape.json'), 'utf8');

beforeAll(async () => {
  writeFileSync(join(folder, 'mine.mjs'), plugin);
  writeFileSync(
    join(folder, 'study.yaml'),
    `${tinyConfig({ epochs: 1 }).replace('  - crossEntropy', '  - { kind: squares, label: Squares }')}plugins: [./mine.mjs]\n`,
  );
  expect(await segscape(folder, 'run', 'study.yaml', '--out', 'here')).toMatchObject({ code: 0 });
});

test('worker threads give the surfaces of one thread bit for bit, with the run’s plug-ins', async () => {
  expect(await segscape(folder, 'run', 'study.yaml', '--out', 'threads', '--workers', '2')).toMatchObject({
    code: 0,
  });
  expect(surfaces('threads')).toEqual(surfaces('here'));
  expect(landscape('threads')).toEqual(landscape('here'));
});

describe.skipIf(missing)(`surfaces by way of Redis ${missing ?? ''}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  const workers: ChildProcess[] = [];
  const worker = async (...more: string[]) => {
    const child = spawn(process.execPath, [cli, 'worker', ...more], {
      cwd: folder,
      env: { ...process.env, SEGSCAPE_REDIS_URL: `redis://127.0.0.1:${redis.port}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    workers.push(child);
    await said(child, 'Waiting for surfaces');
    return child;
  };

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const child of workers) child.kill('SIGKILL');
    await redis?.stop();
  });

  test('two workers draw them, bit for bit; SIGTERM ends them with 0 and says what they did', async () => {
    const both = [await worker('--plugin', 'mine.mjs'), await worker('--plugin', 'mine.mjs')];
    const url = `redis://127.0.0.1:${redis.port}`;
    const ended = await segscape(folder, 'run', 'study.yaml', '--out', 'redis', '--redis', url);
    expect(ended, ended.err).toMatchObject({ code: 0 });
    expect(surfaces('redis')).toEqual(surfaces('here'));
    expect(landscape('redis')).toEqual(landscape('here'));
    let points = 0;
    for (const child of both) {
      child.kill('SIGTERM');
      const text = await said(child, 'chunks failed.');
      points += Number(/Evaluated (\d+) points/.exec(text)![1]);
      if (child.exitCode === null) await once(child, 'exit');
      expect(child.exitCode).toBe(0);
    }
    // 3×3 points around one start, which both losses have, and two ends: what is known by its content is computed once. Then eleven
    // between the ends, 3×3 over two other planes through each, and the ends in other orders.
    expect(points).toBeGreaterThanOrEqual(27 + 11 + 36);
  });

  test('a worker that was not started with the plug-in refuses its kind by name', async () => {
    const child = await worker();
    writeFileSync(
      join(folder, 'other.yaml'),
      readFileSync(join(folder, 'study.yaml'), 'utf8').replace('seed: 7', 'seed: 8'),
    );
    const url = `redis://127.0.0.1:${redis.port}`;
    const ended = await segscape(folder, 'run', 'other.yaml', '--out', 'refused', '--redis', url);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/squares/);
    expect(ended.err).not.toMatch(/\n {4}at /);
    expect(ended.err).toContain('segscape run --resume --out');
    child.kill('SIGKILL');
  });

  test('a run without workers says what it waits for, and hears Ctrl-C', async () => {
    writeFileSync(
      join(folder, 'alone.yaml'),
      readFileSync(join(folder, 'study.yaml'), 'utf8').replace('seed: 7', 'seed: 9'),
    );
    const url = `redis://127.0.0.1:${redis.port}`;
    const run = start(folder, 'run', 'alone.yaml', '--out', 'alone', '--redis', url);
    await new Promise<void>((resolve) => {
      run.process.stderr!.on('data', (chunk: Buffer) => {
        if (String(chunk).includes('Is there a worker?')) resolve();
      });
    });
    run.process.kill('SIGINT');
    const ended = await run.ended;
    expect(ended.code).toBe(130);
    expect(ended.out).toContain('segscape run --resume --out');
  });
});

test('what is wrong with a Redis is one line', async () => {
  const wrong = async (...args: string[]) => {
    const { code, err } = await segscape(folder, 'worker', ...args);
    expect(code).toBe(1);
    expect(err).not.toMatch(/\n {4}at /);
    return err;
  };
  expect(await wrong()).toContain('no Redis is named. Give --redis redis://HOST:6379');
  expect(await wrong('--redis', 'http://:secret@x')).toContain(
    "takes an address such as redis://localhost:6379 (rediss:// for TLS), got 'http://…@x'",
  );
  expect(await wrong('--redis', 'redis://:secret@127.0.0.1:1')).toMatch(/no Redis answers at 127\.0\.0\.1:1/);
});
