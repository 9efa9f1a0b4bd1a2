import type { Raster } from '@segscape/core';
import { boundary, dice, focal, pixelWeighted, unetWeightMap, weightedSum } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

const rows = [
  [0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0],
  [0, 1, 0, 1, 0],
];
const mask: Raster = { data: Uint8Array.from(rows.flat()), height: 3, width: 5, channels: 1 };
const labels = tensor([rows], [1, 3, 5], 'int32');
const logits = randomLogits([1, 3, 5, 2], 1);

describe('weightedSum', () => {
  test('prepares what its terms ask for, and hands it to them', () => {
    const loss = weightedSum([
      [boundary(), 0.1],
      [pixelWeighted(focal(), unetWeightMap()), 1],
    ]);
    const prepared = loss.prepare?.(mask) ?? {};
    expect(Object.keys(prepared).sort()).toEqual(['distances', 'weights']);
    const tensors = Object.fromEntries(
      Object.entries(prepared).map(([name, raster]) => [
        name,
        tensor(raster.data as Float32Array, [1, 3, 5, raster.channels]),
      ]),
    );
    expect(loss({ labels, ...tensors }, logits)).toBeAllclose(loss(labels, logits));
    expect(loss.pixelwise).toBe(true);
    expect(weightedSum([[dice(), 1]]).prepare).toBeUndefined();
  });
});
