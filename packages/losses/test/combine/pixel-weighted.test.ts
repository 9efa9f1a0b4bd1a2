import type { Raster } from '@segscape/core';
import { crossEntropy, dice, pixelWeighted, unetWeightMap } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

const rows = [
  [0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0],
  [0, 1, 0, 1, 0],
];
const mask: Raster = { data: Uint8Array.from(rows.flat()), height: 3, width: 5, channels: 1 };
const labels = tensor([rows], [1, 3, 5], 'int32');
const logits = randomLogits([1, 3, 5, 2], 1);

describe('pixelWeighted', () => {
  test('is the mean of weight times loss, prepared or not', () => {
    const loss = pixelWeighted(crossEntropy(), unetWeightMap());
    const { weights } = loss.prepare?.(mask) ?? {};
    const prepared = tensor(weights?.data as Float32Array, [1, 3, 5, 1]);
    const map = crossEntropy().map(labels, logits).dataSync();
    const expected = total(Array.from(map, (value, at) => (value * weights!.data[at]!) / 15));
    expect(loss(labels, logits)).toBeAllclose(expected);
    expect(loss({ labels, weights: prepared }, logits)).toBeAllclose(expected);
  });

  test('refuses a loss without a value per pixel', () => {
    expect(() => pixelWeighted(dice(), unetWeightMap())).toThrow(
      "pixelWeighted: loss (='dice') must be a pixel-wise loss, such as crossEntropy or focal.",
    );
  });
});
