import type { PlainTensor } from '@segscape/core';
import { crossEntropy, dice, weightedSum } from '@segscape/losses';
import { type Model, unet } from '@segscape/models';
import { adam, fit, followImage, sgd, trainStep } from '@segscape/train';
import { dispose } from '@tensorflow/tfjs-core';
import { type HostCase, many, type Outcome, type TensorCase, type Tensors } from '../case.js';
import { given, integers, toTensor, uniforms } from '../inputs.js';
import { modelInputs, modelWeights, paramsOf } from '../models/inputs.js';

const images = 8;
const batchSize = 2;
const size = 16;

/** Noise with a brighter square, whose pixels are class 1. */
function sample(index: number) {
  const noise = uniforms(`image ${index}`, [1, size, size, 1], 0, 0.5);
  const { data: corner } = integers(`corner ${index}`, [2], 0, size - 6);
  const inside = Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size) - corner[0]!, (i % size) - corner[1]!];
    return Number(y >= 0 && y < 6 && x >= 0 && x < 6);
  });
  return { pixels: noise.data.map((value, i) => value + 0.5 * inside[i]!), labels: inside };
}

async function* batches(count = images) {
  for (let start = 0; start < count; start += batchSize) {
    const all = Array.from({ length: batchSize }, (_, i) => sample(start + i));
    yield {
      images: toTensor(
        given(
          all.flatMap(({ pixels }) => pixels),
          [batchSize, size, size, 1],
        ),
      ),
      labels: toTensor(
        given(
          all.flatMap(({ labels }) => labels),
          [batchSize, size, size],
          'int32',
        ),
      ),
    };
  }
}

/** The model with weights that are exact in single precision. */
const fromHost = (model: Model): Model => ({
  ...model,
  init: () =>
    Object.fromEntries(
      Object.entries(modelWeights(model)).map(([name, value]) => [
        name.replace('param ', ''),
        toTensor(value),
      ]),
    ),
});

const outcomes = (tensors: Readonly<Record<string, PlainTensor>>): Record<string, Outcome> =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data, shape }]) => [name, { data, shape }]));

const networks = {
  'no norm': unet({ classes: 2, baseChannels: 4, depth: 2 }),
  'norm=batch dropout=0.2': unet({ classes: 2, baseChannels: 4, depth: 2, norm: 'batch', dropout: 0.2 }),
};

/** Losses of all steps, of the evaluations, and the final parameters of one epoch with Adam. */
function epochCase(title: keyof typeof networks): HostCase {
  const model = fromHost(networks[title]);
  return {
    name: `train/one epoch of a U-Net, adam, ${title}`,
    inputs: () => ({}),
    async measure(_, { jit }) {
      const losses: number[] = [];
      const evaluated: number[] = [];
      const events = fit({
        model,
        loss: weightedSum([
          [crossEntropy(), 1],
          [dice(), 1],
        ]),
        optimizer: adam({ learningRate: 1e-3 }),
        data: () => batches(),
        validation: { test: () => batches(4) },
        epochs: 1,
        seed: 5,
        checkpoints: [],
        jit,
      });
      for await (const event of events) {
        if (event.type === 'batch') losses.push(event.loss);
        if (event.type === 'epoch') evaluated.push(event.measures.test!.loss!);
        if (event.type === 'done')
          return {
            'loss of each step': many(losses),
            'loss on test': many(evaluated),
            ...outcomes(event.result.state.params),
          };
      }
      throw new Error('the training gave no result');
    },
  };
}

const stepModel = networks['norm=batch dropout=0.2'];

const oneStep: TensorCase = {
  name: 'train/trainStep, sgd, norm=batch dropout=0.2',
  inputs: () => ({ ...modelInputs(stepModel, [12, 12]), seed: given([4321], []) }),
  compute: ({ images: pixels, labels, seed, ...weights }) => {
    const params = paramsOf(weights);
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const trainable = Object.fromEntries(
      Object.entries(params).filter(([name]) => stepModel.isTrainable(name)),
    );
    const step = trainStep({
      model: stepModel,
      loss: ({ labels: truth }, logits) => crossEntropy()(truth, logits),
      optimizer,
    });
    const { loss, ...next } = step({
      params,
      optimizer: optimizer.init(trainable),
      images: pixels!,
      labels: { labels: labels! },
      seed: seed!,
    });
    return { loss, ...next.params, ...(next.optimizer as Tensors) };
  },
};

const follow: HostCase = {
  name: 'train/followImage, 4 iterations',
  inputs: () => modelInputs(networks['no norm'], [12, 12], 2, 1),
  async measure({ images: pixels, labels, ...weights }, { jit }) {
    const params = paramsOf(weights);
    const optimizer = adam({ learningRate: 1e-3 });
    const state = { params, optimizer: optimizer.init(params) };
    const loss = crossEntropy();
    const events = followImage({
      step: trainStep({
        model: networks['no norm'],
        loss: ({ labels: truth }, logits) => loss(truth, logits),
        optimizer,
      }),
      state,
      sample: { images: pixels!, labels: { labels: labels! } },
      iterations: 4,
      every: 2,
      jit,
    });
    try {
      const losses: number[] = [];
      for await (const event of events) {
        if (event.type === 'state' && event.iteration > 0) losses.push(event.loss);
        if (event.type === 'done') return { losses: many(losses), ...outcomes(event.result.state.params) };
      }
      throw new Error('followImage gave no result');
    } finally {
      dispose(state.optimizer);
    }
  },
};

/** Steps, an epoch and the single-image experiment of `@segscape/train`. */
export const trainingCases = [oneStep, follow, epochCase('no norm'), epochCase('norm=batch dropout=0.2')];
