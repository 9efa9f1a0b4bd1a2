import { crossEntropy, dice, lossProfile } from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { describe, expect, test } from 'vitest';

describe('lossProfile', () => {
  test('cross-entropy is -ln p, its slope -1/p and p - 1', async () => {
    const { probability, logit } = await lossProfile(crossEntropy(), { points: 5 });
    probability.x.forEach((p, i) => {
      expect(probability.loss[i]).toBeCloseTo(-Math.log(p), 4);
      expect(probability.gradient[i]! * p).toBeCloseTo(-1, 3);
    });
    logit.x.forEach((x, i) => {
      expect(logit.gradient[i]).toBeCloseTo(1 / (1 + Math.exp(-x)) - 1, 5);
    });
  });

  test('takes losses over regions, leaves no tensors, and checks its options', async () => {
    await expectTensors(0, () => lossProfile(dice(), { points: 3 }));
    await expect(lossProfile(dice(), { points: 1 })).rejects.toThrow('lossProfile: points (=1) must be');
    await expect(lossProfile(dice as never)).rejects.toThrow(
      'lossProfile: loss (=function dice) must be a loss, as focal() makes one.',
    );
    await expect(lossProfile(dice(), { pionts: 9 } as object)).rejects.toThrow(
      "lossProfile: 'pionts' is not an option; did you mean 'points'?",
    );
  });
});
