import type { Raster } from '@segscape/core';
import { crossEntropy, lossFromConfig, pixelWeighted, regionSizeWeights } from '@segscape/losses';
import { softmax, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

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
