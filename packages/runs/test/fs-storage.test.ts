import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSegscapeError } from '@segscape/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fsStorage } from '../src/node.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'segscape-runs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const failure = async (action: Promise<unknown>) => {
  try {
    await action;
  } catch (error) {
    if (isSegscapeError(error)) return error;
    throw error;
  }
  throw new Error('expected a rejection');
};

describe('fsStorage', () => {
  test('writes, reads, appends, lists and removes', async () => {
    const storage = fsStorage(join(root, 'new/run'));
    expect(await storage.list('')).toEqual([]);
    await storage.write('b/one.txt', 'one');
    await storage.append('a.txt', 'x');
    await storage.append('a.txt', new TextEncoder().encode('y'));
    expect(await storage.list('')).toEqual(['a.txt', 'b/one.txt']);
    expect(await storage.list('b')).toEqual(['b/one.txt']);
    expect(new TextDecoder().decode(await storage.read('a.txt'))).toBe('xy');
    await storage.remove('a.txt');
    await storage.remove('a.txt');
    expect((await failure(storage.read('a.txt'))).code).toBe('NOT_FOUND');
    expect((await failure(storage.read('b'))).code).toBe('NOT_FOUND');
  });

  test('writes to one path take turns; the last one stands', async () => {
    const storage = fsStorage(root);
    await Promise.all(Array.from({ length: 20 }, (_, i) => storage.write('a.txt', `${i}`.repeat(1000))));
    expect(new TextDecoder().decode(await storage.read('a.txt'))).toBe('19'.repeat(1000));
    expect(readdirSync(root)).toEqual(['a.txt']);
  });

  test.each(['../a', '/a', 'a//b', '', 'a/..', 'a\\b', './a'])('refuses the path %j', async (path) => {
    expect((await failure(fsStorage(root).write(path, ''))).code).toBe('BAD_OPTION');
  });

  test('says why it cannot write', async () => {
    writeFileSync(join(root, 'file'), '');
    const error = await failure(fsStorage(join(root, 'file')).write('a', 'x'));
    expect(error.code).toBe('NOT_WRITABLE');
    expect(error.message).toMatch(
      /cannot write '.*file\/a': a (file is in the way|part of the path is a file)/,
    );
  });

  test.skipIf(process.getuid?.() === 0)(
    'a folder without permission (skipped for root, who may write anywhere)',
    async () => {
      mkdirSync(join(root, 'locked'));
      chmodSync(join(root, 'locked'), 0o500);
      expect((await failure(fsStorage(join(root, 'locked')).write('a', 'x'))).message).toContain(
        'no permission',
      );
    },
  );

  test('a full disk loses nothing: the old file and the whole history stay', async ({ skip }) => {
    const disk = join(root, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skip('only root can mount a small disk');
    }
    try {
      const storage = fsStorage(disk);
      // A small disk tells how small it is, for a folder that is not there yet, too.
      expect(await storage.free!()).toBeLessThanOrEqual(64 * 1024);
      expect(await fsStorage(join(disk, 'not', 'yet')).free!()).toBe(await storage.free!());
      await storage.write('a', 'old');
      await storage.write('history', 'line\n');
      expect((await failure(storage.write('a', new Uint8Array(1 << 20)))).message).toContain(
        'the disk is full',
      );
      expect((await failure(storage.append('history', new Uint8Array(1 << 20)))).message).toContain(
        'the disk is full',
      );
      expect(new TextDecoder().decode(await storage.read('a'))).toBe('old');
      expect(new TextDecoder().decode(await storage.read('history'))).toBe('line\n');
      expect(readdirSync(disk).sort()).toEqual(['a', 'history']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
