import * as losses from '@segscape/losses';
import { grad, sigmoid, softmax, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

const kinds = Object.keys(losses.lossSchemas).filter(
  (kind) => 'input' in (losses.lossSchemas[kind]?.properties ?? {}),
);
const probabilities = { input: 'probabilities' } as const;

describe('losses of probabilities are those of the logits', () => {
  test('every loss but the combinators takes them', () => {
    expect(kinds.length).toBe(Object.keys(losses.lossSchemas).length - 2);
  });

  test.each(kinds)('%s of a softmax, value and gradient', (kind) => {
    const labels = randomLabels([2, 6, 5], 3, 1);
    const logits = randomLogits([2, 6, 5, 3], 2);
    const activation = kind === 'binaryCrossEntropy' ? sigmoid : (x: Tensor) => softmax(x);
    const classes = ['boundary', 'blobDice', 'skeletonRecall'].includes(kind) ? { classes: [1, 2] } : {};
    const [plain, given] = [
      losses.lossFromConfig({ kind, ...classes }),
      losses.lossFromConfig({ kind, ...classes, ...probabilities }),
    ];
    expect(given(labels, activation(logits))).toBeAllclose(plain(labels, logits), { abs: 1e-5, rel: 1e-4 });
    const slope = (f: (x: Tensor) => Tensor) => grad((x: Tensor) => sum(f(x)))(logits);
    expect(slope((x) => given(labels, activation(x)))).toBeAllclose(
      slope((x) => plain(labels, x)),
      { abs: 1e-5, rel: 1e-3 },
    );
  });

  test('of one class', () => {
    const [labels, logits] = [randomLabels([2, 6, 5], 2, 1), randomLogits([2, 6, 5, 1], 2)];
    for (const kind of ['crossEntropy', 'focal', 'dice', 'lovasz']) {
      const [plain, given] = [{ kind }, { kind, ...probabilities }].map((config) =>
        losses.lossFromConfig(config),
      );
      expect(given?.(labels, sigmoid(logits))).toBeAllclose(plain!(labels, logits), { abs: 1e-5 });
    }
  });
});

test('0 and 1 are as Keras has them: 1e-7 and 1 - 1e-7', () => {
  const [labels, certain] = [tensor([[1]], [1, 1], 'int32'), tensor([1, 0], [1, 1, 2])];
  expect(losses.crossEntropy(probabilities)(labels, certain)).toBeAllclose(-Math.log(1e-7));
});

test('an activation that makes no probabilities is refused', () => {
  const loss = losses.dice({ ...probabilities, activation: 'tanh' });
  const error = errorOf(() => loss(randomLabels([1, 2], 2, 1), randomLogits([1, 2, 2], 1)));
  expect(error.message).toBe(
    "dice: activation (='tanh') must be 'softmax', 'sigmoid' or left out beside input: 'probabilities', which it has made.",
  );
});
