import { poly } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const ln = Math.log;
/** Two pixels, p = (1/4, 3/4) and (1/2, 1/2). */
const logits = tensor([0, ln(3), 0, 0], [1, 2, 2]);
const labels = tensor([[1, 0]], [1, 2], 'int32');

test('poly adds epsilon·(1 - p)', () =>
  expect(poly({ epsilon: 2, reduction: 'none' })(labels, logits)).toBeAllclose([
    [ln(4 / 3) + 0.5, ln(2) + 1],
  ]));
