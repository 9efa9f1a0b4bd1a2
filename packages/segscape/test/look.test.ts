import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodePng } from '@segscape/report';
import { parseStudyConfig } from '@segscape/study';
import { sharedFolder } from '@segscape/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { disc, discFolder, segscape, workFolder } from './cli.js';
import { niftiFile } from './nifti-file.js';

const folder = workFolder();
const shared = sharedFolder('data');
const jpegs = `${shared}/kvasir-seg-mini`;

beforeAll(async () => {
  await discFolder(join(folder, 'cells'), 6);
  mkdirSync(join(folder, 'beside'));
  for (let i = 0; i < 3; i++) {
    writeFileSync(join(folder, 'beside', `a${i}.png`), disc(32, 40, 12 + i, 200, 60));
    writeFileSync(join(folder, 'beside', `a${i}_mask.png`), disc(32, 40, 12 + i, 255, 0));
  }
  mkdirSync(join(folder, 'nothing'));
});

describe('segscape data', () => {
  test('prints what was found, what is odd, and which losses suit it', async () => {
    const { code, out, err } = await segscape(folder, 'data', 'cells', '--sheet', 'sheet.png');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('6 images of 32 × 40 to 36 × 40 pixels, 1 channel (Uint8)');
    expect(out).toMatch(/foreground │ \d+(\.\d+)? % +│ 0 +│ 1 /);
    expect(out).toContain('! 6 images are few');
    expect(out).toContain('Dice + CE: The common ground');
    expect(out).toContain(`images: ${join(folder, 'cells', 'images')}`);
    expect([...readFileSync(join(folder, 'sheet.png')).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  });

  test('of one image, none with foreground: no plural, no shape of nothing', async () => {
    mkdirSync(join(folder, 'single', 'images'), { recursive: true });
    mkdirSync(join(folder, 'single', 'masks'));
    writeFileSync(join(folder, 'single', 'images', 'a.png'), disc(32, 40, 12, 200, 60));
    writeFileSync(join(folder, 'single', 'masks', 'a.png'), disc(32, 40, 12, 0, 0));
    const { out } = await segscape(folder, 'data', 'single');
    expect(out).toContain('1 image of 32 × 40 pixels, 1 channel');
    expect(out).toContain('1 image cannot be split into training and test: add more.');
    expect(out).not.toContain('/  /');
  });

  test('writes over nothing, and speaks JSON when asked', async () => {
    writeFileSync(join(folder, 'mine.png'), 'mine');
    const refused = await segscape(folder, 'data', 'cells', '--sheet', 'mine.png');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      "data: 'mine.png' cannot be written: it exists already. Choose another --sheet.",
    );
    expect(readFileSync(join(folder, 'mine.png'), 'utf8')).toBe('mine');
    const { out } = await segscape(folder, 'data', 'beside', '--json');
    expect(JSON.parse(out)).toMatchObject({
      config: { kind: 'folder', layout: 'suffix', pair: '{name}_mask' },
      statistics: { length: 3 },
      examination: { images: 3 },
    });
  });

  test('says what it looked for where there is nothing', async () => {
    const { code, err } = await segscape(folder, 'data', 'nothing');
    expect(code).toBe(1);
    expect(err).toContain("'nothing' has no images with masks that could be told by their names. Looked for");
    expect((await segscape(folder, 'data', 'nowhere')).err).toContain("'nowhere' is no folder.");
  });

  test.skipIf(shared === undefined)(
    'tells that the labels of ISBI 2012 lie above their membranes',
    async () => {
      const { out } = await segscape(folder, 'data', `${shared}/isbi2012-em`, '--data', 'isbi-2012');
      expect(out).toContain(
        '! The masks lie 0.63 pixels above and 0.14 to the left of the edges in their images',
      );
      expect(out).toContain('data.maskOffset moves the images there (here [-0.63, -0.14];');
    },
  );

  test.skipIf(shared === undefined)('takes JPEG masks by their threshold', async () => {
    const { code, out } = await segscape(folder, 'data', jpegs, '--scale', '0.2');
    expect(code).toBe(0);
    expect(out).toContain('maskThreshold: 127');
  });
});

describe('segscape init', () => {
  test('writes a study.yaml that runs, and leaves one that is there', async () => {
    const made = await segscape(folder, 'init', 'cells');
    expect(made.err).toBe('');
    expect(made.code).toBe(0);
    const text = readFileSync(join(folder, 'study.yaml'), 'utf8');
    const config = parseStudyConfig(text);
    expect(config.data).toMatchObject({ kind: 'folder', images: join(folder, 'cells', 'images') });
    expect(config.losses.map(({ label }) => label)).toEqual(['Dice + CE', 'CE']);
    expect(config.training.budget).toEqual({ minutes: 20 });
    const again = await segscape(folder, 'init', 'cells');
    expect(again.code).toBe(1);
    expect(again.err).toContain(
      "init: 'study.yaml' exists already and is left as it is. Choose another with --out.",
    );
    expect(readFileSync(join(folder, 'study.yaml'), 'utf8')).toBe(text);
  });

  test('large images with thin objects come in crops, and volumes with a network of volumes', async () => {
    const lines = join(folder, 'lines');
    for (const part of ['images', 'masks']) mkdirSync(join(lines, part), { recursive: true });
    const form = { height: 400, width: 500, channels: 1 };
    for (const [i, name] of ['a', 'b'].entries()) {
      const data = Uint8Array.from({ length: 200_000 }, (_, p) => (p + i) % 251);
      writeFileSync(join(lines, 'images', `${name}.png`), encodePng({ ...form, data }));
      const line = Uint8Array.from({ length: 200_000 }, (_, p) => (p % 500 > 240 && p % 500 < 244 ? 255 : 0));
      writeFileSync(join(lines, 'masks', `${name}.png`), encodePng({ ...form, data: line }));
    }
    expect((await segscape(folder, 'init', 'lines', '--out', 'lines.yaml')).code).toBe(0);
    const text = readFileSync(join(folder, 'lines.yaml'), 'utf8');
    expect(text).toMatch(
      /# Scaled down to 65536 pixels, foreground would be 2\.3 pixels wide: crops keep it/,
    );
    expect(parseStudyConfig(text).data).toMatchObject({ crop: [256, 256], foreground: 0.33 });
    expect(text).not.toContain('maxPixels');

    const volumes = join(folder, 'volumes');
    for (const part of ['images', 'masks']) mkdirSync(join(volumes, part), { recursive: true });
    for (const name of ['a', 'b']) {
      const data = Uint8Array.from({ length: 20 * 120 * 100 }, (_, p) =>
        Number(p % 100 > 40 && p % 100 < 70),
      );
      writeFileSync(join(volumes, 'images', `${name}.nii.gz`), gzipSync(niftiFile(data, [20, 120, 100])));
      writeFileSync(join(volumes, 'masks', `${name}.nii.gz`), gzipSync(niftiFile(data, [20, 120, 100])));
    }
    expect((await segscape(folder, 'init', 'volumes', '--out', 'volumes.yaml')).err).toBe('');
    const { data, model } = parseStudyConfig(readFileSync(join(folder, 'volumes.yaml'), 'utf8'));
    expect(model.kind).toBe('unet3d');
    expect(data.crop).toEqual([16, 96, 96]);
  });
});

test('segscape doctor tells what this machine can do', async () => {
  const { code, out } = await segscape(folder, 'doctor');
  expect(code).toBe(0);
  for (const line of ['segscape', 'Node', 'processor', 'memory', 'native', 'TensorFlow.js'])
    expect(out).toContain(line);
  expect(out).toMatch(/Ready: segscape run|It runs, but training would be many times slower/);
});

test('--minutes settles the length of the trainings and says what they take', async () => {
  const run = await segscape(
    folder,
    'run',
    '--preset',
    'quick',
    '--images',
    'cells/images',
    '--masks',
    'cells/masks',
    '--losses',
    'dice',
    '--minutes',
    '0.05',
    '--out',
    'short',
  );
  expect(run.code).toBe(0);
  expect(run.out).toMatch(
    /1 training of \d+ steps? \(\d+ epochs?\), [\d.]+ ms each: about \d+ s and \d+ MB in all\./,
  );
  const { epochs } = JSON.parse(readFileSync(join(folder, 'short', 'plan.json'), 'utf8'));
  expect(epochs).toBeGreaterThanOrEqual(1);
  const both = await segscape(folder, 'run', '--minutes', '1', '--epochs', '2');
  expect(both.err).toContain('run: --minutes and --epochs both say how long to train. Give one of them.');
});
