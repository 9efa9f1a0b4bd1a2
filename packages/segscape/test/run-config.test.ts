import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseStudyConfig, type StudyInput } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { lossesOf } from '../src/kind-lists.js';
import { configOf, grownBy } from '../src/run-config.js';

const configured = async (options: Parameters<typeof configOf>[1]) =>
  parseStudyConfig((await configOf(undefined, { preset: 'quick', ...options })).config);

describe('what the command line says of a study', () => {
  test('losses by their names and aliases, with options', async () => {
    const { losses } = await configured({ losses: 'ce,dice,focal:gamma=2:alpha=0.25,ce:classWeights=1/3' });
    expect(losses).toEqual([
      { kind: 'crossEntropy', label: 'ce' },
      { kind: 'dice', label: 'dice' },
      { kind: 'focal', gamma: 2, alpha: 0.25, label: 'focal:gamma=2:alpha=0.25' },
      { kind: 'crossEntropy', classWeights: [1, 3], label: 'ce:classWeights=1/3' },
    ]);
    expect(lossesOf('dice:batch=true,focal:activation=sigmoid')).toMatchObject([
      { batch: true },
      { activation: 'sigmoid' },
    ]);
  });

  test.each([
    ['dise', "loss 'dise' is not known. Did you mean 'dice'?"],
    ['focal:gamma', "run: --losses: 'gamma' of 'focal:gamma' must be option=value, as in focal:gamma=2."],
    ['focal:gama=2', 'gamma'],
    ['', 'loss'],
  ])('--losses %j is refused', async (losses, message) => {
    await expect(configured({ losses })).rejects.toThrow(message);
  });

  test('one network, or several with their options', async () => {
    expect((await configured({ models: 'basicUnet' })).model).toEqual({ kind: 'basicUnet' });
    const { model, models } = await configured({
      models: 'unet,unet:depth=5:baseChannels=8,deep=unet:depth=6',
    });
    expect(model).toEqual({ kind: 'unet' });
    expect(models).toEqual([
      { kind: 'unet', label: 'unet' },
      { kind: 'unet', depth: 5, baseChannels: 8, label: 'unet:depth=5:baseChannels=8' },
      { kind: 'unet', depth: 6, label: 'deep' },
    ]);
    await expect(configured({ models: 'unet,unett' })).rejects.toThrow("Did you mean 'unet'");
    await expect(configured({ models: 'unet:depth' })).rejects.toThrow(
      "run: --models: 'depth' of 'unet:depth' must be option=value, as in unet:depth=5.",
    );
  });

  test('networks are added to a run of several, each once, and to no other', async () => {
    const recorded = await configured({ models: 'unet,basicUnet' });
    const { models } = grownBy(recorded as StudyInput, { models: 'basicUnet,unet:depth=5' });
    expect(models).toEqual([...recorded.models!, { kind: 'unet', depth: 5, label: 'unet:depth=5' }]);
    expect(grownBy(recorded as StudyInput, { models: 'residualEncoderUnet' }).models).toHaveLength(3);
    const alone = await configured({});
    expect(() => grownBy(alone as StudyInput, { models: 'unet' })).toThrow('this one has a single one');
  });

  test('folds in place of a test part, and not beside lists of one', async () => {
    expect((await configured({ folds: 5 })).data.split).toEqual({ folds: 5 });
    await expect(configured({ folds: 5, split: 'split.json' })).rejects.toThrow(
      '--folds and --split both say',
    );
    await expect(configured({ folds: 1 })).rejects.toThrow('data.split.folds');
  });

  test('a word for the data, and what is said of them beside it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'segscape-config-')), 'study.yaml');
    await writeFile(file, 'data: phantom\nmodel: unet\n');
    expect((await configOf(file, { scale: 0.5 })).config.data).toEqual({ kind: 'phantom', scale: 0.5 });
    expect((await configOf(file, { data: 'rim-one' })).config.data).toEqual({ kind: 'rim-one' });
  });

  test('files are found from the config’s folder, else from the present one, and recorded absolute', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segscape-config-'));
    await mkdir(join(folder, 'cells'));
    const file = join(folder, 'study.yaml');
    // Of the present folder there are package.json and README.md.
    await writeFile(
      file,
      'data: { kind: folder, images: cells, masks: package.json, split: nowhere.json }\ntraining: { initialise: { weights: README.md } }\n',
    );
    const { data, training } = (await configOf(file, {})).config;
    expect(data).toEqual({
      kind: 'folder',
      images: join(folder, 'cells'),
      masks: resolve('package.json'),
      split: join(folder, 'nowhere.json'),
    });
    expect(training?.initialise?.weights).toBe(resolve('README.md'));
    await writeFile(file, 'data: { kind: folder, images: /images, masks: https://example.org/masks }\n');
    expect((await configOf(file, {})).config.data).toMatchObject({
      images: '/images',
      masks: 'https://example.org/masks',
    });
  });

  test('without data it has its own', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'segscape-config-')), 'study.yaml');
    await writeFile(file, 'losses: [dice]\n');
    const { config } = await configOf(file, {});
    expect(parseStudyConfig(config).data).toMatchObject({ kind: 'phantom' });
  });

  test('masks of colours, void values, layouts and channels', async () => {
    const { data } = await configured({
      images: 'cells',
      layout: 'suffix',
      pair: '{name}_seg',
      channels: 1,
      maskValues: '0,#ff0000',
      ignoreValues: '255,#00ff00',
    });
    expect(data).toMatchObject({
      kind: 'folder',
      layout: 'suffix',
      pair: '{name}_seg',
      channels: 1,
      maskValues: [0, '#ff0000'],
      ignoreValues: [255, '#00ff00'],
    });
    expect((await configured({ data: 'nnunet', root: 'set' })).data).toMatchObject({ kind: 'nnunet' });
    expect((await configured({ images: 'set', annotations: 'a.json' })).data).toMatchObject({ kind: 'coco' });
  });
});
