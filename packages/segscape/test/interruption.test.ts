import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { decodeCheckpoint, validateRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, discFolder, rowsOf, segscape, start, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();
const evaluation = (run: string) => readFileSync(join(folder, run, 'evaluation.json'), 'utf8');

function latest(run: string, loss: string) {
  const path = join(folder, run, 'checkpoints', loss, 'seed-1', 'latest.safetensors');
  return decodeCheckpoint(new Uint8Array(readFileSync(path)), path);
}

/** The same numbers and the same weights, bit for bit. */
function expectSame(run: string, other: string): void {
  expect(rowsOf(join(folder, run))).toEqual(rowsOf(join(folder, other)));
  expect(evaluation(run)).toBe(evaluation(other));
  for (const loss of ['crossEntropy', 'Dice']) expect(latest(run, loss)).toEqual(latest(other, loss));
}

beforeAll(async () => {
  // Ninety-six steps an epoch, so that a signal sent after one epoch arrives in the middle of the next.
  writeFileSync(join(folder, 'tiny.yaml'), tinyConfig({ repeats: 32 }));
  const { code, err } = await segscape(folder, 'run', 'tiny.yaml', '--out', 'whole');
  expect(err).toBe('');
  expect(code).toBe(0);
});

describe('an interrupted run goes on to the same numbers', () => {
  test('after Ctrl-C in the middle of an epoch', async () => {
    const run = start(folder, 'run', 'tiny.yaml', '--out', 'stopped');
    await run.seen(/crossEntropy, seed 1, epoch 1\/2/);
    const before = performance.now();
    await run.seen(/crossEntropy, seed 1, epoch 2\/2/);
    const epoch = performance.now() - before;
    await run.seen(/Dice, seed 1, epoch 1\/2/);
    // The epoch is printed before its checkpoint is written; after that the next one is under way.
    while (latest('stopped', 'Dice').metadata.epoch !== 1) await setTimeout(2);
    // Never long: an epoch that was slow beside other work may be followed by a quick one.
    await setTimeout(Math.min(epoch / 6, 120));
    run.process.kill('SIGINT');
    const { code, out, err } = await run.ended;
    expect(code).toBe(130);
    expect(err).toContain('Stopping after this step. Press Ctrl-C again to quit at once.');
    expect(out).toContain(
      `Stopped; nothing is lost. Go on with:\n  segscape run --resume --out ${join(folder, 'stopped')}`,
    );
    expect(latest('stopped', 'Dice').metadata).toMatchObject({ epoch: 1, batch: expect.any(Number) });
    expect(Number(latest('stopped', 'Dice').metadata.batch)).toBeGreaterThan(0);
    expect(await validateRun(fsStorage(join(folder, 'stopped')))).toEqual([]);
    // Which of its networks is best, nobody knows yet.
    await discFolder(join(folder, 'discs'), 1, 32, 3);
    const predicted = await segscape(folder, 'predict', 'stopped', 'discs/images', '--out', 'early');
    expect(predicted.out).toContain('the first of the run, which has not come to choose one');

    const resumed = await segscape(folder, 'run', '--resume', '--out', 'stopped');
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain(`Report: ${join(folder, 'stopped', 'report.html')}`);
    expectSame('stopped', 'whole');
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('after %s', async (signal) => {
    const out = `by-${signal}`;
    const run = start(folder, 'run', 'tiny.yaml', '--out', out);
    await run.seen(/crossEntropy, seed 1, epoch 1\/2/);
    run.process.kill(signal);
    expect((await run.ended).code).toBe(130);
    expect((await segscape(folder, 'run', '--resume', '--out', out)).code).toBe(0);
    expectSame(out, 'whole');
  });

  test('after whoever read its output has gone: it ends quietly with 141', async () => {
    const command = `${process.execPath} ${cli} run tiny.yaml --out unread | head -c 400 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const said = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(said.stderr).toBe('');
    expect(said.stdout.trim()).toBe('141');
    expect(await validateRun(fsStorage(join(folder, 'unread')))).toEqual([]);
    expect((await segscape(folder, 'run', '--resume', '--out', 'unread')).code).toBe(0);
    expectSame('unread', 'whole');
  });

  test('and a second command on the folder is refused meanwhile, naming the first', async () => {
    const run = start(folder, 'run', 'tiny.yaml', '--out', 'held');
    await run.seen(/crossEntropy, seed 1, epoch 1\/2/);
    const { code, err } = await segscape(folder, 'run', '--resume', '--out', 'held');
    expect(code).toBe(1);
    expect(err).toContain(`is being written to by process ${run.process.pid} on `);
    run.process.kill('SIGKILL');
    await run.ended;
    // The lock of a killed process is nobody's.
    expect((await segscape(folder, 'run', '--resume', '--out', 'held')).code).toBe(0);
    expectSame('held', 'whole');
  });

  test('after kill -9 in the middle of an epoch', async () => {
    const run = start(folder, 'run', 'tiny.yaml', '--out', 'killed');
    await run.seen(/crossEntropy, seed 1, epoch 1\/2/);
    run.process.kill('SIGKILL');
    expect((await run.ended).signal).toBe('SIGKILL');
    expect((await segscape(folder, 'run', '--resume', '--out', 'killed')).code).toBe(0);
    expectSame('killed', 'whole');
  });
});

const noMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'mounting a small disk needs root on Linux';
  const probe = join(folder, 'probe');
  try {
    execFileSync('mkdir', [probe]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe]);
    return undefined;
  } catch {
    return 'mounting is not permitted here';
  }
})();

describe.skipIf(noMount)(`a full disk${noMount ? ` (${noMount})` : ''}`, () => {
  const disk = join(folder, 'disk');
  beforeAll(async () => {
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
  });

  test('with less room than the plan needs is told of before anything is trained', async () => {
    writeFileSync(join(disk, 'filler'), new Uint8Array(16 * 2 ** 20 - 300_000));
    const { code, out, err } = await segscape(folder, 'run', 'tiny.yaml', '--out', 'disk/run');
    expect(code).toBe(1);
    expect(err).toMatch(/the run will take some [\d.]+ kB, and [\d.]+ kB are free where it is written/);
    expect(out).not.toContain('epoch');
    expect(await readdir(disk)).toEqual(['filler']);
    rmSync(join(disk, 'filler'));
  });

  test('is told, and with space again the run goes on to the same numbers', async () => {
    const run = start(folder, 'run', 'tiny.yaml', '--out', 'disk/run');
    // Something else takes the rest while it trains.
    await run.seen(/epoch 1\/2/);
    const { bavail, bsize } = statfsSync(disk);
    try {
      writeFileSync(join(disk, 'filler'), new Uint8Array(bavail * bsize));
    } catch (error) {
      // What the run has written meanwhile: the disk is full all the same.
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
    const full = await run.ended;
    expect(full.code).toBe(1);
    expect(full.err).toContain('the disk is full; free some space and resume');
    expect(full.err).toContain(`Go on with:\n  segscape run --resume --out ${join(disk, 'run')}`);
    expect(full.err).not.toMatch(/^ +at /m);
    expect(await validateRun(fsStorage(join(disk, 'run')))).toEqual([]);

    rmSync(join(disk, 'filler'));
    const { code, err } = await segscape(folder, 'run', '--resume', '--out', 'disk/run');
    expect(err).toBe('');
    expect(code).toBe(0);
    expectSame('disk/run', 'whole');
    const left = await readdir(join(disk, 'run'), { recursive: true });
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('from the first byte on leaves nothing behind', async () => {
    rmSync(join(disk, 'run'), { recursive: true });
    const free = 16 * 2 ** 20;
    writeFileSync(join(disk, 'filler'), new Uint8Array(free));
    const { code, err } = await segscape(folder, 'run', 'tiny.yaml', '--out', 'disk/run');
    expect(code).toBe(1);
    expect(err).toMatch(/NOT_WRITABLE|the disk is full/);
    expect(await readdir(disk)).toEqual(['filler']);
  });
});
