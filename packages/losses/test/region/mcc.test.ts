import { mcc } from '@segscape/losses';
import { expect, test } from 'vitest';
import { randomLabels, randomLogits } from '../every-loss.js';

test('activations that make no probabilities are refused', () => {
  for (const activation of ['tanh', 'logSoftmax'])
    expect(() => mcc({ activation } as object)).toThrow(`mcc: activation (='${activation}') must be one of`);
});

test('epsilon is the old name of smooth', () => {
  const [labels, logits] = [randomLabels([2, 3, 3], 3, 1), randomLogits([2, 3, 3, 3], 2)];
  expect(mcc({ epsilon: 5 })(labels, logits)).toBeAllclose(mcc({ smooth: 5 })(labels, logits));
  expect(mcc({ epsilon: 5, smooth: 1 })(labels, logits)).toBeAllclose(mcc({ smooth: 1 })(labels, logits));
  expect(mcc({ smooth: 5 })(labels, logits)).not.toBeAllclose(mcc()(labels, logits));
});
