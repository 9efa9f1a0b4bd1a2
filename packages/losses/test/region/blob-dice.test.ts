import type { Raster } from '@segscape/core';
import { blobDice } from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { concat, mul, reshape, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

describe('blobDice', () => {
  const labels = tensor([[[1, 0, 1, 1, 0, 0]]], [1, 1, 6], 'int32');
  const given = (...p: number[]) => tensor(p, [1, 1, 6, 1]);

  test('by hand: an object of 1 and one of 2, each without the other, beside 0.25 in the background', () => {
    const loss = blobDice({ activation: 'none', smooth: 0 });
    const [first, second] = [1 - (2 * 0.5) / (0.5 + 0.25 + 1), 1 - (2 * 1.5) / (1.5 + 0.25 + 2)];
    expect(loss(reshape(labels, [1, 1, 6, 1]), given(0.5, 0.25, 1, 0.5, 0, 0))).toBeAllclose(
      (first + second) / 2,
    );
  });

  test('images without an object are left out of the mean; with none at all it is 0', () => {
    const loss = blobDice({ activation: 'none', smooth: 0 });
    const truth = tensor([1, 0, 0, 0], [2, 1, 2, 1]);
    const p = tensor([0.5, 0, 0.3, 0.3], [2, 1, 2, 1]);
    expect(loss(truth, p)).toBeAllclose(1 - 1 / 1.5);
    expect(loss(mul(truth, 0), p)).toBeAllclose(0);
  });

  test('ignored pixels count nowhere', () => {
    const loss = blobDice({ ignoreIndex: 255 });
    const [truth, logits] = [tensor([1, 0, 1, 1, 0, 0], [1, 1, 6], 'int32'), randomLogits([1, 1, 6, 2], 1)];
    const more = concat([truth, tensor([255, 255], [1, 1, 2], 'int32')], 2);
    expect(loss(more, concat([logits, randomLogits([1, 1, 2, 2], 2)], 2))).toBeAllclose(loss(truth, logits));
  });

  test('what prepare gives is what plain labels give, for several classes and volumes', async () => {
    const loss = blobDice({ classes: [2, 1], connectivity: 2 });
    const shape = [1, 3, 4, 5];
    const truth = randomLabels(shape, 3, 3);
    const logits = randomLogits([...shape, 3], 4);
    const volume: Raster = {
      data: truth.dataSync() as Int32Array,
      depth: 3,
      height: 4,
      width: 5,
      channels: 1,
    };
    const { objects } = loss.prepare?.(volume) ?? {};
    expect(objects).toMatchObject({ depth: 3, channels: 2 });
    const prepared = tensor(objects?.data as Float32Array, [...shape, 2]);
    const own = await expectTensors(1, () => loss(truth, logits));
    expect(loss({ labels: truth, objects: prepared }, logits)).toBeAllclose(own);
  });

  test('more objects than allowed are refused', () => {
    expect(errorOf(() => blobDice({ maxObjects: 1 })(labels, randomLogits([1, 1, 6, 2], 1))).message).toBe(
      'blobDice: maxObjects (=1) must be at least the 2 objects of a class that one mask has.',
    );
  });
});
