import { crossEntropy, dice, focal, weightedSum } from '@segscape/losses';
import { oneHot } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { randomLabels, randomLogits } from './every-loss.js';

test.each([
  ['focal', focal()],
  ['crossEntropy', crossEntropy({ classWeights: [1, 2, 3] })],
  [
    'Dice + focal',
    weightedSum([
      [dice(), 1],
      [focal(), 1],
    ]),
  ],
])('a LayersModel trains with %s', async (_, loss) => {
  const model = sequential({
    layers: [layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [4, 4, 3] })],
  });
  model.compile({ optimizer: 'adam', loss });
  const images = randomLogits([8, 4, 4, 3], 1);
  const labels = oneHot(randomLabels([8, 4, 4], 3, 2) as never, 3);
  const { history } = await model.fit(images, labels, { epochs: 8, verbose: 0, shuffle: false });
  const curve = history.loss as number[];
  expect(curve.at(-1)).toBeLessThan(curve[0] as number);
  model.dispose();
});
