import type { Raster } from '@segscape/core';
import {
  boundary,
  crossEntropy,
  dice,
  focal,
  hausdorff,
  pixelWeighted,
  unetWeightMap,
  weightedSum,
} from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from './every-loss.js';

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

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
      'boundary: classes (=null) must be given to prepare a mask of more than two classes.',
    );
  });

  test('distances of other classes are refused', () => {
    const wrong = tensor(new Float32Array(45), [1, 3, 5, 3]);
    expect(() => boundary({ classes: [1] })({ labels, distances: wrong }, logits)).toThrow(
      'boundary: expected distances [1, 3, 5, 1], got [1, 3, 5, 3].',
    );
  });
});

describe('unetWeightMap', () => {
  test('between two bars one pixel apart, 1 + 10·exp(-(1 + 1)² / 50)', () => {
    const map = unetWeightMap({ w0: 10, sigma: 5 })(mask);
    expect(map.data[1 * 5 + 2]).toBeCloseTo(1 + 10 * Math.exp(-4 / 50), 5);
    expect(map.data[1 * 5 + 1]).toBe(1); // inside a bar
    expect(map.data[1 * 5 + 0]).toBeCloseTo(1 + 10 * Math.exp(-16 / 50), 5); // 1 and 3 away
  });

  test('one object alone adds nothing; balanced classes have a mean of 1', () => {
    const one = { ...mask, data: mask.data.map((value, at) => (at % 5 < 2 ? value : 0)) } as Raster;
    expect(Array.from(unetWeightMap()(one).data).every((weight) => weight === 1)).toBe(true);
    const { data } = unetWeightMap({ classWeights: 'balanced', w0: 0 })(mask);
    expect(total(data) / data.length).toBeCloseTo(1, 5);
    expect(data[6]).toBeCloseTo(15 / (2 * 4), 5);
  });

  test('objects told apart by value may touch', () => {
    const touching: Raster = { data: Uint8Array.of(0, 5, 5, 9, 9, 0), height: 1, width: 6, channels: 1 };
    expect(unetWeightMap({ instances: true })(touching).data[0]).toBeCloseTo(1 + 10 * Math.exp(-16 / 50), 5);
    expect(unetWeightMap()(touching).data[0]).toBe(1);
  });
});

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

test('hausdorff of a perfect mask is 0, and its distances weigh the errors', () => {
  const perfect = tensor(
    rows.flat().flatMap((value) => (value ? [-60, 60] : [60, -60])),
    [1, 3, 5, 2],
  );
  expect(hausdorff()(labels, perfect)).toBeAllclose(0);
  expect(hausdorff()(labels, logits).dataSync()[0]).toBeGreaterThan(0);
});
