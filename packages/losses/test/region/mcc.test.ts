import { mcc } from '@segscape/losses';
import { expect, test } from 'vitest';
import { randomLabels, randomLogits } from '../every-loss.js';

test('epsilon is the old name of smooth', () => {
  const [labels, logits] = [randomLabels([2, 3, 3], 3, 1), randomLogits([2, 3, 3, 3], 2)];
  expect(mcc({ epsilon: 5 })(labels, logits)).toBeAllclose(mcc({ smooth: 5 })(labels, logits));
  expect(mcc({ epsilon: 5, smooth: 1 })(labels, logits)).toBeAllclose(mcc({ smooth: 1 })(labels, logits));
  expect(mcc({ smooth: 5 })(labels, logits)).not.toBeAllclose(mcc()(labels, logits));
});
