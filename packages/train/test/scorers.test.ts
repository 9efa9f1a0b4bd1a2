import { type FitOptions, fit, type Measures, sgd } from '@segscape/train';
import { mean, square, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

/** Scores as `@segscape/metrics` gives them: an interface without index signature, lists per class, means, a matrix. */
interface Scores {
  readonly classes: readonly string[];
  readonly images: number;
  readonly iou: readonly number[];
  readonly mean: { readonly iou: number };
  readonly confusionMatrix: readonly (readonly number[])[];
}

interface Metrics {
  readonly classes: readonly string[];
  update(
    labels: Tensor | readonly number[],
    scores: Tensor | readonly number[],
    ids?: readonly string[],
  ): Promise<void>;
  compute(options?: { readonly over?: 'pixels' | 'images' }): Scores;
}

const segmentationMetrics = ({ classes }: { classes: readonly string[] }): Metrics => ({
  classes,
  update: async () => {},
  compute: () => ({
    classes,
    images: 2,
    iou: [0.9, 0.5],
    mean: { iou: 0.7 },
    confusionMatrix: [
      [1, 2],
      [3, 4],
    ],
  }),
});

const model: FitOptions['model'] = {
  isTrainable: () => true,
  init: () => ({ w: tensor([0]) }),
  forward: (params, images) => ({ logits: sub(params.w!, images), updates: {} }),
};

async function* data() {
  yield { images: tensor([[2]]), labels: tensor([[0]]) };
}

async function measuresWith(metrics: NonNullable<FitOptions['metrics']>): Promise<Measures> {
  let measures: Measures = {};
  const events = fit({
    model,
    loss: (_, logits) => mean(square(logits)),
    optimizer: sgd({ learningRate: 0.1 }),
    data,
    validation: { test: data },
    metrics,
    epochs: 0,
    seed: 1,
  });
  for await (const event of events) if (event.type === 'epoch') measures = event.measures;
  return measures;
}

test('scores of streaming metrics become numbers by name', async () => {
  const metrics = () => segmentationMetrics({ classes: ['background', 'disc'] });
  expect((await measuresWith(metrics)).test).toEqual({
    loss: 4,
    images: 2,
    'iou.background': 0.9,
    'iou.disc': 0.5,
    'iou.mean': 0.7,
  });
});

test('without names of classes lists are numbered, records nested; a flat record stays as it is', async () => {
  const scores = { height: 3, per: [1, 2, 3], of: { inner: { deep: 5 } }, note: 'no number', table: [[1]] };
  const metrics = () => ({ update: () => {}, compute: () => scores });
  expect((await measuresWith(metrics)).test).toEqual({
    loss: 4,
    height: 3,
    'per.0': 1,
    'per.1': 2,
    'per.2': 3,
    'of.inner.deep': 5,
  });
});
