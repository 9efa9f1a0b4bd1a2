import { segmentationMetrics } from '@segscape/metrics';
import { expectTensors } from '@segscape/testing';
import { dispose, softmax, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { agreement } from '../src/experiment/foreground-agreement.js';

/** Two rows of three pixels, three classes; the last pixel is void. */
const logits = () => tensor([3, 0, 0, 0, 2, 0, 0, 1, 3, 1, 1.5, 0, 0, 4, 1, 0, 9, 0], [1, 2, 3, 3]);
const labels = () => tensor([0, 1, 1, 1, 0, 255], [1, 2, 3], 'int32');

const numbers = async (
  given: ReturnType<typeof logits>,
  truth: ReturnType<typeof labels>,
  looked: Parameters<typeof agreement>[2],
) => {
  const { iou, confidence } = tidy(() => agreement(given, truth, looked));
  const found = [(await iou.data())[0]!, (await confidence.data())[0]!];
  dispose([iou, confidence]);
  return found;
};

test('is what segmentationMetrics says of the class, void left out', async () => {
  const [z, y] = [logits(), labels()];
  const [iou, confidence] = await expectTensors(0, () =>
    numbers(z, y, { label: 1, overlapping: false, ignoreIndex: 255 }),
  );
  const metrics = segmentationMetrics({ classes: 3, ignoreIndex: 255 });
  await metrics.update(y, z);
  const told = metrics.compute();
  // Predicted 1 at pixels 1, 3 and 4; true at 1, 2 and 3.
  expect(iou).toBeCloseTo(2 / 4, 6);
  const p = softmax(z);
  const all = await p.data();
  expect(confidence).toBeCloseTo((all[4]! + all[7]! + all[10]!) / 3, 6);
  expect(iou).toBeCloseTo(told.iou[1]!, 6);
  expect(confidence).toBeCloseTo(told.confidence[1]!, 6);
  dispose([z, y, p]);
});

test('of planes by the sigmoid at one half', async () => {
  const z = tensor([1, -1, 2, 3, -2, 0.5, -1, -1], [1, 2, 2, 2]);
  const y = tensor([1, 0, 0, 1, 0, 1, 255, 255], [1, 2, 2, 2], 'int32');
  const [iou, confidence] = await numbers(z, y, { label: 1, overlapping: true, ignoreIndex: 255 });
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  expect(iou).toBe(1);
  expect(confidence).toBeCloseTo((sigmoid(3) + sigmoid(0.5)) / 2, 6);
  dispose([z, y]);
});
