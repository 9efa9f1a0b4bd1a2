import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { beforeAll, describe, expect, test } from 'vitest';
import { disc, discFolder, segscape, workFolder } from './cli.js';

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const network = 'unet:baseChannels=2:depth=2';

beforeAll(async () => {
  for (const name of ['truth', 'images']) mkdirSync(at(name));
  for (let i = 0; i < 3; i++) {
    writeFileSync(at('truth', `c${i}.png`), disc(32, 32, 12 + i, 255, 0));
    writeFileSync(at('images', `c${i}.png`), disc(32, 32, 12 + i, 200, 60));
  }
  await discFolder(at('cells'), 6, 32);
  writeFileSync(
    at('study.yaml'),
    `
data: { kind: folder, images: ${at('cells/images')}, masks: ${at('cells/masks')}, split: { test: 2 } }
model: { kind: unet, baseChannels: 2, depth: 2 }
losses: [dice]
training: { epochs: 1, select: last }
landscape: { enabled: false }
report: { samples: 1 }
`,
  );
  expect((await segscape(folder, 'run', 'study.yaml', '--out', 'run')).code).toBe(0);
  expect((await segscape(folder, 'export', 'run', '--onnx', 'net.onnx')).code).toBe(0);
});

/** The weights of the run's only training. */
const weights = () => {
  const kept = at('run', 'checkpoints', 'dice', 'seed-1');
  return join(kept, readdirSync(kept).find((name) => name.startsWith('latest'))!);
};
const judged = (out: string, ...args: string[]) =>
  segscape(folder, 'judge', '--truth', 'truth', '--images', 'images', '--out', out, ...args);
const factsOf = (out: string) => JSON.parse(readFileSync(at(out, 'report.json'), 'utf8'));

describe('segscape judge --model', () => {
  test('a run, its ONNX file and its weights are one network: equal scores, equal surfaces', async () => {
    const { code, err } = await judged(
      'all',
      ...['--model', 'run', 'Onnx=net.onnx', `Weights=${weights()}`],
      ...['--network', network, '--normalize', 'scale', '--surfaces', '5', '--losses', 'ce,boundary'],
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    const { losses, scores, surfaces } = factsOf('all');
    expect(losses).toEqual(['run dice', 'Onnx', 'Weights']);
    for (const one of scores.slice(1)) expect(one.images).toEqual(scores[0].images);
    expect(surfaces.map(({ loss }: { loss: string }) => loss)).toEqual(losses);
    const read = async (name: string) =>
      decodeSurface(new Uint8Array(readFileSync(at('all', 'landscapes', `${name}.h5`))));
    const drawn = await Promise.all(surfaces.map(({ name }: { name: string }) => read(name)));
    for (const { values } of drawn) {
      expect(Object.keys(values)).toEqual(['ce', 'boundary']);
      // The network itself is the same; random directions go by the names of weights, and ONNX has its own.
      expect(values.ce[12]).toBeCloseTo(drawn[0].values.ce[12], 5);
    }
    expect(drawn[2].values).toEqual(drawn[0].values);
    expect(new Set(drawn[0].values.ce).size).toBe(25);
    const words = readFileSync(at('all', 'report.html'), 'utf8').replace(
      /<(script|style)[\s\S]*?<\/\1>/g,
      '',
    );
    expect(words).toContain('The network of run dice, evaluated with ce:');
    expect(words).toContain('All networks side by side');
    expect(words).not.toContain('Moment of training</label>');
  });

  test('surfaces are left out where nobody wants them', async () => {
    expect((await judged('flat', '--model', 'net.onnx', '--surfaces', '0')).code).toBe(0);
    expect(factsOf('flat').losses).toEqual(['net']);
    expect(factsOf('flat').surfaces).toEqual([]);
  });

  test.each([
    [
      'weights without their network',
      () => [weights(), '--normalize', 'scale'],
      'holds weights alone. Say of which network',
    ],
    ['weights without a scale', () => [weights(), '--network', network], "Give normalize: 'scale'"],
    [
      'weights of another network',
      () => [weights(), '--network', 'unet:baseChannels=4:depth=2', '--normalize', 'scale'],
      'are not the weights of this network',
    ],
    [
      'an unknown network',
      () => [weights(), '--network', 'unett', '--normalize', 'scale'],
      "Did you mean 'unet'?",
    ],
    [
      'a network for an ONNX file',
      () => ['net.onnx', '--network', network],
      'judge: --network is for files of weights alone, and --model has none. Leave it out.',
    ],
    ['two of one name', () => ['a=net.onnx', 'a=run'], "two sets of masks are called 'a'"],
    ['a loss that there is not', () => ['net.onnx', '--losses', 'dicee'], "Did you mean 'dice'?"],
    [
      'weights of classes by a word',
      () => ['net.onnx', '--losses', 'ce:classWeights=inverse'],
      'Give them in numbers',
    ],
    ['a grid of one point', () => ['net.onnx', '--surfaces', '1'], 'from 2 to 501'],
  ] as const)('%s', async (_, given, words) => {
    const { code, err } = await judged('never', '--model', ...given());
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(existsSync(at('never'))).toBe(false);
  });
});
