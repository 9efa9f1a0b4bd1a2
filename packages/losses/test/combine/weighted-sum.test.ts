import type { Raster } from '@segscape/core';
import {
  boundary,
  crossEntropy,
  dice,
  focal,
  type LossFn,
  pixelWeighted,
  regionSizeWeights,
  unetWeightMap,
  weightedSum,
} from '@segscape/losses';
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

  test.each<[string, LossFn, readonly string[]]>([
    [
      'weight maps',
      weightedSum([
        [pixelWeighted(crossEntropy(), unetWeightMap()), 1],
        [pixelWeighted(focal(), regionSizeWeights()), 1],
      ]),
      ['term.1.weights', 'weights'],
    ],
    [
      'classes',
      weightedSum([
        [boundary(), 1],
        [boundary({ classes: [0] }), 1],
      ]),
      ['distances', 'term.1.distances'],
    ],
    [
      'spacings, in a sum inside of another',
      weightedSum([
        [
          weightedSum([
            [dice(), 1],
            [boundary(), 1],
            [boundary({ spacing: [3, 1] }), 1],
          ]),
          1,
        ],
        [boundary({ spacing: [1, 3] }), 1],
      ]),
      ['distances', 'term.0.term.2.distances', 'term.1.distances'],
    ],
    [
      'weights inside of weights',
      pixelWeighted(pixelWeighted(crossEntropy(), unetWeightMap()), regionSizeWeights()),
      ['loss.weights', 'weights'],
    ],
  ])('terms that prepare other %s by one name have each their own', (_, loss, names) => {
    const prepared = loss.prepare?.(mask) ?? {};
    expect(Object.keys(prepared).sort()).toEqual(names);
    const tensors = Object.fromEntries(
      Object.entries(prepared)
        .reverse()
        .map(([name, { data, channels }]) => [name, tensor(data as Float32Array, [1, 3, 5, channels])]),
    );
    expect(loss({ labels, ...tensors }, logits)).toBeAllclose(loss(labels, logits));
  });

  test('refuses what are no terms, and makers that were not called', () => {
    const of = (terms: unknown) => () => weightedSum(terms as never);
    expect(of(undefined)).toThrow('weightedSum: terms (=undefined) must hold at least one [loss, weight].');
    expect(of([dice(), focal()])).toThrow('weightedSum: terms[0] (=function dice) must be [loss, weight].');
    expect(of([[dice, 1]])).toThrow(
      'weightedSum: terms[0][0] (=function dice) must be a loss, as dice() makes one.',
    );
    expect(of([[null, 1]])).toThrow('weightedSum: terms[0][0] (=null) must be a loss, as dice() makes one.');
  });
});
