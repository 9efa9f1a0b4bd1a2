import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
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
    expect(err).toContain('the image has 3 channels, the network was trained on images of 1.');
  });

  test('it says by which network, and why that one', async () => {
    const { out } = await predicted('own', 'why');
    expect(out).toContain(
      'by the network trained with dice, seed 1, epoch 1, the best on the validation images.',
    );
  });
});
