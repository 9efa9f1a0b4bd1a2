import type { Raster } from '@segscape/core';
import {
  binaryCrossEntropy,
  crossEntropy,
  dice,
  pixelWeighted,
  regionSizeWeights,
  unetWeightMap,
} from '@segscape/losses';
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

  test.each([255, -1])('weighs pixels that one-hot labels ignore as indices do, %d', (ignoreIndex) => {
    const classes = rows.flat().map((value, i) => (i % 4 === 2 ? ignoreIndex : value));
    const indices = tensor(classes, [1, 3, 5], 'int32');
    const shares = classes.flatMap((c) => (c === ignoreIndex ? [c, c] : [Number(c === 0), Number(c === 1)]));
    const oneHot = tensor(shares, [1, 3, 5, 2]);
    for (const weights of [unetWeightMap({ classWeights: 'balanced' }), regionSizeWeights()]) {
      const loss = pixelWeighted(crossEntropy(), weights, { ignoreIndex });
      expect(loss(oneHot, logits)).toBeAllclose(loss(indices, logits));
    }
  });

  test('takes the larger of two classes of soft labels, also where one logit has a share alone', () => {
    const loss = pixelWeighted(binaryCrossEntropy({ reduction: 'sum' }), unetWeightMap());
    const shares = rows.flat().map((value) => (value === 1 ? 0.8 : 0.4));
    const one = randomLogits([1, 3, 5, 1], 2);
    const soft = tensor(shares, [1, 3, 5, 1]);
    const { weights } = loss.prepare?.(mask) ?? {};
    const prepared = tensor(weights?.data as Float32Array, [1, 3, 5]);
    expect(loss(soft, one)).toBeAllclose(loss({ labels: soft, weights: prepared }, one));
  });

  test('refuses a loss without a value per pixel', () => {
    expect(() => pixelWeighted(dice(), unetWeightMap())).toThrow(
      "pixelWeighted: loss (='dice') must be a pixel-wise loss, such as crossEntropy or focal.",
    );
  });

  test('refuses weights of another size, what is no loss, and what makes no weights', () => {
    const loss = pixelWeighted(crossEntropy(), unetWeightMap());
    expect(() => loss({ labels, weights: tensor([1, 2]) }, logits)).toThrow(
      "pixelWeighted: expected weights [1, 3, 5], got [2]. Batch what the loss's own prepare(mask) gives.",
    );
    expect(() => pixelWeighted(null as never, unetWeightMap())).toThrow(
      'pixelWeighted: loss (=null) must be a pixel-wise loss, such as crossEntropy or focal.',
    );
    expect(() => pixelWeighted(crossEntropy(), null as never)).toThrow(
      'pixelWeighted: weightMap (=null) must be a function, as unetWeightMap() makes one.',
    );
  });

  test('refuses to prepare what is no mask, by its own name', () => {
    const { prepare } = pixelWeighted(crossEntropy(), unetWeightMap());
    expect(() => prepare?.([[0, 1]] as never)).toThrow(
      'pixelWeighted: mask (=[[0,1]]) must be a raster { data, height, width, channels }.',
    );
    expect(() => prepare?.({ data: new Uint8Array(12), height: 2, width: 2, channels: 3 })).toThrow(
      'pixelWeighted: expected a mask of 1 channel, got 3. Take one channel first.',
    );
    expect(() => prepare?.({ data: new Uint8Array(3), height: 2, width: 2, channels: 1 })).toThrow(
      'pixelWeighted: a raster of [2, 2, 1] needs 4 values, got 3.',
    );
  });
});
