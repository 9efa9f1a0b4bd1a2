import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage } from '@segscape/data';
import { encodePng, toRgb } from '@segscape/report';
import { beforeEach, describe, expect, test } from 'vitest';
import { disc, discFolder, segscape, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();
let count = 0;
let cells: string;

beforeEach(async () => {
  cells = join(folder, `cells-${count++}`);
  await discFolder(cells, 4, 24);
});

const onCells = () => ['--data', 'folder', '--images', `${cells}/images`, '--masks', `${cells}/masks`];

/** Runs, and expects a refusal that says `message`, shows no stack and leaves nothing behind. */
async function refused(args: readonly string[], ...messages: readonly string[]): Promise<void> {
  const before = (await readdir(folder)).sort();
  const { code, err } = await segscape(folder, ...args);
  for (const message of messages) expect(err).toContain(message);
  expect(err, 'a stack').not.toMatch(/^ +at /m);
  expect(code).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(before);
}

describe('data that cannot be used', () => {
  test('an empty folder', async () => {
    for (const name of await readdir(join(cells, 'images'))) await rm(join(cells, 'images', name));
    await refused(['run', ...onCells()], `no images in '${cells}/images'`);
  });

  test('no folder', async () => {
    await refused(['run', '--images', 'nowhere', '--masks', `${cells}/masks`], join(folder, 'nowhere'));
  });

  test('an image without a mask, and a mask without an image', async () => {
    await rm(join(cells, 'masks', 'cell-1.png'));
    await rm(join(cells, 'images', 'cell-3.png'));
    await refused(
      ['run', ...onCells(), '--out', 'out'],
      `no mask for image '${cells}/images/cell-1.png'; no image for mask '${cells}/masks/cell-3.png'`,
      'Add or remove files',
    );
  });

  test('a mask of another size', async () => {
    writeFileSync(join(cells, 'masks', 'cell-2.png'), disc(20, 24, 8, 255, 0));
    await refused(
      ['run', ...onCells(), '--out', 'deep/out'],
      `cells-${count - 1}/images/cell-2.png' is 24×24 pixels`,
      'its mask',
      "24×20. Give masks of the images' size.",
    );
  });

  test('a mask value that belongs to no class', async () => {
    writeFileSync(join(cells, 'masks', 'cell-0.png'), disc(24, 24, 8, 7, 0));
    await refused(
      ['run', ...onCells()],
      `mask '${cells}/masks/cell-0.png' has the value 7; known are 0 (background), 1 (foreground), 255 (foreground)`,
      'Give maskValues: a value for each of background, foreground.',
    );
  });

  test('a truncated PNG', async () => {
    const path = join(cells, 'images', 'cell-3.png');
    writeFileSync(path, readFileSync(path).subarray(0, 60));
    await refused(['run', ...onCells()], path);
  });

  test('--data folder without its folders', async () => {
    await refused(
      ['run', '--data', 'folder', '--images', 'x'],
      '--data folder needs --images DIR and --masks DIR',
    );
  });

  test('too few images for a test set', async () => {
    for (const i of [1, 2, 3])
      for (const part of ['images', 'masks']) await rm(join(cells, part, `cell-${i}.png`));
    await refused(['run', ...onCells()], 'Give more images');
  });
});

describe('a config that cannot be used', () => {
  const refusedConfig = async (text: string, ...messages: string[]) => {
    writeFileSync(join(folder, 'bad.yaml'), text);
    await refused(['run', 'bad.yaml', '--out', 'out'], ...messages);
  };

  test('a mistyped key: its line and the nearest valid one', async () => {
    await refusedConfig(
      tinyConfig().replace('training:', 'trainig:'),
      "line 9: unknown key 'trainig'. Did you mean 'training'?",
    );
    await refusedConfig(
      tinyConfig().replace('batchSize', 'batchsize'),
      "line 9: unknown key 'training.batchsize'. Did you mean 'batchSize'?",
    );
    await refusedConfig(
      tinyConfig().replace('- kind: flip', '- kind: flip\n    horizontl: 1'),
      "line 5: unknown key 'augment.0.horizontl' of transform 'flip'. Did you mean 'horizontal'?",
    );
  });

  test('what is not YAML: its line', async () => {
    await refusedConfig('name: tiny\ndata: { kind: phantom\n', 'config: line 3: not valid YAML');
  });

  test('a file that is not there, and a config beside a preset', async () => {
    await refused(['run', 'none.yaml'], "the config 'none.yaml' could not be read");
    await refused(['run', 'none.yaml', '--preset', 'quick'], 'give a config file or --preset, not both');
  });
});

describe('options that cannot be used', () => {
  test('an unknown preset, kind of data and backend', async () => {
    await refused(['run', '--preset', 'quik'], "preset 'quik' is not known. Did you mean 'quick'?");
    await refused(['run', '--data', 'foldr'], "data 'foldr' is not known. Did you mean 'folder'?");
    await refused(['run', '--backend', 'webgp'], "'webgp' is not known. Did you mean 'webgpu'?");
  });

  test('a backend that is not here', async () => {
    await refused(['run', '--backend', 'node-gpu'], "'node-gpu' is not available here", 'npm install');
  });

  test('a device that is not known, and one beside a backend that has its own', async () => {
    await refused(['run', '--device', 'webgp'], "'webgp' is not known. Did you mean 'webgpu'?");
    await refused(['run', '--backend', 'wasm', '--device', 'webgpu'], "'wasm' has a device of its own");
  });

  test('a device that is not here', async () => {
    await refused(['run', '--device', 'dml'], "device 'dml' is not available here");
  });

  test('an unknown option, command and number', async () => {
    await refused(['run', '--preste', 'quick'], "error: unknown option '--preste'", 'Did you mean --preset?');
    await refused(['rum'], "error: unknown command 'rum'", 'Did you mean run?');
    await refused(['run', '--epochs', 'many'], "option '--epochs <count>' argument 'many' is invalid");
    await refused(['run', '--seeds', '1,two'], 'training.seeds.1');
    await refused(['lab', '--port', '99999999'], 'It must be a port, from 0 to 65535.');
    await refused(['worker', '--health', '-1'], 'It must be a port, from 0 to 65535.');
  });
});

describe('folders that cannot be used', () => {
  test('a file in the way of the output folder', async () => {
    writeFileSync(join(folder, 'file'), 'mine');
    await refused(
      ['run', ...onCells(), '--out', 'file'],
      'cannot be written: a file of that name is in the way',
    );
    await refused(
      ['run', ...onCells(), '--out', 'file/run'],
      'cannot be written: a part of the path is a file',
    );
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  test('one that holds a run already is not touched', async () => {
    await mkdir(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'config.yaml'), 'name: mine\n');
    await refused(['run', ...onCells(), '--out', 'taken'], 'already holds a run', '--resume');
    expect(await readdir(join(folder, 'taken'))).toEqual(['config.yaml']);
  });

  test('--resume of a folder that holds no run, of no folder, and with another config', async () => {
    await refused(['run', '--resume', '--out', cells], 'holds no run', 'Start one without --resume');
    await refused(['run', '--resume'], '--resume needs --out DIR');
    await refused(
      ['run', '--resume', '--out', cells, '--scale', '2'],
      '--resume goes on with the config',
      'Leave --scale out',
    );
    expect(existsSync(join(folder, 'segscape-runs'))).toBe(false);
  });

  test('predict: no image, and a damaged one among good ones', async () => {
    await mkdir(join(cells, 'none'), { recursive: true });
    await refused(['predict', cells, join(cells, 'none'), '--out', 'x'], 'there is no image in');
    await refused(['predict', cells, join(cells, 'nope'), '--out', 'x'], 'neither an image nor a folder');
    writeFileSync(join(folder, 'one.yaml'), tinyConfig({ epochs: 1 }).replace(/ +- \{ name: dice.*\n/, ''));
    await segscape(folder, 'run', 'one.yaml', '--out', 'run');
    const gray = await readImage(join(cells, 'images', 'cell-0.png'));
    writeFileSync(join(cells, 'none', 'good.png'), encodePng(toRgb(gray)));
    writeFileSync(
      join(cells, 'none', 'bad.png'),
      readFileSync(join(cells, 'none', 'good.png')).subarray(0, 50),
    );
    const { code, err } = await segscape(folder, 'predict', 'run', join(cells, 'none'), '--out', 'seen');
    expect(code).toBe(1);
    expect(err).toContain(join(cells, 'none', 'bad.png'));
    const made = ['good.png', 'objects.csv', 'prediction.json'];
    expect((await readdir(join(folder, 'seen'))).sort()).toEqual(made);
  });
});
