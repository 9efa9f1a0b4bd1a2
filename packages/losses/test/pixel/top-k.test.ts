import { topK } from '@segscape/losses';
import { fill, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { shareOf } from '../../src/pixel/top-k.js';

const ln = Math.log;
/** Two pixels, p = (1/4, 3/4) and (1/2, 1/2). */
const logits = tensor([0, ln(3), 0, 0], [1, 2, 2]);
const labels = tensor([[1, 0]], [1, 2], 'int32');

describe('topK', () => {
  test.each([1, 10, 12.5, 33, 42, 53, 59, 99.5, 100])(
    'floor(%d %%) of every count of pixels, as it is in double precision',
    (k) => {
      const counts = Array.from({ length: 4000 }, (_, n) => (n < 3000 || k % 1 > 0 ? n : n * 997));
      const expected = counts.map((n) => Math.floor((n * k) / 100));
      expect([...shareOf(tensor1d(counts), k).dataSync()]).toEqual(expected);
    },
  );

  test('with nothing ignored, ignoreIndex changes nothing', () => {
    const many = tensor(
      Float32Array.from({ length: 200 }, (_, i) => Math.sin(i)),
      [1, 100, 2],
    );
    const ones = fill([1, 100], 1);
    for (const k of [53, 59])
      expect(topK({ k, ignoreIndex: 255 })(ones, many)).toBeAllclose(topK({ k })(ones, many));
  });

  test('half of two pixels is the worse one', () => {
    expect(topK({ k: 50 })(labels, logits)).toBeAllclose(ln(2));
    expect(topK({ k: 50, reduction: 'none' })(labels, logits)).toBeAllclose([[0, ln(2)]]);
  });

  test('at least one pixel counts, and k is checked', () => {
    expect(topK({ k: 1 })(labels, logits)).toBeAllclose(ln(2));
    expect(() => topK({ k: 0 })).toThrow('topK: k (=0) must be in (0, 100], in percent.');
  });
});
