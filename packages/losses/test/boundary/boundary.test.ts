import type { Raster } from '@segscape/core';
import { boundary } from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
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

describe('boundary', () => {
  test('distances are positive outside and 1 - d inside', () => {
    const line: Raster = { data: Uint8Array.of(0, 0, 1, 1, 1, 0), height: 1, width: 6, channels: 1 };
    const { distances } = boundary().prepare?.(line) ?? {};
    expect(Array.from(distances?.data ?? [])).toEqual([2, 1, 0, -1, 0, 1]);
  });

  test('what prepare gives is what plain labels give', async () => {
    const loss = boundary({ classes: [1] });
    const { distances } = loss.prepare?.(mask) ?? {};
    const prepared = tensor(distances?.data as Float32Array, [1, 3, 5, 1]);
    const own = await expectTensors(1, () => loss(labels, logits));
    expect(loss({ labels, distances: prepared }, logits)).toBeAllclose(own);
    expect(loss.map(labels, logits).shape).toEqual([1, 3, 5]);
  });

  test('a mask of several classes needs them named', () => {
    const many = { ...mask, data: mask.data.map((value) => value * 2) };
    expect(() => boundary().prepare?.(many as Raster)).toThrow(
      'boundary: classes (=null) must be given to prepare a mask of more than two classes, which has the label 2.',
    );
    const full = { ...mask, data: mask.data.map((value) => value * 255) };
    expect(() => boundary().prepare?.(full as Raster)).toThrow(
      'which has the label 255; divide a mask of 0 and 255 by 255, or set ignoreIndex: 255 if it marks pixels that do not count.',
    );
  });

  test('distances of other classes are refused', () => {
    const wrong = tensor(new Float32Array(45), [1, 3, 5, 3]);
    expect(() => boundary({ classes: [1] })({ labels, distances: wrong }, logits)).toThrow(
      'boundary: expected distances [1, 3, 5, 1], got [1, 3, 5, 3].',
    );
  });
});
