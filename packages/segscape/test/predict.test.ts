import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeTiff } from '../src/predict/stack-tiff.js';
import { disc, discFolder, segscape, workFolder } from './cli.js';

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const image = () => disc(32, 32, 12, 200, 60);

beforeAll(async () => {
  await discFolder(at('cells'), 6, 32);
  const config = `
data: { kind: folder, images: ${at('cells/images')}, masks: ${at('cells/masks')}, split: { validation: 1, test: 2 } }
model: { kind: unet, baseChannels: 2, depth: 2 }
losses: [dice]
training: { epochs: 1 }
landscape: { enabled: false }
report: { samples: 1 }
`;
  writeFileSync(at('study.yaml'), config);
  const { code, err } = await segscape(folder, 'run', 'study.yaml', '--out', 'run');
  expect(err).toBe('');
  expect(code).toBe(0);
});

const predicted = (images: string, out: string, ...more: string[]) =>
  segscape(folder, 'predict', 'run', images, '--out', out, ...more);

/** Every file below a folder, sorted. */
const filesOf = async (path: string) =>
  (await readdir(at(path), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at(path).length + 1))
    .sort();

const table = (out: string) => readFileSync(at(out, 'objects.csv'), 'utf8').trim().split('\n');

describe('segscape predict loses nothing', () => {
  test('never writes over an image: the folder of the images is refused, by another name too', async () => {
    await mkdir(at('own'));
    await writeFile(at('own', 'a.png'), image());
    await symlink(at('own'), at('alias'));
    for (const out of ['own', 'own/../own', 'alias']) {
      const { code, err } = await predicted('own', out);
      expect(code).toBe(1);
      expect(err).toContain('--out is the folder of the images');
    }
    expect(readFileSync(at('own', 'a.png'))).toEqual(Buffer.from(image()));
  });

  test('a single image is not replaced by its own mask', async () => {
    const { code, err } = await predicted('own/a.png', 'own');
    expect(code).toBe(1);
    expect(err).toContain(`'own/a.png' is one of the images; a mask would replace it. Give another --out.`);
    expect(readFileSync(at('own', 'a.png'))).toEqual(Buffer.from(image()));
  });

  test('files that it did not make stay; its own it makes anew', async () => {
    await mkdir(at('mine'));
    await writeFile(at('mine', 'a.png'), 'mine');
    const { code, err } = await predicted('own', 'mine');
    expect(code).toBe(1);
    expect(err).toContain('exists already, in a folder that predict did not make (it has no objects.csv).');
    expect(readFileSync(at('mine', 'a.png'), 'utf8')).toBe('mine');
    expect((await predicted('own', 'again')).code).toBe(0);
    expect((await predicted('own', 'again')).code).toBe(0);
  });

  test('twins and a name like an overlay keep their endings; sub-folders are mirrored; hidden files are passed over', async () => {
    const gif = readFileSync(at('own', 'a.png'));
    await mkdir(at('many', 'deep', 'deeper'), { recursive: true });
    for (const name of [
      'a.png',
      'a.jpg',
      'b.png',
      'b-overlay.png',
      'deep/a.png',
      'deep/deeper/c.png',
      '._a.png',
      '.x.png',
    ])
      await writeFile(at('many', name), gif); // what a file is shows in its bytes, not its name
    const { code, err } = await predicted('many', 'many/out', '--overlay');
    expect(err).toBe('');
    expect(code).toBe(0);
    const overlay = (...names: string[]) => names.flatMap((name) => [`${name}.png`, `${name}-overlay.png`]);
    const expected = overlay('a.jpg', 'a.png', 'b-overlay.png', 'b.png', 'deep/a', 'deep/deeper/c');
    expect(await filesOf('many/out')).toEqual([...expected, 'objects.csv', 'prediction.json'].sort());
    // Again, with the results inside the folder of the images.
    expect((await predicted('many', 'many/out', '--overlay')).code).toBe(0);
    expect(await filesOf('many/out')).toEqual([...expected, 'objects.csv', 'prediction.json'].sort());
  });

  test('odd entries are a line of the table each, and the rest is done', async () => {
    await mkdir(at('odd', 'folder.png'), { recursive: true });
    await writeFile(at('odd', 'good.png'), image());
    await writeFile(at('odd', 'cut.png'), image().slice(0, 60));
    await writeFile(at('odd', 'empty.tif'), '');
    await symlink(at('nowhere.png'), at('odd', 'lost.png'));
    await writeFile(at('odd', '=1+1.png'), image().slice(0, 40));
    const { code, err } = await predicted('odd', 'odd-out');
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(5);
    expect(await filesOf('odd-out')).toEqual(['good.png', 'objects.csv', 'prediction.json']);
    const rows = table('odd-out');
    expect(rows.find((row) => row.startsWith('folder,'))).toContain('is a folder, named like an image');
    expect(rows.find((row) => row.startsWith('lost,'))).toContain('is no file that can be read');
    expect(rows.find((row) => row.startsWith('cut,'))).toContain('cut.png');
    expect(rows.find((row) => row.startsWith('empty,'))).toContain('empty.tif');
    expect(rows.some((row) => row.startsWith("'=1+1,"))).toBe(true);
  });

  test('an image of other channels than the network’s is an error that says both', async () => {
    await mkdir(at('colour'));
    const { encodePng, toRgb } = await import('@segscape/report');
    const { readImage } = await import('@segscape/data');
    await writeFile(at('colour', 'a.png'), encodePng(toRgb(await readImage(at('own', 'a.png')))));
    const { code, err } = await predicted('colour', 'colour-out');
    expect(code).toBe(1);
    expect(err).toContain(
      "predict: 'a.png': the image has 3 channels, the network was trained on images of 1.",
    );
    // Each by its name, but no thousands.
    for (let i = 0; i < 12; i++)
      await writeFile(at('colour', `b-${i}.png`), readFileSync(at('colour', 'a.png')));
    const lines = (await predicted('colour', 'colour-out')).err.trim().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[1]).toContain("predict: 'b-0.png': ");
    expect(lines[10]).toBe('predict: 3 more images could not be segmented; objects.csv says why.');
  });

  test('intensities of another range than in training are told of, once for each type', async () => {
    await mkdir(at('deep'));
    for (const [i, name] of ['a.tif', 'b.tif'].entries()) {
      const data = Uint16Array.from({ length: 32 * 32 }, (_, at) => 16 * (at % (200 + i)));
      await writeFile(at('deep', name), encodeTiff({ data, height: 32, width: 32, channels: 1 }, 16));
    }
    await writeFile(at('deep', 'c.png'), image());
    const said =
      'Note: 2 images (a.tif, …) hold uint16 intensities, and the network was trained on uint8: uint16 is divided by 65535, uint8 is divided by 255, so they may look much darker or brighter to it.';
    expect((await segscape(folder, 'export', 'run', '--onnx', 'net.onnx')).code).toBe(0);
    for (const model of ['run', 'net.onnx']) {
      const { code, err } = await segscape(folder, 'predict', model, 'deep', '--out', `deep-${model}`);
      expect(code).toBe(0);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).toContain(said);
    }
    // By each image's own figures the range does not matter.
    const own = ['--normalize', 'zscore', '--out', 'deep-zscore'];
    expect((await segscape(folder, 'predict', 'net.onnx', 'deep', ...own)).err).toBe('');
  });

  test('a class called as what is written beside masks loses no picture', async () => {
    expect((await segscape(folder, 'export', 'run', '--onnx', 'named.onnx')).code).toBe(0);
    const named = (out: string, ...more: string[]) =>
      segscape(
        folder,
        ...['predict', 'named.onnx', 'own', '--classes', 'ground,Overlay', '--out', out, ...more],
      );
    const both = await named('both', '--overlay', '--probabilities');
    expect(both.code).toBe(1);
    expect(both.err).toContain(
      "predict: 'a-Overlay.png' would be both the overlay and the probabilities of 'Overlay'. Ask for one of them, and for the other by another predict with another --out.",
    );
    expect(existsSync(at('both'))).toBe(false);
    expect((await named('one', '--probabilities')).code).toBe(0);
    expect(await filesOf('one')).toEqual(['a-Overlay.png', 'a.png', 'objects.csv', 'prediction.json']);
  });

  test('what an earlier predict drew beside a mask is told of until it is made anew', async () => {
    const all = ['--overlay', '--probabilities', '--instances'];
    expect((await predicted('own', 'later', ...all)).err).toBe('');
    const record = () => JSON.parse(readFileSync(at('later', 'prediction.json'), 'utf8'));
    const beside = ['a-instances.tif', 'a-overlay.png', 'a-foreground.png'];
    expect(record().images[0]).toMatchObject({
      instances: beside[0],
      overlay: beside[1],
      probabilities: { foreground: beside[2] },
    });
    expect(record().postprocessing).toMatchObject([{ step: 'splitTouching', connectivity: 1 }]);
    for (let time = 0; time < 2; time++) {
      expect((await predicted('own', 'later')).err).toContain(
        'Note: 3 files of an earlier predict (a-instances.tif, …) stay in later;',
      );
      expect(record().earlier).toEqual(beside);
    }
    expect(record().postprocessing).toEqual([{ step: 'connectedComponents', connectivity: 1 }]);
    expect((await predicted('own', 'later', ...all)).err).toBe('');
    expect(record()).not.toHaveProperty('earlier');
    // An image that cannot be read any more has its old mask still.
    await mkdir(at('torn'));
    await writeFile(at('torn', 'a.png'), image().slice(0, 60));
    expect((await predicted('torn', 'later', ...all)).err).toContain('Note: 4 files of an earlier predict');
  });

  test('a run that has no weights yet says how it goes on', async () => {
    await cp(at('run'), at('begun'), { recursive: true });
    for (const path of await readdir(at('begun'), { recursive: true }))
      if (/report\.json$|best\.safetensors$/.test(path)) await rm(at('begun', path));
    for (const args of [
      ['predict', 'begun', 'own', '--out', 'never'],
      ['export', 'begun', '--onnx', 'never.onnx'],
    ]) {
      const { code, err } = await segscape(folder, ...args);
      expect(code).toBe(1);
      expect(err).toContain(
        'the run is unfinished, and dice (seed 1) has left no weights yet. Go on with it: segscape run --resume --out FOLDER',
      );
    }
  });

  test('it says by which network, and why that one', async () => {
    const { out } = await predicted('own', 'why');
    expect(out).toContain(
      'by the network trained with dice, seed 1, epoch 1, the best on the validation images.',
    );
  });
});
