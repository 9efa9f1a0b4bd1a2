import * as losses from '@segscape/losses';
import { gradientError, randomRuns } from '@segscape/testing';
import { clone, grad, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyLoss, randomLabels, randomLogits } from './every-loss.js';

/** Losses with kinks: order of errors, worst pixels, skeletons, regions of the prediction. */
const kinked = /lovasz|topK|clDice|hausdorff|reduced/;

describe('gradients agree with central differences over random shapes', () => {
  test.each(Object.entries(everyLoss))('%s', (name, loss) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (seed, batch, height, width) =>
          tidy(() => {
            const labels = randomLabels([batch, height, width], 3, seed);
            const logits = randomLogits([batch, height, width, 3], seed + 1);
            const step = kinked.test(name) ? 2e-3 : 1e-2;
            expect(gradientError((x) => sum(loss(labels, x)), logits, step)).toBeLessThan(
              kinked.test(name) ? 0.05 : 0.02,
            );
          }),
      ),
      { numRuns: randomRuns(kinked.test(name) ? 4 : 8), seed: 11 },
    );
  });

  test.each([
    losses.binaryCrossEntropy(),
    losses.focal(),
    losses.dice(),
    losses.mcc(),
    losses.lovasz(),
    losses.crossEntropy(),
    losses.unifiedFocal(),
  ])('$name with one class', (loss) => {
    const labels = randomLabels([2, 3, 3], 2, 21);
    const logits = randomLogits([2, 3, 3, 1], 22);
    expect(gradientError((x) => sum(loss(labels, x)), logits, 5e-3)).toBeLessThan(0.02);
  });
});

test('the detached focal gradient is (1 - p)^gamma times that of cross-entropy', () => {
  const labels = tensor([[1]], [1, 1], 'int32');
  const logits = tensor([0, Math.log(3)], [1, 1, 2]); // p = 3/4
  const slope = grad((x: Tensor) => losses.focal({ gradient: 'detached' })(labels, x))(logits);
  expect(slope).toBeAllclose([[[0.0625 * 0.25, -0.0625 * 0.25]]]);
});

describe('second derivatives by reverse over reverse agree with differences of gradients', () => {
  test.each([
    ['crossEntropy', losses.crossEntropy({ classWeights: [1, 2, 0.5] })],
    ['dice', losses.dice()],
    ['tversky', losses.tversky({ alpha: 0.3, beta: 0.7 })],
    ['generalizedDice', losses.generalizedDice()],
  ] as const)('%s', (_, loss) => {
    const labels = randomLabels([1, 3, 3], 3, 31);
    const x = randomLogits([1, 3, 3, 3], 32);
    const v = randomLogits([1, 3, 3, 3], 33, 1);
    const slope = grad((y: Tensor) => loss(labels, y));
    const exact = grad((y: Tensor) => sum(mul(slope(y), v)))(x).dataSync();
    const h = 1e-2;
    const moved = (sign: number) =>
      slope(
        tensor(
          x.dataSync().map((value, i) => value + sign * h * v.dataSync()[i]!),
          x.shape,
        ),
      ).dataSync();
    const [up, down] = [moved(1), moved(-1)];
    const numeric = up.map((value, i) => (value - down[i]!) / (2 * h));
    const scale = Math.max(...numeric.map(Math.abs));
    exact.forEach((value, i) => {
      expect(Math.abs(value - numeric[i]!) / scale).toBeLessThan(0.01);
    });
  });
});

describe('soft labels are best at p = t: the loss is 0 there, and so is its gradient', () => {
  const soft = tensor([0.2, 0.8, 0.5, 0.5, 0.9, 0.1, 0, 1, 0.7, 0.3, 0.35, 0.65], [1, 2, 3, 2]);
  const shared = { softLabels: true, activation: 'none', smooth: 1e-5 } as const;
  const best: readonly (readonly [string, losses.LossFn])[] = [
    ['dice', losses.dice(shared)],
    ['dice over the batch', losses.dice({ ...shared, batch: true })],
    ['dice log', losses.dice({ ...shared, logLoss: true })],
    ['dice squared', losses.dice({ ...shared, squared: true })],
    ['jaccard', losses.jaccard(shared)],
    ['logCoshDice', losses.logCoshDice(shared)],
    ['tversky', losses.tversky({ ...shared, smooth: 0, alpha: 0.3, beta: 0.7 })],
    ['generalizedDice', losses.generalizedDice(shared)],
  ];

  test.each(best)('%s', (_, loss) => {
    expect(loss(soft, soft)).toBeAllclose(0);
    const slope = grad((x: Tensor) => loss(soft, x))(clone(soft));
    expect(slope.dataSync()).toBeAllclose(new Float32Array(soft.size), { abs: 1e-6 });
    // Away from there it rises, whichever way.
    for (const sign of [-1, 1]) {
      const moved = soft.dataSync().map((p, i) => p + sign * (i % 2 === 0 ? 0.05 : -0.05));
      expect(loss(soft, tensor(moved, soft.shape)).dataSync()[0]).toBeGreaterThan(1e-4);
    }
  });

  test.each(best)('%s agrees with central differences away from the kink', (_, loss) => {
    const away = tensor(
      soft.dataSync().map((p, i) => p + (i % 3 === 0 ? 0.1 : -0.1)),
      soft.shape,
    );
    expect(gradientError((x) => loss(soft, x), away, 2e-3)).toBeLessThan(0.02);
  });

  test('so are the losses that need no option for it, where the logits are the logarithms of the labels', () => {
    const inner = tensor([0.2, 0.8, 0.5, 0.5, 0.9, 0.1], [1, 1, 3, 2]);
    const logits = tensor(inner.dataSync().map(Math.log), inner.shape);
    expect(losses.lovasz()(inner, logits)).toBeAllclose(0);
    const slope = grad((x: Tensor) => losses.crossEntropy()(inner, x))(logits);
    expect(slope.dataSync()).toBeAllclose([0, 0, 0, 0, 0, 0], { abs: 1e-6 });
  });

  test('second derivatives of soft overlap can be taken', () => {
    const labels = tensor([0.2, 0.8, 0.5, 0.5, 0.9, 0.1], [1, 1, 3, 2]);
    const x = randomLogits([1, 1, 3, 2], 3);
    const loss = losses.dice({ softLabels: true });
    const slope = grad((y: Tensor) => loss(labels, y));
    const exact = grad((y: Tensor) => sum(slope(y)))(x);
    expect(exact.dataSync().every(Number.isFinite)).toBe(true);
  });
});
