import { isNative, jit } from '@segscape/jit';
import { type StepLabels, type StepLoss, sgd, type TrainableModel, trainStep } from '@segscape/train';
import {
  add,
  avgPool,
  cast,
  dispose,
  expandDims,
  mean,
  mul,
  scalar,
  square,
  sub,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { supervised, supervisionShares } from '../src/deep-supervision.js';

const half = (images: Tensor) => avgPool(images as Tensor4D, 2, 2, 'same');

/** Logits of one channel: the image times a factor, and the same at half and at a quarter of the size. */
const model: TrainableModel = {
  isTrainable: () => true,
  forward: ({ factor }, images, { training }) => ({
    logits: mul(images, factor!),
    ...(training && { auxiliary: [mul(half(images), factor!), mul(half(half(images)), factor!)] }),
    updates: {},
  }),
};
const loss: StepLoss = ({ labels }, logits) =>
  mean(square(sub(cast(expandDims(labels, -1), 'float32'), logits))) as Tensor;

const images = tensor(
  Array.from({ length: 16 }, (_, i) => i / 8),
  [1, 4, 4, 1],
);
const labels = tensor(
  Array.from({ length: 16 }, (_, i) => i),
  [1, 4, 4],
  'int32',
);

test('shares are 1, ½, ¼, … over their sum', () => {
  expect(supervisionShares(1)).toEqual([1]);
  expect(supervisionShares(3)).toEqual([4 / 7, 2 / 7, 1 / 7]);
});

test('weights of one’s own are divided by their sum, and must be one for each output', () => {
  expect(supervisionShares(3, [3, 1, 0])).toEqual([0.75, 0.25, 0]);
  expect(() => supervisionShares(3, [1, 1])).toThrow(
    "trainStep: supervision (=[1, 1]) must have one weight for each of the model's 3 outputs, the finest first.",
  );
});

test('an output of weight 0 is not computed with', () => {
  const seen: number[] = [];
  const counted: StepLoss = (_, logits) => {
    seen.push(logits.shape[1]!);
    return mean(logits);
  };
  const { logits, auxiliary } = model.forward({ factor: scalar(1) }, images, { training: true });
  const value = supervised(counted, { labels }, { logits, ...(auxiliary && { auxiliary }) }, [3, 1, 0]);
  expect(seen).toEqual([4, 2]);
  // Means of the image, 0.9375, and of its halves, which average it.
  expect(value).toBeAllclose(0.9375);
});

test('each output is compared with the nearest labels of its size', async () => {
  const seen: [number[], number[]][] = [];
  const told: StepLoss = ({ labels: own, weight }, logits) => {
    expect(weight!.shape).toEqual([]);
    seen.push([own.shape, Array.from(own.dataSync())]);
    return mean(logits);
  };
  const { logits, auxiliary } = model.forward({ factor: scalar(1) }, images, { training: true });
  supervised(told, { labels, weight: scalar(3) } as StepLabels, { logits, ...(auxiliary && { auxiliary }) });
  // Middles of 2 × 2 parts lie between pixels 1 and 2 of each half: the later one.
  expect(seen[1]).toEqual([
    [1, 2, 2],
    [5, 7, 13, 15],
  ]);
  expect(seen[2]).toEqual([[1, 1, 1], [10]]);
  expect(seen[0]![0]).toEqual([1, 4, 4]);
});

describe('in a training step', async () => {
  const step = trainStep({ model, loss, optimizer: sgd({ learningRate: 0.125 }) });
  const args = {
    params: { factor: scalar(0.5) },
    optimizer: {},
    images,
    labels: { labels },
    seed: scalar(0),
  };
  const state = () => sgd({ learningRate: 0.125 }).init(args.params);

  test('the loss is the weighted mean, and the gradient its own', async () => {
    const whole = (factor: number) =>
      tidy(() => {
        const outputs = [images, half(images), half(half(images))];
        const truths = [labels, tensor([5, 7, 13, 15], [1, 2, 2]), tensor([10], [1, 1, 1])];
        return outputs
          .map((output, i) =>
            mul(loss({ labels: truths[i]! }, mul(output, factor)), [4 / 7, 2 / 7, 1 / 7][i]!),
          )
          .reduce((sum, part) => add(sum, part))
          .dataSync()[0]!;
      });
    const next = step({ ...args, optimizer: state() });
    expect((await next.loss.data())[0]).toBeCloseTo(whole(0.5), 4);
    const slope = (whole(0.51) - whole(0.49)) / 0.02;
    expect((await next.params.factor!.data())[0]).toBeCloseTo(0.5 - 0.125 * slope, 2);
  });

  test('by weights of one’s own, here of the finest alone', async () => {
    const optimizer = sgd({ learningRate: 0.125 });
    const own = trainStep({ model, loss, optimizer, supervision: [1, 0, 0] });
    const alone: TrainableModel = {
      ...model,
      forward: (params, given) => model.forward(params, given, { training: false }),
    };
    const plain = trainStep({ model: alone, loss, optimizer });
    const [next, expected] = [own, plain].map((each) => each({ ...args, optimizer: state() }));
    expect(await next!.params.factor!.data()).toEqual(await expected!.params.factor!.data());
  });

  test.skipIf(!(await isNative()))('compiled, it gives the same', async () => {
    const [run, plain] = [jit(step, { executor: 'onnxruntime' }), step({ ...args, optimizer: state() })];
    const next = await run({ ...args, optimizer: state() });
    expect((await next.loss.data())[0]).toBeCloseTo((await plain.loss.data())[0]!, 4);
    expect((await next.params.factor!.data())[0]).toBeCloseTo((await plain.params.factor!.data())[0]!, 5);
    dispose([next.loss, plain.loss]);
    await run.dispose();
  });
});
