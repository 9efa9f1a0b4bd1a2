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

describe('the pixel size of the mask', () => {
  const spaced: Raster = { ...mask, spacing: [2, 0.5] };
  const without = ({ spacing: _, ...rest }: Raster) => rest;

  test('is what boundary measures in, unless it has its own', () => {
    const own = boundary().prepare?.(spaced).distances?.data;
    expect(own).toEqual(boundary({ spacing: [2, 0.5] }).prepare?.(without(spaced)).distances?.data);
    expect(own).not.toEqual(boundary().prepare?.(without(spaced)).distances?.data);
    const forced = boundary({ spacing: [1, 1] }).prepare?.(spaced).distances?.data;
    expect(forced).toEqual(boundary().prepare?.(without(spaced)).distances?.data);
  });

  test('reaches hausdorff by its prepare', () => {
    const { spacing } = hausdorff().prepare?.(spaced) ?? {};
    const batched = tensor(spacing?.data as Float32Array, [1, 3, 5, 2]);
    for (const form of ['monai', 'kervadec'] as const) {
      const expected = hausdorff({ form, spacing: [2, 0.5] })(labels, logits);
      expect(hausdorff({ form })({ labels, spacing: batched }, logits)).toBeAllclose(expected);
      const pixels = hausdorff({ form })(labels, logits).dataSync()[0] as number;
      expect(Math.abs(pixels - (expected.dataSync()[0] as number))).toBeGreaterThan(0.01);
    }
    expect(new Set(hausdorff().prepare?.(mask).spacing?.data)).toEqual(new Set([1]));
    expect(hausdorff({ spacing: [1, 1] }).prepare).toBeUndefined();
    expect(() => hausdorff()({ labels, spacing: tensor([1, 1, 1], [1, 1, 1, 3]) }, logits)).toThrow(
      "hausdorff: expected spacing [1, 3, 5, 2], got [1, 1, 1, 3]. Batch what the loss's own prepare(mask) gives.",
    );
  });

  test('of another number of axes is refused', () => {
    expect(() => boundary().prepare?.({ ...mask, spacing: [1, 1, 1] })).toThrow(
      'distanceTransform: spacing (=[1,1,1]) must be 2 positive numbers, [y, x].',
    );
  });
});

describe('volumes of three slices', () => {
  const depth = 3;
  const [height, width] = [3, 4];
  const at = (z: number, y: number, x: number) => (z * height + y) * width + x;
  const data = new Uint8Array(depth * height * width);
  for (const place of [at(0, 0, 0), at(0, 0, 1), at(2, 2, 3)]) data[place] = 1;
  const volume: Raster = { data, depth, height, width, channels: 1, spacing: [3, 1, 1] };
  const flat = (values: Raster | undefined) => Array.from(values?.data ?? []);
  const places = Array.from(data.keys());
  const far = (a: number, b: number, [z, y, x]: readonly number[]) => {
    const place = (i: number) => [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4] as const;
    const [p, q] = [place(a), place(b)];
    return Math.hypot((p[0] - q[0]) * z!, (p[1] - q[1]) * y!, (p[2] - q[2]) * x!);
  };
  const least = (i: number, label: number, sizes: readonly number[]) =>
    Math.min(...places.filter((j) => data[j] === label).map((j) => far(i, j, sizes)));

  test("boundary: the distances of a search over all voxels, in the mask's own units", () => {
    const expected = places.map((i) => (data[i] === 1 ? 1 - least(i, 0, [3, 1, 1]) : least(i, 1, [3, 1, 1])));
    const { distances } = boundary().prepare?.(volume) ?? {};
    expect(distances).toMatchObject({ depth, height, width, channels: 1 });
    expect(flat(distances)).toBeAllclose(expected);
  });

  test('hausdorff: one size for each of three axes', () => {
    const { spacing } = hausdorff().prepare?.(volume) ?? {};
    expect(spacing).toMatchObject({ depth, height, width, channels: 3 });
    expect(flat(spacing)).toEqual(places.flatMap(() => [3, 1, 1]));
  });

  test('unetWeightMap: both distances through the slices', () => {
    const objects = [[at(0, 0, 0), at(0, 0, 1)], [at(2, 2, 3)]];
    const expected = places.map((i) => {
      if (data[i] === 1) return 1;
      const [a, b] = objects.map((own) => Math.min(...own.map((j) => far(i, j, [1, 1, 1])))) as [
        number,
        number,
      ];
      return 1 + 10 * Math.exp(-((a + b) ** 2) / 50);
    });
    const loss = pixelWeighted(crossEntropy(), unetWeightMap());
    const { weights } = loss.prepare?.(volume) ?? {};
    expect(weights).toMatchObject({ depth, height, width, channels: 1 });
    expect(flat(weights)).toBeAllclose(expected, { rel: 1e-5 });
  });

  test('what prepare gives is what plain labels give', () => {
    const truth = tensor(Array.from(data), [1, depth, height, width], 'int32');
    const scores = randomLogits([1, depth, height, width, 2], 5);
    const plain: Raster = { data, depth, height, width, channels: 1 };
    for (const loss of [boundary(), pixelWeighted(focal(), unetWeightMap()), hausdorff()]) {
      const prepared = Object.entries(loss.prepare?.(plain) ?? {}).map(([name, raster]) => [
        name,
        tensor(raster.data as Float32Array, [1, depth, height, width, raster.channels]),
      ]);
      const given = { ...Object.fromEntries(prepared), labels: truth };
      expect(loss(given, scores)).toBeAllclose(loss(truth, scores));
    }
  });
});
