import { add, oneHot, train } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { everyLoss, randomLabels, randomLogits } from './every-loss.js';

test.each(Object.entries(everyLoss))('a LayersModel trains with %s', async (_, loss) => {
  const model = sequential({
    layers: [layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [6, 6, 3], kernelInitializer: 'zeros' })],
  });
  model.compile({ optimizer: train.adam(0.05), loss });
  const labels = oneHot(randomLabels([4, 6, 6], 3, 2) as never, 3);
  // Images that show the classes through noise: there is something to learn.
  const images = add(randomLogits([4, 6, 6, 3], 1, 0.3), labels);
  const { history } = await model.fit(images, labels, { epochs: 12, verbose: 0, shuffle: false });
  const curve = history.loss as number[];
  expect(curve.every(Number.isFinite)).toBe(true);
  expect(curve.at(-1)).toBeLessThan(curve[0] as number);
  model.dispose();
});
