import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { segscape, workFolder } from './study.mjs';

/** Runs while a small file system is mounted; false where this user may mount none. */
async function onSmallDisk(folder, size, use) {
  await mkdir(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  try {
    await use(folder);
  } finally {
    execFileSync('umount', [folder], { stdio: 'ignore' });
  }
  return true;
}

async function appears(path) {
  for (let waited = 0; waited < 30_000 && !existsSync(path); waited += 50) await setTimeout(50);
}

/** A disk that fills up, one that may not be written, and two writers: said in words, and nothing is lost. */
export async function disks() {
  const folder = await workFolder();
  const lost = [];
  let tried = 0;
  const check = (what, { code, signal, err }, fits) => {
    tried++;
    const plain = !/\n {4}at /.test(err);
    if (signal || code === 0 || !plain || !fits.test(err))
      lost.push(
        `${what}: code ${code}${signal ? `, ${signal}` : ''}: ${err.trim().split('\n').slice(-2).join(' ')}`,
      );
  };
  for (const size of ['16k', '64k', '200k'])
    await onSmallDisk(join(folder, `disk-${size}`), size, async (disk) => {
      const run = await segscape(folder, ['run', 'tiny.yaml', '--out', join(disk, 'run')]);
      check(`full disk of ${size}`, run, /ENOSPC|full|no space|are free where it is written/i);
    });
  await onSmallDisk(join(folder, 'disk-filled'), '16m', async (disk) => {
    const run = segscape(folder, ['run', 'tiny.yaml', '--out', join(disk, 'run')]);
    await appears(join(disk, 'run', 'history.csv'));
    const { bavail, bsize } = await statfs(disk);
    // What the run writes meanwhile fills it, too.
    await writeFile(join(disk, 'filler'), new Uint8Array(bavail * bsize)).catch(() => {});
    check('a disk that another fills up', await run, /ENOSPC|full|no space/i);
    await rm(join(disk, 'filler'));
    const { code, err } = await segscape(folder, ['run', '--resume', '--out', join(disk, 'run')]);
    tried++;
    if (code !== 0) lost.push(`with space again the run did not go on: ${err}`);
  });
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o555);
  if (process.getuid?.() !== 0)
    check(
      'a folder that may not be written',
      await segscape(folder, ['run', 'tiny.yaml', '--out', join(closed, 'run')]),
      /may not write|read-only/,
    );
  const first = segscape(folder, ['run', 'tiny.yaml', '--out', 'shared']);
  // As soon as there is a run to go on with, a second command tries to.
  const second = appears(join(folder, 'shared', 'config.yaml')).then(() =>
    segscape(folder, ['run', '--resume', '--out', 'shared']),
  );
  const [begun, other] = [await first, await second];
  tried++;
  if (begun.code !== 0) lost.push(`the first of two writers failed: ${begun.err}`);
  // It came in time to be refused, or late enough to find the run done.
  if (other.code !== 0) check('the second of two writers', other, /process \d+|another/i);
  await rm(folder, { recursive: true, force: true });
  return { tried, lost };
}
