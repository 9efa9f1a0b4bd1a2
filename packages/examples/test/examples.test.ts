import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { memoryStorage } from '@segscape/runs';
import { runStudy, studyRegistry, withKinds } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import {
  cast,
  oneHot,
  squeeze,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { fitted } from '../src/layers-fit.js';
import { compiled, trained } from '../src/layers-focal.js';
import { surfaceOf } from '../src/layers-landscape.js';
import { squaresKind } from '../src/own-data.js';
import { exported, makeStep } from '../src/own-function-jit.js';
import { areaErrorKind } from '../src/own-measure.js';
import { flatNetKind } from '../src/own-model.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/segscape-examples-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The segscape command as it is built. */
const segscape = (...args: string[]) =>
  promisify(execFile)(process.execPath, [here('../../segscape/dist/cli.js'), ...args], {
    cwd: here('../src'),
  });

const values = (t: Tensor) => Array.from(t.dataSync());

test('a loss of one’s own is compared with built-in ones from the command line', async () => {
  await segscape('run', 'own-loss.yaml', '--out', `${folder}/run`);
  const { scores } = JSON.parse(readFileSync(`${folder}/run/report.json`, 'utf8')) as {
    scores: { loss: string }[];
  };
  expect(scores.map(({ loss }) => loss).sort()).toEqual(['Cubes', 'crossEntropy', 'dice']);
  expect(readFileSync(`${folder}/run/report.html`, 'utf8')).toContain('Cubes');
  await expect(
    segscape('run', 'own-loss.yaml', '--losses', 'powerEror', '--out', `${folder}/not`),
  ).rejects.toThrow("Did you mean 'powerError'?");
});

test('data, a network and a measure of one’s own make a study together', async () => {
  const registry = withKinds(studyRegistry, [squaresKind, flatNetKind, areaErrorKind]);
  const storage = memoryStorage();
  const config = {
    data: { kind: 'squares', count: 6, size: 16, split: { test: 1 / 3 } },
    model: { kind: 'flatNet', channels: 4 },
    losses: ['dice'],
    measures: [{ kind: 'areaError', of: 'square' }],
    training: { epochs: 1, batchSize: 2 },
    landscape: { resolution: 3, samples: 2 },
  };
  for await (const _ of runStudy(config, { storage, registry }));
  const { scores } = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as {
    scores: { images: Record<string, number>[] }[];
  };
  expect(scores[0]!.images).toHaveLength(2);
  for (const image of scores[0]!.images) expect(image.areaError).toBeGreaterThanOrEqual(-100);
});

test.each(['eager', 'onnxruntime'] as const)(
  'the landscape of a LayersModel classifier, %s, has its own loss in the middle',
  async (executor) => {
    const model = sequential();
    const kernelInitializer = initializers.glorotUniform({ seed: 1 });
    model.add(layers.flatten({ inputShape: [2, 2, 1] }));
    model.add(layers.dense({ units: 2, activation: 'softmax', kernelInitializer }));
    model.compile({ optimizer: train.sgd(0.1), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const batch = {
      images: tensor([1, 0, 0, 1, 0, 1, 1, 0], [2, 2, 2, 1]),
      labels: tensor([1, 0, 0, 1], [2, 2]) as Tensor2D,
    };
    const weights = model.getWeights().map(values);
    const { values: found } = await expectTensors(0, () =>
      surfaceOf(model, [batch], { points: 3, jit: { executor } }),
    );
    expect(model.getWeights().map(values)).toEqual(weights);
    const probabilities = tidy(() => values(model.predict(batch.images) as Tensor));
    expect(found.loss![4]).toBeCloseTo(-(Math.log(probabilities[0]!) + Math.log(probabilities[3]!)) / 2, 5);
    expect(new Set(found.loss).size).toBe(9);
    expect([0, 0.5, 1]).toContain(found.acc![4]);
  },
);

test('a LayersModel with batch normalisation is trained by fit, and has the weights afterwards', async () => {
  const model = sequential();
  const kernelInitializer = initializers.glorotUniform({ seed: 1 });
  model.add(
    layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, padding: 'same', kernelInitializer }),
  );
  model.add(layers.batchNormalization());
  model.add(layers.conv2d({ filters: 2, kernelSize: 1, kernelInitializer }));
  const pattern = Array.from({ length: 64 }, (_, i) => Number(i % 8 < 4));
  async function* data() {
    yield { images: tensor(pattern, [1, 8, 8, 1]), labels: tensor(pattern, [1, 8, 8], 'int32') };
  }
  const before = model.getWeights().map(values);
  expect(await fitted(model, data, 40)).toBeLessThan(0.2);
  const after = model.getWeights().map(values);
  // Four weights are trained, the convolutions', two of batch normalisation, and its two statistics move.
  expect(after.filter((weight, i) => weight.some((v, k) => v !== before[i]![k]))).toHaveLength(8);
});

test('a LayersModel learns with the focal loss', async () => {
  const model = compiled(2);
  const images = tensor4d(
    Array.from({ length: 128 }, (_, i) => Number(i % 8 < 4)),
    [2, 8, 8, 1],
  );
  const labels = tidy(() => cast(oneHot(cast(squeeze(images, [3]), 'int32'), 2), 'float32') as Tensor4D);
  const losses = await trained(model, images, labels);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
});

test('a function of one’s own runs natively with its gradient, and as an ONNX file', async () => {
  const step = makeStep();
  const data = { x: tensor([-2, -1, 1, 2], [4, 1]), y: tensor([0, 0, 1, 1], [4, 1]) };
  const first = await step({ ...data, weights: tensor([0], [1, 1]), rate: 1 });
  expect(step.stats().executor).toBe('onnxruntime');
  expect(first.loss).toBeAllclose(Math.log(2));
  expect(first.gradient).toBeAllclose([[-0.75]]); // mean of (1/2 - y) · x
  const session = await InferenceSession.create(exported(first.weights, data.x));
  const { probability } = await session.run({ x: new OnnxTensor('float32', [3], [1, 1]) });
  expect(probability!.data[0]).toBeCloseTo(1 / (1 + Math.exp(-3 * 0.75)), 5);
  await step.dispose();
});

test('every example has at most 60 lines, and docs/extending.md tells of it', () => {
  const told = readFileSync(here('../../../docs/extending.md'), 'utf8');
  for (const file of readdirSync(here('../src'))) {
    expect(
      readFileSync(here(`../src/${file}`), 'utf8')
        .trimEnd()
        .split('\n').length,
      file,
    ).toBeLessThanOrEqual(60);
    expect(told).toContain(`packages/examples/src/${file}`);
  }
});
