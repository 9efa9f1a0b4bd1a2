import { crossEntropy } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const ln = Math.log;
/** Two pixels, p = (1/4, 3/4) and (1/2, 1/2). */
const logits = tensor([0, ln(3), 0, 0], [1, 2, 2]);
const labels = tensor([[1, 0]], [1, 2], 'int32');

describe('crossEntropy', () => {
  test('the mean of ln 4/3 and ln 2', () =>
    expect(crossEntropy()(labels, logits)).toBeAllclose((ln(4 / 3) + ln(2)) / 2));

  test('weights 1 and 3 of the classes: (3·ln 4/3 + ln 2) / 4', () => {
    const classWeights = [1, 3];
    expect(crossEntropy({ classWeights })(labels, logits)).toBeAllclose((3 * ln(4 / 3) + ln(2)) / 4);
    expect(crossEntropy({ classWeights, meanOver: 'pixels' })(labels, logits)).toBeAllclose(
      (3 * ln(4 / 3) + ln(2)) / 2,
    );
  });

  test('an ignored pixel counts in neither numerator nor denominator, unless asked', () => {
    const half = tensor([[1, 9]], [1, 2], 'int32');
    expect(crossEntropy({ ignoreIndex: 9 })(half, logits)).toBeAllclose(ln(4 / 3));
    expect(crossEntropy({ ignoreIndex: 9, ignoredInMean: true })(half, logits)).toBeAllclose(ln(4 / 3) / 2);
    expect(crossEntropy({ ignoreIndex: 1 })(labels, logits)).toBeAllclose(ln(2));
  });

  test('nothing but ignored pixels is 0', () => {
    const none = tensor([[9, 9]], [1, 2], 'int32');
    expect(crossEntropy({ ignoreIndex: 9, classWeights: [1, 3] })(none, logits)).toBeAllclose(0);
  });

  test('reductions', () => {
    const each = [[ln(4 / 3), ln(2)]];
    expect(crossEntropy({ reduction: 'none' })(labels, logits)).toBeAllclose(each);
    expect(crossEntropy().map(labels, logits)).toBeAllclose(each);
    expect(crossEntropy({ reduction: 'sum' })(labels, logits)).toBeAllclose(ln(4 / 3) + ln(2));
  });

  test('one logit stands for two classes', () => {
    const single = tensor([ln(3), 0], [1, 2, 1]);
    expect(crossEntropy({ classWeights: [1, 3] })(labels, single)).toBeAllclose((3 * ln(4 / 3) + ln(2)) / 4);
  });

  test('wrong options are refused with their value', () => {
    expect(() => crossEntropy({ labelSmoothing: 1 })).toThrow(
      'crossEntropy: labelSmoothing (=1) must be in [0, 1).',
    );
    expect(() => crossEntropy({ classWeights: [1] })(labels, logits)).toThrow(
      'crossEntropy: classWeights (=[1]) must have one weight for each of the 2 classes.',
    );
    expect(() => crossEntropy({ reduction: 'max' as never })).toThrow("reduction (='max') must be");
  });
});
