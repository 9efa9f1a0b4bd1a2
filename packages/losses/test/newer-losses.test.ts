import type { Raster, SegscapeError } from '@segscape/core';
import {
  blobDice,
  boundaryDou,
  crossEntropy,
  focal,
  generalizedWassersteinDice,
  lossFromConfig,
  pixelWeighted,
  regionSizeWeights,
  skeletonRecall,
} from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { concat, mean, mul, reshape, softmax, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLabels, randomLogits } from './every-loss.js';

const value = (x: Tensor) => x.dataSync()[0] as number;
const probabilities = (rows: readonly number[][]) =>
  tensor(rows.flat().map(Math.log), [1, 1, rows.length, rows[0]!.length]);

function errorOf(action: () => unknown): SegscapeError {
  try {
    action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}

describe('focal, one value for each pixel and class', () => {
  const labels = randomLabels([2, 3, 4], 3, 1);
  const logits = randomLogits([2, 3, 4, 3], 2);

  test('sums over classes to the value of the pixel, and its mean is a third of it', () => {
    for (const options of [
      {},
      { alpha: [1, 2, 3] },
      { gamma: 0.5, normalized: true },
      { gradient: 'detached' as const },
    ]) {
      const apart = focal({ ...options, each: 'class', reduction: 'none' })(labels, logits);
      expect(apart.shape).toEqual([2, 3, 4, 3]);
      const joined = focal({ ...options, reduction: 'none' })(labels, logits);
      expect(mul(mean(apart, -1), 3)).toBeAllclose(joined, { rel: 1e-4 });
      expect(value(focal({ ...options, each: 'class' })(labels, logits))).toBeCloseTo(
        value(focal(options)(labels, logits)) / 3,
        5,
      );
    }
  });

  test('by hand: p = ¾ of the true class gives (¼)²·ln(4/3) there and 0 beside', () => {
    const loss = focal({ each: 'class', reduction: 'none' });
    const got = loss(tensor([[[1]]], [1, 1, 1], 'int32'), probabilities([[0.25, 0.75]]));
    expect(got.dataSync()).toBeAllclose([0, Math.log(4 / 3) / 16]);
  });
});

describe('generalizedWassersteinDice', () => {
  const truth = tensor([0, 1, 2], [1, 1, 3], 'int32');
  const logits = probabilities([
    [0.5, 0.25, 0.25],
    [0.25, 0.5, 0.25],
    [0.25, 0.25, 0.5],
  ]);
  const distances = [
    [0, 1, 1],
    [1, 0, 0.5],
    [1, 0.5, 0],
  ];

  test('by hand: errors ½, ⅜, ⅜; 2·(⅝ + ⅝) over itself and all errors', () => {
    const loss = generalizedWassersteinDice({ distances, smooth: 0 });
    expect(loss(truth, logits)).toBeAllclose(1 - 2.5 / (2.5 + 1.25));
  });

  test('by hand, by area: every class one pixel, weights ½', () => {
    const loss = generalizedWassersteinDice({ distances, weighting: 'area', smooth: 0 });
    expect(loss(truth, logits)).toBeAllclose(1 - (2 * (0.5 + 0.625 + 0.625)) / (1.5 + 1.625 + 1.625));
  });

  test('only ratios of distances matter; samples are measured apart', () => {
    const scaled = distances.map((row) => row.map((distance) => 3 * distance));
    const [labels, scores] = [randomLabels([2, 4, 4], 3, 5), randomLogits([2, 4, 4, 3], 6)];
    const loss = generalizedWassersteinDice({ distances, reduction: 'none' });
    const each = loss(labels, scores);
    expect(each.shape).toEqual([2]);
    expect(generalizedWassersteinDice({ distances: scaled, reduction: 'none' })(labels, scores)).toBeAllclose(
      each,
    );
    const twice = loss(concat([labels, labels], 0), concat([scores, scores], 0));
    expect(twice).toBeAllclose(concat([each, each], 0));
  });

  test('with one logit it is the loss of the two classes', () => {
    const [labels, x] = [randomLabels([1, 3, 3], 2, 7), randomLogits([1, 3, 3, 1], 8)];
    const both = concat([mul(x, 0), x], -1);
    expect(generalizedWassersteinDice()(labels, x)).toBeAllclose(generalizedWassersteinDice()(labels, both));
  });

  test('distances that do not fit are refused', () => {
    expect(
      errorOf(() =>
        generalizedWassersteinDice({
          distances: [
            [0, 1],
            [1, 0],
          ],
        })(truth, logits),
      ).message,
    ).toBe(
      'generalizedWassersteinDice: distances (=[[0,1],[1,0]]) must be 3 rows of 3 numbers, one for each class, with 0 on the diagonal.',
    );
    expect(
      errorOf(() =>
        generalizedWassersteinDice({
          distances: [
            [0, -1],
            [1, 0],
          ],
        }),
      ).message,
    ).toBe('generalizedWassersteinDice: distances[0][1] (=-1) must be at least 0.');
  });
});

describe('boundaryDou', () => {
  const square = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0];
  const labels = tensor(square, [1, 5, 5, 1]);
  const only = (data: number[]) => tensor(data, [1, 5, 5, 1]);

  test('by hand: 3×3 has 8 boundary pixels of 9, α = 1 - 16/9; a prediction of its middle column misses 6', () => {
    const loss = boundaryDou({ activation: 'none', smooth: 0 });
    const column = square.map((inside, i) => (i % 5 === 2 ? inside : 0));
    const alpha = 1 - 16 / 9;
    expect(loss(labels, only(column))).toBeAllclose((3 + 9 - 6) / (3 + 9 - (1 + alpha) * 3));
    expect(loss(labels, labels)).toBeAllclose(0);
  });

  test('alpha is at most 0.8, or what is said: a full plane of 40×40 has 156 boundary pixels', () => {
    const full = tensor(new Float32Array(1600).fill(1), [1, 40, 40, 1]);
    const half = mul(full, 0.5);
    const at = (alpha: number) => (400 + 1600 - 1600) / (2000 - (1 + alpha) * 800);
    const options = { activation: 'none', smooth: 0 } as const;
    expect(boundaryDou(options)(full, half)).toBeAllclose(at(0.8));
    expect(boundaryDou({ ...options, maxAlpha: 1 })(full, half)).toBeAllclose(at(1 - (2 * 156) / 1600));
  });

  test('the faces of a volume are its boundary', () => {
    const cube = tensor(new Float32Array(64).fill(1), [1, 4, 4, 4, 1]);
    const loss = boundaryDou({ activation: 'none', smooth: 0 });
    // 56 of 64 voxels are boundary: α = 1 - 1.75.
    expect(loss(cube, mul(cube, 0.5))).toBeAllclose((16 + 64 - 64) / (80 - 0.25 * 32));
  });
});

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

describe('regionSizeWeights', () => {
  const row = (...values: number[]): Raster => ({
    data: Uint8Array.from(values),
    height: 1,
    width: values.length,
    channels: 1,
  });

  test('by hand: background 4, regions of 1 and 3: each gets 8/3 in all', () => {
    const { data } = regionSizeWeights()(row(0, 1, 0, 0, 2, 2, 2, 0));
    const [background, one, three] = [8 / 12, 8 / 3, 8 / 9];
    expect(data).toBeAllclose([background, one, background, background, three, three, three, background]);
  });

  test('ignored pixels weigh nothing, and the rest has a mean of 1', () => {
    const { data } = regionSizeWeights({ ignoreIndex: 255 })(row(0, 255, 1, 1, 0, 255));
    expect(data).toBeAllclose([1, 0, 1, 1, 1, 0]);
  });

  test('a volume is one space', () => {
    const volume: Raster = {
      data: Uint8Array.of(1, 0, 1, 0, 0, 0),
      depth: 3,
      height: 1,
      width: 2,
      channels: 1,
    };
    expect(regionSizeWeights()(volume).data).toBeAllclose([1.5, 0.75, 1.5, 0.75, 0.75, 0.75]);
  });

  test('weighs any loss of pixels, by hand and from a config', () => {
    const labels = tensor([[[0, 1, 0, 0]]], [1, 1, 4], 'int32');
    const logits = randomLogits([1, 1, 4, 2], 3);
    const p = softmax(logits).dataSync();
    const nll = [0, 1, 0, 0].map((label, i) => -Math.log(p[2 * i + label]!));
    const expected = ((2 / 3) * (nll[0]! + nll[2]! + nll[3]!) + 2 * nll[1]!) / 4;
    expect(pixelWeighted(crossEntropy(), regionSizeWeights())(labels, logits)).toBeAllclose(expected);
    const config = {
      name: 'pixelWeighted',
      loss: { name: 'crossEntropy' },
      regionWeights: { connectivity: 1 },
    };
    expect(lossFromConfig(config)(labels, logits)).toBeAllclose(expected);
  });
});

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
