import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { disc, segscape, workFolder } from './cli.js';

/** A run as SegScape left it before runs had a format number (November 2026); its `report.html` is left out. */
const frozen = fileURLToPath(new URL('fixtures/run-format-0', import.meta.url));

const folder = workFolder();
let count = 0;
let run: string;

beforeEach(() => {
  run = join(folder, `run-${count++}`);
  cpSync(frozen, run, { recursive: true });
});

describe('a run of format 0', () => {
  test('inspect opens it, and says what it cannot know', async () => {
    const { code, out, err } = await segscape(folder, 'inspect', run);
    expect(err).toBe('');
    expect(out).toContain('8 checkpoints, 6 surfaces, ');
    expect(out).toContain(
      'Made before runs recorded what they wrote: only damage that shows in the files themselves is found.',
    );
    expect(code).toBe(0);
  });

  test('report writes its page', async () => {
    const { code, err } = await segscape(folder, 'report', run);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('CE 1:1');
  });

  test('predict takes its last epoch', async () => {
    await writeFile(join(folder, 'a.png'), disc(16, 16, 8, 200, 60, 3));
    const args = ['predict', run, 'a.png', '--out', 'masks', '--backend', 'cpu'];
    const { code, out, err } = await segscape(folder, ...args);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('by the network trained with CE 1:1, seed 1, epoch 2');
  });

  test('resume goes on where it stood, to the numbers that it had', async () => {
    const history = readFileSync(join(run, 'history.csv'), 'utf8');
    for (const name of ['latest', 'epoch-0002'])
      rmSync(join(run, `checkpoints/dice/seed-1/${name}.safetensors`));
    rmSync(join(run, 'landscapes/dice-seed-1-epoch-0002.h5'));
    const { code, out } = await segscape(folder, 'run', '--resume', '--out', run, '--backend', 'cpu');
    expect(out).toContain('Report: ');
    expect(code).toBe(0);
    const rows = (text: string) => text.trim().split('\n').sort();
    const now = rows(readFileSync(join(run, 'history.csv'), 'utf8'));
    // What each class adds to a loss was not recorded then.
    const more = /^dice,1,0,2,(?:train|test),loss\.(?:background|disc),/;
    expect(now.filter((row) => !more.test(row))).toEqual(rows(history));
    expect(now.filter((row) => more.test(row))).toHaveLength(4);
    expect(existsSync(join(run, 'landscapes/dice-seed-1-epoch-0002.h5'))).toBe(true);
    expect((await segscape(folder, 'inspect', run)).out).toContain('Everything is sound.');
  });
});

test('a run of a later format is refused by name', async () => {
  await writeFile(join(run, 'manifest.json'), '{"format":99,"growing":{},"pending":{}}');
  for (const command of [
    ['inspect', run],
    ['report', run],
    ['predict', run, frozen, '--out', 'x'],
    ['run', '--resume', '--out', run],
  ]) {
    const { code, err } = await segscape(folder, ...command);
    expect(code).toBe(1);
    expect(err).toContain(
      'this run has format 99, and this version of SegScape knows formats up to 1. Update SegScape to open it.',
    );
  }
});
