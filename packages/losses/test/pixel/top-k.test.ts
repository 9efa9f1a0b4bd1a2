import { topK } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const ln = Math.log;
/** Two pixels, p = (1/4, 3/4) and (1/2, 1/2). */
const logits = tensor([0, ln(3), 0, 0], [1, 2, 2]);
const labels = tensor([[1, 0]], [1, 2], 'int32');

describe('topK', () => {
  test('half of two pixels is the worse one', () => {
    expect(topK({ k: 50 })(labels, logits)).toBeAllclose(ln(2));
    expect(topK({ k: 50, reduction: 'none' })(labels, logits)).toBeAllclose([[0, ln(2)]]);
  });

  test('at least one pixel counts, and k is checked', () => {
    expect(topK({ k: 1 })(labels, logits)).toBeAllclose(ln(2));
    expect(() => topK({ k: 0 })).toThrow('topK: k (=0) must be in (0, 100], in percent.');
  });
});
