import { crossEntropy, focal } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const ln = Math.log;
/** Two pixels, p = (1/4, 3/4) and (1/2, 1/2). */
const logits = tensor([0, ln(3), 0, 0], [1, 2, 2]);
const labels = tensor([[1, 0]], [1, 2], 'int32');

describe('focal', () => {
  test('gamma 2: ln 4/3 / 16 and ln 2 / 4', () =>
    expect(focal({ reduction: 'none' })(labels, logits)).toBeAllclose([[ln(4 / 3) / 16, ln(2) / 4]]));

  test('gamma 0 is cross-entropy', () =>
    expect(focal({ gamma: 0 })(labels, logits)).toBeAllclose(crossEntropy()(labels, logits)));

  test('alpha weighs class 0 by 1 - alpha', () =>
    expect(focal({ alpha: 0.75, reduction: 'none' })(labels, logits)).toBeAllclose([
      [(0.75 * ln(4 / 3)) / 16, (0.25 * ln(2)) / 4],
    ]));

  test('alpha says nothing where the softmax has no background, as in MONAI', () => {
    const three = tensor([5, 0, ln(3), 5, 0, ln(3)], [1, 2, 3]);
    const loss = focal({ alpha: 0.8, includeBackground: false, reduction: 'none' });
    expect(loss(tensor([[1, 2]], [1, 2], 'int32'), three)).toBeAllclose([[(9 / 16) * ln(4), ln(4 / 3) / 16]]);
  });

  test('normalized: each class of a sigmoid by its own factors, as in segmentation_models.pytorch', () => {
    const ones = tensor([1, 1, 1, 1], [1, 2, 2]);
    const scores = tensor([0, ln(3), 0, ln(3)], [1, 2, 2]); // p = ½ of class 0, ¾ of class 1
    const loss = focal({ activation: 'sigmoid', normalized: true, reduction: 'sum' });
    expect(loss(ones, scores)).toBeAllclose(ln(2) + ln(4 / 3));
  });

  test('normalized: with gamma 0 each pixel counts one, class by class too', () =>
    expect(
      focal({ each: 'class', gamma: 0, normalized: true, reduction: 'sum' })(labels, logits),
    ).toBeAllclose((ln(4 / 3) + ln(2)) / 2));

  test('both gradients have one value', () =>
    expect(focal({ gradient: 'detached', gamma: 3 })(labels, logits)).toBeAllclose(
      focal({ gamma: 3 })(labels, logits),
    ));

  test('wrong options are refused with their value', () => {
    expect(() => focal({ gamma: -1 })).toThrow('focal: gamma (=-1) must be at least 0.');
    expect(() => focal({ alpha: 2 })).toThrow('focal: alpha (=2) must be in [0, 1], or a list.');
  });
});
