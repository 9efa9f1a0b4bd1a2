import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fsStorage } from '../src/node.js';

const root = mkdtempSync(join(tmpdir(), 'segscape-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const file = (folder: string) => join(folder, '.segscape-lock');

describe('the lock of a folder', () => {
  test('keeps a second writer out, naming the first, until it is let go', async () => {
    const folder = join(root, 'two');
    const storage = fsStorage(folder);
    const release = await storage.lock!();
    await expect(fsStorage(folder).lock!()).rejects.toThrow(
      `'${folder}' is being written to by this very process, since `,
    );
    expect(await storage.list('')).toEqual([]);
    await release();
    await (await fsStorage(folder).lock!())();
  });

  test('of a process that was killed is nobody’s', async () => {
    const folder = join(root, 'killed');
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    await (await fsStorage(folder).lock!())();
    const began = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19];
    const held = { pid: child.pid, host: hostname(), began, since: '2026-01-01T00:00:00.000Z' };
    writeFileSync(file(folder), JSON.stringify(held));
    await expect(fsStorage(folder).lock!()).rejects.toThrow(
      `is being written to by process ${child.pid} on ${hostname()}, since 2026-01-01T00:00:00.000Z. Two writers would mix their results: wait until it ends, or stop it. If it is gone for certain, remove '${file(folder)}'.`,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await fsStorage(folder).lock!())();
  });

  test('of a number that belongs to another process by now is nobody’s; a torn one too', async () => {
    const folder = join(root, 'reused');
    await (await fsStorage(folder).lock!())();
    const reused = { pid: process.pid, host: hostname(), began: '1', since: '2026-01-01T00:00:00.000Z' };
    for (const text of [JSON.stringify(reused), '{"pid":']) {
      writeFileSync(file(folder), text);
      await (await fsStorage(folder).lock!())();
    }
  });

  test('is one writer’s, however many come at once, and whatever a killed one has left', async () => {
    const left = [
      undefined,
      '',
      '{"pid":',
      'null',
      '5',
      JSON.stringify({ pid: process.pid, host: hostname(), began: '1', since: '2026-01-01T00:00:00.000Z' }),
    ];
    for (const [round, text] of [...left, ...left, ...left].entries()) {
      const folder = join(root, `at-once-${round}`);
      mkdirSync(folder);
      if (text !== undefined) writeFileSync(file(folder), text);
      const taken = await Promise.allSettled(Array.from({ length: 8 }, () => fsStorage(folder).lock!()));
      const holders = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(holders, `round ${round}`).toHaveLength(1);
      for (const one of taken)
        if (one.status === 'rejected')
          expect(String(one.reason)).toContain('is being written to by this very process');
      expect(readdirSync(folder)).toEqual(['.segscape-lock']);
      await holders[0]!();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test('of a process of which the system does not tell when it began is respected', async () => {
    const folder = join(root, 'untold');
    await (await fsStorage(folder).lock!())();
    const untold = { pid: process.pid, host: hostname(), began: '', since: 'yesterday' };
    writeFileSync(file(folder), JSON.stringify(untold));
    await expect(fsStorage(folder).lock!()).rejects.toThrow('by this very process, since yesterday.');
  });

  test('of another machine is respected, since nothing can be known of it', async () => {
    const folder = join(root, 'elsewhere');
    await (await fsStorage(folder).lock!())();
    writeFileSync(file(folder), JSON.stringify({ pid: 1, host: 'elsewhere', began: '', since: 'yesterday' }));
    await expect(fsStorage(folder).lock!()).rejects.toThrow('by process 1 on elsewhere, since yesterday.');
  });
});
