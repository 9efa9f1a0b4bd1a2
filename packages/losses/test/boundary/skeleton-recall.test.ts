import type { Raster } from '@segscape/core';
import { skeletonRecall } from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { reshape, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

describe('skeletonRecall', () => {
  const bar = [
    [0, 0, 0, 0, 0, 0, 0],
    [0, 1, 1, 1, 1, 1, 0],
    [0, 1, 1, 1, 1, 1, 0],
    [0, 1, 1, 1, 1, 1, 0],
    [0, 0, 0, 0, 0, 0, 0],
  ];
  const mask: Raster = { data: Uint8Array.from(bar.flat()), height: 5, width: 7, channels: 1 };
  const labels = tensor([bar], [1, 5, 7], 'int32');

  test('by hand: what is found of the middle line, and nothing else', () => {
    const { skeletons } = skeletonRecall({ tube: 0 }).prepare?.(mask) ?? {};
    const line = Array.from(skeletons?.data ?? []);
    const length = line.reduce((sum, on) => sum + on, 0);
    expect(length).toBeGreaterThanOrEqual(3);
    expect(line.every((on, i) => on === 0 || Math.floor(i / 7) === 2)).toBe(true);
    const loss = skeletonRecall({ tube: 0, activation: 'none', smooth: 0 });
    const first = line.indexOf(1);
    const found = tensor(
      line.map((_, i) => Number(i === first)),
      [1, 5, 7, 1],
    );
    expect(loss(reshape(labels, [1, 5, 7, 1]), found)).toBeAllclose(1 - 1 / length);
  });

  test('the tube stays inside its object', () => {
    const wide = skeletonRecall({ tube: 9 }).prepare?.(mask).skeletons;
    expect(Array.from(wide?.data ?? [])).toEqual(bar.flat());
  });

  test('what prepare gives is what plain labels give, for several classes and volumes', async () => {
    const loss = skeletonRecall({ classes: [2, 1], tube: 1 });
    const shape = [1, 3, 5, 6];
    const truth = randomLabels(shape, 3, 3);
    const logits = randomLogits([...shape, 3], 4);
    const volume: Raster = {
      data: truth.dataSync() as Int32Array,
      depth: 3,
      height: 5,
      width: 6,
      channels: 1,
    };
    const { skeletons } = loss.prepare?.(volume) ?? {};
    expect(skeletons).toMatchObject({ depth: 3, channels: 2 });
    const prepared = tensor(skeletons?.data as Float32Array, [...shape, 2]);
    const own = await expectTensors(1, () => loss(truth, logits));
    expect(loss({ labels: truth, skeletons: prepared }, logits)).toBeAllclose(own);
    expect(
      errorOf(() => skeletonRecall({ classes: [1] })({ labels: truth, skeletons: prepared }, logits)).message,
    ).toBe(
      'skeletonRecall: expected skeletons [1, 3, 5, 6, 1], got [1, 3, 5, 6, 2]. Give skeletonRecall the same classes when it prepares and when it is called.',
    );
  });
});
