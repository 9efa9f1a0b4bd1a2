import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discFolder, type Ended, segscape, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();
interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}
/** Every line of standard output is one. */
function eventsOf({ out, code, err }: Ended): Event[] {
  expect(code, err).toBe(0);
  const lines = out.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Event);
}

test('run, predict, verify and judge say what they do as lines of JSON', async () => {
  writeFileSync(join(folder, 'tiny.yaml'), tinyConfig());
  await discFolder(join(folder, 'discs'), 3, 32, 3);
  const run = eventsOf(await segscape(folder, 'run', 'tiny.yaml', '--out', 'run', '--json'));
  expect(new Set(run.map(({ type }) => type))).toEqual(new Set(['prepared', 'progress', 'epoch', 'done']));
  expect(run.filter(({ type, loss }) => type === 'epoch' && loss === 'Dice').at(-1)).toMatchObject({
    seed: 1,
    epoch: 2,
    epochs: 2,
  });
  expect(run.at(-1)).toMatchObject({ type: 'done', result: { stopped: false, out: join(folder, 'run') } });

  const predicted = eventsOf(
    await segscape(folder, 'predict', 'run', 'discs/images', '--out', 'masks', '--json'),
  );
  expect(predicted.filter(({ type }) => type === 'image').map(({ mask }) => mask)).toEqual([
    'cell-0.png',
    'cell-1.png',
    'cell-2.png',
  ]);
  expect(predicted.at(-1)).toMatchObject({
    type: 'done',
    result: { stopped: false, out: join(folder, 'masks') },
  });

  // Of other images into the same folder: what stays there is told of.
  const later = await segscape(folder, 'predict', 'run', 'discs/images/cell-1.png', '--out', 'masks');
  expect(later.err).toContain(
    'Note: 2 files of an earlier predict (cell-0.png, …) stay in masks; objects.csv and the images of prediction.json are of this one alone.',
  );

  const verified = eventsOf(await segscape(folder, 'verify', 'run', '--json'));
  expect(verified.at(-1)).toMatchObject({ type: 'done', result: { stopped: false, differences: [] } });

  const truth = ['--truth', 'discs/masks', '--predictions', 'ours=discs/masks'];
  const judged = eventsOf(await segscape(folder, 'judge', ...truth, '--out', 'judged', '--json'));
  expect(judged.at(-1)).toMatchObject({
    type: 'done',
    result: { stopped: false, table: [{ loss: 'ours' }] },
  });
}, 240_000);
