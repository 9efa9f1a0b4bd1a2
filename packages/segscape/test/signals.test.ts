import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { validateRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { discFolder, type Ended, type Started, segscape, start, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();

/** Milliseconds until a signal is heard: a second where a core is free; other programs of the machine may have it first. */
const patience = 4_000;

type Signal = 'SIGTERM' | 'SIGHUP';

/** Sends a signal, and how long it took until the command said that it stops, or had ended. */
async function heard(command: Started, signal: Signal): Promise<{ ms: number; end: Ended }> {
  const sent = performance.now();
  command.process.kill(signal);
  await command.said(/Stopping after this step/);
  const ms = performance.now() - sent;
  return { ms, end: await command.ended };
}

/** By the signal itself before there was anything to keep, else in order: 130, or 0 where it had just finished. */
const isOrderly = ({ code, signal }: Ended, sent: Signal) => signal === sent || code === 130 || code === 0;

beforeAll(async () => {
  await writeFile(join(folder, 'tiny.yaml'), tinyConfig({ repeats: 4 }));
  const { code, err } = await segscape(folder, 'run', 'tiny.yaml', '--out', 'whole');
  expect(err).toBe('');
  expect(code).toBe(0);
  await discFolder(join(folder, 'cells'), 24, 96, 3);
  await mkdir(join(folder, 'made'));
  await cp(join(folder, 'cells', 'masks'), join(folder, 'made', 'a'), { recursive: true });
  await cp(join(folder, 'cells', 'masks'), join(folder, 'made', 'b'), { recursive: true });
});

describe('run hears a signal at any moment', () => {
  test.each([
    ['SIGTERM', 'while it trains', /epoch 1\/2/],
    ['SIGHUP', 'while it scores', /Score on the test images/],
    ['SIGTERM', 'while it draws surfaces', /Draw the loss surfaces/],
    ['SIGHUP', 'as soon as it says what is to be done', /trainings of/],
  ] as const)('%s %s', async (signal, when, pattern) => {
    const out = `run ${when}`;
    const command = start(folder, 'run', 'tiny.yaml', '--out', out);
    await command.seen(pattern);
    const { ms, end } = await heard(command, signal);
    expect(ms).toBeLessThan(patience);
    expect(isOrderly(end, signal), `${end.code} ${end.signal}: ${end.err}`).toBe(true);
    expect(await validateRun(fsStorage(join(folder, out)))).toEqual([]);
  });
});

/** Milliseconds after the start. */
const moments = [300, 900, 1_800] as const;

describe.each(['SIGTERM', 'SIGHUP'] as const)('%s a while after the start', (signal) => {
  const out = (command: string, after: number) => join(folder, `${command}-${signal}-${after}`);
  test.each(
    moments.flatMap((after) =>
      (
        [
          ['predict', (to: string) => ['whole', 'cells/images', '--out', to]],
          [
            'judge',
            (to: string) => ['--truth', 'cells/masks', '--predictions', 'A=made/a', 'B=made/b', '--out', to],
          ],
          ['report', () => ['whole']],
        ] as const
      ).map(([command, args]) => [command, after, args] as const),
    ),
  )('%s, after %i ms', async (command, after, args) => {
    const begun = start(folder, command, ...args(out(command, after)));
    await setTimeout(after);
    const { ms, end } = await heard(begun, signal);
    expect(ms).toBeLessThan(patience);
    expect(isOrderly(end, signal), `${end.code} ${end.signal}: ${end.err}`).toBe(true);
    expect(end.err).not.toMatch(/^ +at /m);
  });
  test('and the report that was there is whole', async () => {
    const files = await readdir(join(folder, 'whole'));
    expect(files).toContain('report.html');
    expect((await segscape(folder, 'inspect', 'whole')).code).toBe(0);
  });
});
