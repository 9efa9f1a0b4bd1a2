import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { beforeAll, expect, test } from 'vitest';
import { segscape, workFolder } from './cli.js';

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const side = 32;

const gray = (of: (y: number, x: number) => number) =>
  encodePng({
    data: Uint8Array.from({ length: side * side }, (_, i) => of(Math.floor(i / side), i % side)),
    height: side,
    width: side,
    channels: 1,
  });

/** A disc with a bright cup inside: pixels of the cup are of both classes. */
async function eyes(): Promise<void> {
  for (const part of ['images', 'masks', 'cups']) await mkdir(at('eyes', part), { recursive: true });
  for (let n = 0; n < 8; n++) {
    const [cy, cx] = [11 + (n % 4) * 3, 19 - (n % 3) * 3];
    const within = (y: number, x: number, r: number) => (y - cy) ** 2 + (x - cx) ** 2 < r * r;
    await writeFile(
      at('eyes', 'images', `${n}.png`),
      gray((y, x) => (within(y, x, 4) ? 240 : within(y, x, 9) ? 150 : 40)),
    );
    for (const [name, r] of [
      ['disc', 9],
      ['cup', 4],
    ] as const)
      await writeFile(
        at('eyes', 'masks', `${n}_${name}.png`),
        gray((y, x) => (within(y, x, r) ? 255 : 0)),
      );
    await writeFile(
      at('eyes', 'cups', `${n}.png`),
      gray((y, x) => (within(y, x, 4) ? 255 : 0)),
    );
  }
}

beforeAll(async () => {
  await eyes();
  writeFileSync(
    at('study.yaml'),
    `
data:
  kind: folder
  images: ${at('eyes/images')}
  masks: ${at('eyes/masks')}
  pair: { disc: '{name}_disc', cup: '{name}_cup' }
  overlapping: true
  split: { test: 2 }
model: { kind: unet, baseChannels: 4, depth: 2, norm: batch }
losses: [{ kind: dice }, { kind: binaryCrossEntropy }]
training: { epochs: 40, batchSize: 2, seeds: [1], learningRate: 0.02 }
landscape: { enabled: false }
report: { samples: 1 }
`,
  );
  const { code, err } = await segscape(folder, 'run', 'study.yaml', '--out', 'run');
  expect(err).toBe('');
  expect(code).toBe(0);
}, 240_000);

const pixels = async (...parts: string[]) => (await readImage(at(...parts))).data;

test('predict writes a mask for each of the classes that overlap, each with its objects', async () => {
  const { code, err } = await segscape(
    folder,
    ...['predict', 'run', 'eyes/images', '--out', 'new', '--overlay', '--probabilities', '--instances'],
  );
  expect(err).toBe('');
  expect(code).toBe(0);
  const suffixes = ['', '-instances.tif', '-overlay.png', '-probability.png'];
  const files = ['disc', 'cup'].flatMap((name) => suffixes.map((end) => `0-${name}${end || '.png'}`));
  expect((await readdir(at('new'))).filter((name) => name.startsWith('0-')).sort()).toEqual(files.sort());
  const [disc, cup] = [await pixels('new', '0-disc.png'), await pixels('new', '0-cup.png')];
  const truth = [await pixels('eyes/masks', '0_disc.png'), await pixels('eyes/masks', '0_cup.png')] as const;
  const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).filter((value, i) => value === b[i]).length / a.length;
  expect(same(disc, truth[0])).toBeGreaterThan(0.97);
  expect(same(cup, truth[1])).toBeGreaterThan(0.97);
  // The cup is of both classes.
  expect(Array.from(cup).some((value, i) => value === 255 && disc[i] === 255)).toBe(true);

  const record = JSON.parse(readFileSync(at('new/prediction.json'), 'utf8'));
  expect(record).toMatchObject({
    classes: ['disc', 'cup'],
    overlapping: true,
    maskValues: { disc: 255, cup: 255 },
    decision: { threshold: expect.any(Number) },
  });
  expect(record.images[0]).toMatchObject({
    masks: { disc: '0-disc.png', cup: '0-cup.png' },
    instances: { disc: '0-disc-instances.tif', cup: '0-cup-instances.tif' },
  });
  const lines = readFileSync(at('new/objects.csv'), 'utf8').trim().split('\n').slice(1);
  const own = lines.filter((line) => line.startsWith('0,')).map((line) => line.split(','));
  expect(new Set(own.map((cells) => cells[2]))).toEqual(new Set(['disc', 'cup']));
  expect(own.map((cells) => Number(cells[1]))).toEqual(own.map((_, i) => i + 1));
});

test('its ONNX file does the same', async () => {
  expect((await segscape(folder, 'export', 'run', '--onnx', 'eyes.onnx')).err).toBe('');
  const { code, err } = await segscape(folder, 'predict', 'eyes.onnx', 'eyes/images', '--out', 'by-onnx');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect((await readdir(at('by-onnx'))).filter((name) => name.startsWith('0-'))).toEqual([
    '0-cup.png',
    '0-disc.png',
  ]);
});

test('judge takes one class of the run, and says so where none is named', async () => {
  const judged = (...more: string[]) =>
    segscape(
      folder,
      ...['judge', '--truth', 'eyes/cups', '--images', 'eyes/images', '--model', 'run', '--out', 'judged'],
      ...more,
    );
  const unnamed = await judged();
  expect(unnamed.code).toBe(1);
  expect(unnamed.err).toContain(
    '--class was not given. Name one of disc, cup, with --truth of that class alone',
  );
  expect((await judged('--class', 'cub')).err).toContain("--class was 'cub'");
  const { code, err, out } = await judged('--class', 'cup');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toContain('dice');
});

test('its numbers go to CSV and to MLflow, and nothing is overwritten', async () => {
  const { code, err, out } = await segscape(
    folder,
    'export',
    'run',
    '--csv',
    'numbers',
    '--mlflow',
    'mlruns',
  );
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toContain('2 trainings written');
  expect(readFileSync(at('numbers/scores.csv'), 'utf8').split('\n')[0]).toBe('loss,seed,image,measure,value');
  expect((await segscape(folder, 'export', 'run', '--csv', 'numbers')).err).toContain(
    'there is a scores.csv already',
  );
  expect((await segscape(folder, 'export', 'run', '--mlflow', 'mlruns')).out).toContain(
    '0 trainings written, 2 were there already',
  );
});
