import { expectTensors } from '@segscape/testing';
import { type FitOptions, fit, type StepLoss, sgd } from '@segscape/train';
import { add, log, mean, neg, softmax, sum, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

let passes = 0;

/** Adds its bias to the images, and makes a softmax of it or does not. */
const model = (ending: 'softmax' | 'none'): FitOptions['model'] => ({
  isTrainable: () => true,
  init: () => ({ bias: zeros([3]) }),
  forward(params, images, { training }) {
    if (!training) passes++;
    const scores = add(images, params.bias!);
    return { logits: ending === 'softmax' ? softmax(scores) : scores, updates: {} };
  },
});

const ofPixels = (...pixels: number[][]) =>
  async function* () {
    yield { images: tensor([pixels]), labels: zeros([1, pixels.length]) };
  };

const crossEntropy: StepLoss = (_labels: unknown, probabilities: Tensor) =>
  neg(mean(log(add(sum(probabilities, -1), 1))));
const told = (options: object): StepLoss =>
  Object.assign((_: unknown, probabilities: Tensor) => neg(mean(log(add(probabilities, 1)))), { options });

const options = (ending: 'softmax' | 'none', more: Partial<FitOptions> = {}): FitOptions => ({
  model: model(ending),
  loss: crossEntropy,
  optimizer: sgd({ learningRate: 0.1 }),
  data: ofPixels([1, 2, 3], [0, -4, 9]),
  epochs: 2,
  seed: 1,
  jit: { executor: 'eager' },
  ...more,
});

async function run(given: FitOptions): Promise<void> {
  for await (const _ of fit(given));
}

describe('the first batch', () => {
  test('probabilities where the loss takes logits are refused, and nothing is left behind', async () => {
    await expectTensors(0, async () => {
      await expect(run(options('softmax'))).rejects.toMatchObject({
        code: 'BAD_OPTION',
        message: expect.stringContaining(
          "crossEntropy takes logits. Make the loss with input: 'probabilities'",
        ),
        details: { option: 'input', expected: 'probabilities' },
      });
    });
  });

  test.each([
    { input: 'probabilities' },
    { terms: [{ loss: { kind: 'dice' }, weight: 1 }, { loss: { kind: 'focal', input: 'probabilities' } }] },
  ])('a loss that says so takes them: %o', async (given) => {
    await run(options('softmax', { loss: told(given) }));
  });

  test.each<[string, number[][]]>([
    [
      'one pixel of many that sums to something else',
      [
        [0.2, 0.3, 0.5],
        [0.2, 0.3, 0.4],
      ],
    ],
    ['shares below 0', [[-0.5, 1, 0.5]]],
    ['NaN', [[Number.NaN, 1, 0]]],
  ])('%s are logits', async (_, pixels) => {
    const given = options('none', { data: ofPixels(...pixels), loss: told({ input: 'logits' }) });
    const ended = run(given).then(
      () => 'trained',
      (error: { code: string }) => error.code,
    );
    expect(await ended).not.toBe('BAD_OPTION');
  });

  test('one output cannot tell', async () => {
    const single = async function* () {
      yield { images: tensor([[1], [1]]), labels: zeros([2]) };
    };
    const one: FitOptions['model'] = {
      ...model('none'),
      init: () => ({ bias: zeros([1]) }),
    };
    await run(options('none', { model: one, data: single }));
  });

  test('costs one forward pass, however long the training', async () => {
    passes = 0;
    await run(options('none', { epochs: 5 }));
    expect(passes).toBe(1);
  });

  test('a batch that comes a second time is told of its end', async () => {
    const images = tensor([[[1, 2, 3]]]);
    const again = async function* () {
      yield { images, labels: zeros([1, 1]), ids: ['a'] };
    };
    const message =
      "fit: 'images' of a batch of data (samples a) has been disposed. Batches are disposed after use";
    await expectTensors(-1, () => expect(run(options('none', { data: again }))).rejects.toThrow(message));
    const kept = tensor([[[1, 2, 3]]]);
    const copies = async function* () {
      yield { images: kept.clone(), labels: zeros([1, 1]) };
    };
    await run(options('none', { data: copies, validation: { test: copies } }));
    expect(kept.isDisposed).toBe(false);
    kept.dispose();
  });
});
