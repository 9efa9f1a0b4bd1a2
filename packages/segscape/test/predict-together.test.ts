import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeLabels } from '../src/predict/label-tiff.js';
import { discFolder, segscape, workFolder } from './cli.js';

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);

/** Two discs that touch, and a speck. */
function touching(): Uint8Array {
  const data = Uint8Array.from({ length: 32 * 48 }, (_, i) => {
    const [y, x] = [Math.floor(i / 48), i % 48];
    const disc = (cy: number, cx: number, r: number) => (y - cy) ** 2 + (x - cx) ** 2 < r * r;
    return disc(16, 12, 8) || disc(16, 27, 8) || disc(5, 43, 2) ? 200 : 60;
  });
  return encodePng({ data, height: 32, width: 48, channels: 1 });
}

beforeAll(async () => {
  await discFolder(at('cells'), 8, 32);
  const config = `
data: { kind: folder, images: ${at('cells/images')}, masks: ${at('cells/masks')}, split: { validation: 2, test: 2 } }
model: { kind: unet, baseChannels: 4, depth: 2, norm: batch }
losses: [crossEntropy, dice]
training: { epochs: 30, batchSize: 2, seeds: [1, 2], learningRate: 0.01 }
landscape: { enabled: false }
report: { samples: 1 }
`;
  writeFileSync(at('study.yaml'), config);
  await mkdir(at('new'));
  await writeFile(at('new', 'a.png'), touching());
  const { code, err } = await segscape(folder, 'run', 'study.yaml', '--out', 'run');
  expect(err).toBe('');
  expect(code).toBe(0);
}, 240_000);

const predicted = (out: string, ...more: string[]) =>
  segscape(folder, 'predict', 'run', 'new', '--out', out, ...more);
const recordOf = (out: string) => JSON.parse(readFileSync(at(out, 'prediction.json'), 'utf8'));
const objectsIn = (out: string) => readFileSync(at(out, 'objects.csv'), 'utf8').trim().split('\n').length - 1;

describe('segscape predict, several networks, one mask', () => {
  test('averages networks and orientations, and says so beside the masks; in a pipe nothing but the end is told', async () => {
    const { code, out, err } = await predicted('together', '--ensemble', 'all', '--tta');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(out).toContain(
      'by 4 networks averaged (crossEntropy, seed 1; crossEntropy, seed 2; dice, seed 1;',
    );
    const { model, decision, images, maskValues, classes } = recordOf('together');
    expect(model).toMatchObject({ run: 'run', ensemble: 'all', orientations: 8, tileWeights: 'gaussian' });
    expect(model.networks).toHaveLength(4);
    expect(classes).toEqual(['background', 'foreground']);
    expect(maskValues).toEqual({ background: 0, foreground: 255 });
    expect(decision.chosenBy).toBe('mean Dice on the validation images');
    expect(decision.threshold).toBeGreaterThan(0);
    expect(images).toEqual([{ image: 'a.png', mask: 'a.png', objects: objectsIn('together') }]);
    expect(readFileSync(at('together', 'prediction.json'), 'utf8')).not.toContain(folder);
  });

  test('tells touching objects apart: a label image, a row each, small ones left out', async () => {
    await predicted('pieces', '--loss', 'dice', '--remove-small', '30');
    await predicted('apart', '--loss', 'dice', '--remove-small', '30', '--fill-holes', '--instances');
    expect(objectsIn('pieces')).toBe(1);
    expect(objectsIn('apart')).toBe(2);
    expect((await readdir(at('apart'))).sort()).toEqual([
      'a-instances.tif',
      'a.png',
      'objects.csv',
      'prediction.json',
    ]);
    const labels = await readImage(at('apart', 'a-instances.tif'));
    expect(labels.data).toBeInstanceOf(Uint16Array);
    expect([...new Set(labels.data)].sort()).toEqual([0, 1, 2]);
    const mask = await readImage(at('apart', 'a.png'));
    labels.data.forEach((label, i) => {
      expect(mask.data[i]).toBe(label > 0 ? 255 : 0);
    });
    expect(labels.data[16 * 48 + 12]).not.toBe(labels.data[16 * 48 + 27]);
    expect(recordOf('apart').postprocessing).toEqual([
      { step: 'fillHoles' },
      { step: 'splitTouching', preset: 'touching', closing: 0, threshold: 0.5, connectivity: 1 },
      { step: 'removeSmall', area: 30, unit: 'µm² where the image has a spacing, else pixels' },
    ]);
    await predicted('one', '--loss', 'dice', '--instances', 'isbi', '--largest');
    expect(objectsIn('one')).toBe(1);
    expect(recordOf('one').postprocessing).toMatchObject([{ preset: 'isbi' }, { step: 'largestObject' }]);
  });

  test('a threshold of one’s own', async () => {
    await predicted('low', '--loss', 'dice', '--threshold', '0.01');
    await predicted('high', '--loss', 'dice', '--threshold', '0.999');
    const area = async (out: string) =>
      Array.from((await readImage(at(out, 'a.png'))).data).filter((v) => v > 0).length;
    expect(await area('low')).toBeGreaterThan(await area('high'));
    expect(recordOf('low').decision).toEqual({
      rule: 'foreground where its probability is above the threshold',
      threshold: 0.01,
      chosenBy: 'the caller',
    });
  });

  test('what is misspelt is said with what is meant', async () => {
    const preset = await predicted('never', '--instances', 'isbii');
    expect(preset.code).toBe(1);
    expect(preset.err).toContain("--instances (='isbii') must be one of 'components', 'touching', 'isbi'.");
    const list = await predicted('never', '--ensemble', 'dise');
    expect(list.err).toContain("'dise' is neither a loss nor a seed of the run. Did you mean 'dice'?");
    const threshold = await predicted('never', '--threshold', '1.5');
    expect(threshold.err).toContain('threshold (=1.5) must be a probability in (0, 1).');
  });
});

describe('segscape predict with an ONNX file', () => {
  test('gives what the run gives that it was exported from; its metadata say how', async () => {
    expect((await segscape(folder, 'export', 'run', '--onnx', 'net.onnx', '--loss', 'dice')).code).toBe(0);
    const { code, out, err } = await segscape(folder, 'predict', 'net.onnx', 'new', '--out', 'foreign');
    expect(err).toBe('');
    expect(code).toBe(0);
    const own = await predicted('own', '--loss', 'dice');
    const rule =
      / A pixel is foreground where its probability is above 0\.\d+, chosen by mean Dice on the validation images\.$/m;
    expect(out).toContain('by net.onnx. A pixel is ');
    expect(rule.exec(out)?.[0]).toBe(rule.exec(own.out)![0]);
    expect(readFileSync(at('foreign', 'a.png'))).toEqual(readFileSync(at('own', 'a.png')));
    expect(recordOf('foreign').decision).toEqual(recordOf('own').decision);
    expect(recordOf('foreign').model).toEqual({
      onnx: 'net.onnx',
      activation: 'softmax',
      preprocessing: { normalize: 'scale' },
      orientations: 1,
      tileWeights: 'gaussian',
    });
  });

  test('options of the one are refused for the other', async () => {
    const seed = await segscape(folder, 'predict', 'net.onnx', 'new', '--out', 'never', '--seed', '1');
    expect(seed.code).toBe(1);
    expect(seed.err).toContain(
      "predict: --seed is for run folders; 'net.onnx' is such a file. Leave it out.",
    );
    const normalize = await predicted('never', '--normalize', 'zscore');
    expect(normalize.err).toContain('predict: --normalize is for files of a model;');
    const how = await segscape(
      folder,
      'predict',
      'net.onnx',
      'new',
      '--out',
      'never',
      '--normalize',
      'zscor',
    );
    expect(how.err).toContain("predict: --normalize 'zscor' is not known. Did you mean 'zscore'?");
  });
});

test('a label image holds 16 bits, no more', async () => {
  const data = Int32Array.of(0, 1, 65_535, 300, 2, 0);
  const read = await readImage(encodeLabels({ data, height: 2, width: 3, channels: 1 }));
  expect([read.height, read.width, read.channels]).toEqual([2, 3, 1]);
  expect([...read.data]).toEqual([...data]);
  data[0] = 65_536;
  expect(() => encodeLabels({ data, height: 2, width: 3, channels: 1 })).toThrow(
    'predict: an image has 65536 objects; a label image of 16 bits can number 65535. Leave out the small ones with --remove-small.',
  );
});
