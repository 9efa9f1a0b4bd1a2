import { generalizedWassersteinDice } from '@segscape/losses';
import { concat, mul, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

const probabilities = (rows: readonly number[][]) =>
  tensor(rows.flat().map(Math.log), [1, 1, rows.length, rows[0]!.length]);

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

  test('by foreground, as MONAI: a pixel ½ from the background, half wrong by ½, counts whole: 1 - 3/2 / (3/2 + ¼)', () => {
    const half = [
      [0, 0.5, 1],
      [0.5, 0, 0.5],
      [1, 0.5, 0],
    ];
    const scores = tensor([0, 0, -1e4], [1, 1, 3]); // p = ½, ½, 0, so δ = ¼
    const one = tensor([1], [1, 1], 'int32');
    const loss = (weighting: 'foreground' | 'distance') =>
      generalizedWassersteinDice({ distances: half, weighting, smooth: 0 })(one, scores);
    expect(loss('foreground')).toBeAllclose(1 - 1.5 / 1.75);
    expect(loss('distance')).toBeAllclose(1 - 0.75 / 1);
  });

  test('smoothing apart: a background pixel half wrong, 1 - (0 + ¼) / (½ + ½), MONAI’s two', () => {
    const loss = generalizedWassersteinDice({ smoothNumerator: 0.25, smoothDenominator: 0.5 });
    expect(loss(tensor([0], [1, 1], 'int32'), tensor([0, 0], [1, 1, 2]))).toBeAllclose(0.75);
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
