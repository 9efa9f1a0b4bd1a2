import { hausdorff } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

const rows = [
  [0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0],
  [0, 1, 0, 1, 0],
];
const labels = tensor([rows], [1, 3, 5], 'int32');
const logits = randomLogits([1, 3, 5, 2], 1);

test('hausdorff of a perfect mask is 0, and its distances weigh the errors', () => {
  const perfect = tensor(
    rows.flat().flatMap((value) => (value ? [-60, 60] : [60, -60])),
    [1, 3, 5, 2],
  );
  expect(hausdorff()(labels, perfect)).toBeAllclose(0);
  expect(hausdorff()(labels, logits).dataSync()[0]).toBeGreaterThan(0);
});
