import { binaryCrossEntropy } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const ln = Math.log;
/** Two pixels, p = (1/4, 3/4) and (1/2, 1/2). */
const logits = tensor([0, ln(3), 0, 0], [1, 2, 2]);
const labels = tensor([[1, 0]], [1, 2], 'int32');

describe('binaryCrossEntropy', () => {
  const single = tensor([ln(3), 0], [1, 2, 1]);

  test('the mean of ln 4/3 and ln 2, the first three times with posWeight 3', () => {
    expect(binaryCrossEntropy()(labels, single)).toBeAllclose((ln(4 / 3) + ln(2)) / 2);
    expect(binaryCrossEntropy({ posWeight: 3 })(labels, single)).toBeAllclose((3 * ln(4 / 3) + ln(2)) / 2);
  });

  test('the mean runs over pixels that count and classes', () => {
    const half = tensor([[1, 9]], [1, 2], 'int32');
    expect(binaryCrossEntropy({ ignoreIndex: 9 })(half, logits)).toBeAllclose((ln(2) + ln(4 / 3)) / 2);
  });

  test('several classes each for themselves: none is [batch, …space, classes], map their mean', () => {
    const loss = binaryCrossEntropy({ reduction: 'none' });
    expect(loss(labels, logits)).toBeAllclose([
      [
        [ln(2), ln(4 / 3)],
        [ln(2), ln(2)],
      ],
    ]);
    expect(loss.map(labels, logits)).toBeAllclose([[(ln(2) + ln(4 / 3)) / 2, ln(2)]]);
  });
});
