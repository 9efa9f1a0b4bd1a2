import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeNew } from '../src/new-file.js';
import { workFolder } from './cli.js';

const folder = workFolder();
/** A disk of 16 KB, which only root may mount. */
const small = workFolder();
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small], { stdio: 'ignore' }).status === 0;
afterAll(() => {
  if (isMounted) spawnSync('umount', [small]);
});
const why = isMounted ? '' : ' (skipped: a small disk cannot be mounted here, which needs root)';

const words = { where: 'export', advice: 'choose another folder' };

describe('writeNew', () => {
  test('writes all or none, and overwrites nothing', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string];
    await writeNew([[a, 'one']], words);
    await expect(
      writeNew(
        [
          [b, 'two'],
          [a, 'other'],
          [c, 'three'],
        ],
        words,
      ),
    ).rejects.toThrow(`export: '${a}' is there already, and nothing is overwritten. Choose another folder.`);
    expect(readFileSync(a, 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['a']);
    await expect(writeNew([[join(folder, 'no', 'x'), '']], words)).rejects.toThrow(
      'cannot be written: its folder does not exist. Choose another folder.',
    );
  });

  test.skipIf(why !== '')(`a full disk leaves nothing torn${why}`, async () => {
    writeFileSync(join(small, 'mine'), 'mine');
    const files = ['x', 'y', 'z'].map((name) => [join(small, name), new Uint8Array(5000)] as const);
    await expect(writeNew(files, words)).rejects.toThrow(
      'cannot be written: the disk is full. Free some space, or choose another folder.',
    );
    expect(readdirSync(small)).toEqual(['mine']);
  });
});
