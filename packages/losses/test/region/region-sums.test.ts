import {
  dice,
  focalTversky,
  generalizedDice,
  jaccard,
  logCoshDice,
  lovasz,
  mcc,
  tversky,
} from '@segscape/losses';
import { mul, oneHot, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** One TP, one FP, one FN of class 1 and one TN, as probabilities of 0 and 1. */
const truth = tensor([[1, 0, 1, 0]], [1, 4], 'int32');
const predicted = oneHot(tensor([[1, 1, 0, 0]], [1, 4], 'int32') as never, 2) as Tensor;
const given = { activation: 'none', smooth: 0, classes: [1] } as const;

describe('by hand, with one TP, FP, FN and TN', () => {
  test('dice 1 - 2/4, jaccard 1 - 1/3', () => {
    expect(dice(given)(truth, predicted)).toBeAllclose(0.5);
    expect(jaccard(given)(truth, predicted)).toBeAllclose(2 / 3);
  });

  test('tversky: 1 - 1 / (1 + 0.3 + 0.9), alpha for false positives', () => {
    expect(tversky({ ...given, alpha: 0.3, beta: 0.9 })(truth, predicted)).toBeAllclose(1 - 1 / 2.2);
    const twoFalsePositives = oneHot(tensor([[1, 1, 1, 1]], [1, 4], 'int32') as never, 2) as Tensor;
    expect(tversky({ ...given, alpha: 0.3, beta: 0.9 })(truth, twoFalsePositives)).toBeAllclose(1 - 2 / 2.6);
  });

  test('focalTversky is a power of it, log-cosh dice log cosh ½', () => {
    expect(focalTversky({ ...given, gamma: 2, alpha: 0.5, beta: 0.5 })(truth, predicted)).toBeAllclose(0.25);
    expect(logCoshDice(given)(truth, predicted)).toBeAllclose(Math.log(Math.cosh(0.5)));
  });

  test.each([0.5, 5e-3, 5e-4, 5e-5])('log-cosh dice keeps its digits where dice is %d', (loss) => {
    const soft = { activation: 'none', smooth: 0 } as const;
    const [one, almost] = [tensor([1], [1, 1, 1]), tensor([1 - loss], [1, 1, 1])];
    const half = dice(soft)(one, almost).dataSync()[0]! / 2;
    expect(logCoshDice(soft)(one, almost).dataSync()[0]! / Math.log1p(2 * Math.sinh(half) ** 2)).toBeCloseTo(
      1,
      5,
    );
  });

  test('log-cosh dice of raw scores, whose Dice loss may be any number, is |x| - ln 2 far out', () => {
    const soft = { activation: 'none', smooth: 0 } as const;
    const [one, scores] = [tensor([1], [1, 1, 1]), tensor([-1.01], [1, 1, 1])];
    const far = Math.abs(dice(soft)(one, scores).dataSync()[0]!);
    expect(far).toBeGreaterThan(150);
    expect(logCoshDice(soft)(one, scores)).toBeAllclose(far - Math.LN2);
  });

  test('mcc of a coin is 1, lovasz is the Jaccard loss at 0 and 1', () => {
    expect(mcc({ activation: 'none' })(truth, predicted)).toBeAllclose(1, { abs: 1e-4 });
    const steep = sub(mul(predicted, 100), 50);
    expect(lovasz({ classes: [1] })(truth, steep)).toBeAllclose(2 / 3, { abs: 1e-5 });
  });

  test('generalizedDice weighs by 1 / area²: both classes have area 2', () =>
    expect(generalizedDice({ activation: 'none', smooth: 0 })(truth, predicted)).toBeAllclose(0.5));
});

describe('classes without a true pixel', () => {
  const empty = tensor([[0, 0, 0, 0]], [1, 4], 'int32');

  test('count, count 0 or are skipped', () => {
    const loss = (absentClasses: 'count' | 'zero' | 'skip') =>
      dice({ activation: 'none', absentClasses })(empty, predicted);
    const background = 1 - 4 / 6;
    expect(loss('count')).toBeAllclose((background + 1) / 2, { abs: 1e-5 });
    expect(loss('zero')).toBeAllclose(background / 2, { abs: 1e-5 });
    expect(loss('skip')).toBeAllclose(background, { abs: 1e-5 });
  });

  test('lovasz skips them, and is 0 when nothing is left', () => {
    expect(
      lovasz({ classes: 'present' })(empty, tensor([9, -9, 9, -9, 9, -9, 9, -9], [1, 4, 2])),
    ).toBeAllclose(0, {
      abs: 1e-5,
    });
  });
});

describe('forms', () => {
  test('none gives [batch, classes], the batch as one row', () => {
    const labels = tensor(
      [
        [1, 0],
        [1, 1],
      ],
      [2, 2],
      'int32',
    );
    const scores = tensor([1, 2, 3, 4, 5, 6, 7, 9], [2, 2, 2]);
    expect(dice({ reduction: 'none' })(labels, scores).shape).toEqual([2, 2]);
    expect(dice({ reduction: 'none', batch: true })(labels, scores).shape).toEqual([1, 2]);
    expect(dice({ reduction: 'none', includeBackground: false })(labels, scores).shape).toEqual([2, 1]);
    expect(generalizedDice({ reduction: 'none' })(labels, scores).shape).toEqual([2, 1]);
  });

  test('sum adds samples and classes', () => {
    const scores = tensor([1, 2, 3, 4, 5, 6, 7, 9], [2, 2, 2]);
    const labels = tensor(
      [
        [1, 0],
        [1, 1],
      ],
      [2, 2],
      'int32',
    );
    const each = dice({ reduction: 'none' })(labels, scores).dataSync();
    expect(dice({ reduction: 'sum' })(labels, scores)).toBeAllclose(
      each[0]! + each[1]! + each[2]! + each[3]!,
    );
  });

  test('soft labels: p = t scores 0 with softLabels, not without', () => {
    const soft = tensor([0.3, 0.7, 0.6, 0.4], [1, 2, 2]);
    expect(dice({ activation: 'none', softLabels: true })(soft, soft)).toBeAllclose(0);
    expect(dice({ activation: 'none' })(soft, soft).dataSync()[0]).toBeGreaterThan(0.3);
  });

  test('wrong classes are refused', () => {
    expect(() => dice({ classes: [2] })(truth, predicted)).toThrow(
      'dice: classes (=[2]) must name classes of the 2 there are.',
    );
    expect(() => tversky({ alpha: -1 })).toThrow('tversky: alpha (=-1) must be at least 0.');
  });
});
