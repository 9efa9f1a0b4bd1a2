import * as losses from '@segscape/losses';
import {
  crossEntropy,
  dice,
  focal,
  lossFromConfig,
  lossProfile,
  lossSchemas,
  weightedSum,
} from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { describe, expect, test } from 'vitest';
import { randomLabels, randomLogits } from './every-loss.js';

const labels = randomLabels([2, 4, 4], 3, 1);
const logits = randomLogits([2, 4, 4, 3], 2);

describe('lossFromConfig', () => {
  test('makes the loss that its options make', () => {
    const loss = lossFromConfig({ name: 'focal', gamma: 3, alpha: [1, 2, 3] });
    expect(loss.name).toBe('focal');
    expect(loss.options).toEqual({ gamma: 3, alpha: [1, 2, 3] });
    expect(loss(labels, logits)).toBeAllclose(focal({ gamma: 3, alpha: [1, 2, 3] })(labels, logits));
  });

  test.each(Object.keys(lossSchemas).filter((name) => !['weightedSum', 'pixelWeighted'].includes(name)))(
    '%s needs nothing but its name',
    (name) => {
      const loss = lossFromConfig({ name });
      expect(loss.name).toBe(name);
    },
  );

  test('every loss has a schema', () => {
    const combinators = [
      'lossFromConfig',
      'lossProfile',
      'lossSchemas',
      'regionSizeWeights',
      'unetWeightMap',
    ];
    const named = Object.keys(losses).filter((name) => !combinators.includes(name));
    expect(Object.keys(lossSchemas).sort()).toEqual(named.sort());
  });

  test('a weighted sum goes to its config and back', () => {
    const loss = weightedSum([
      [dice({ batch: true }), 1],
      [crossEntropy(), 0.5],
    ]);
    const again = lossFromConfig(JSON.parse(JSON.stringify({ name: loss.name, ...loss.options })));
    expect(again(labels, logits)).toBeAllclose(loss(labels, logits));
  });

  test('pixelWeighted takes the border weights as data', () => {
    const loss = lossFromConfig({
      name: 'pixelWeighted',
      loss: { name: 'crossEntropy' },
      weightMap: { w0: 5 },
    });
    expect(loss.prepare).toBeDefined();
  });

  test('names what is wrong', () => {
    expect(() => lossFromConfig({ name: 'focl' })).toThrow(
      "lossFromConfig: there is no loss 'focl'; did you mean 'focal'?",
    );
    expect(() => lossFromConfig({ name: 'focal', gama: 2 })).toThrow(
      "lossFromConfig: focal.gama is not an option; did you mean 'gamma'?",
    );
    expect(() => lossFromConfig({ name: 'focal', gamma: 'two' })).toThrow(
      'lossFromConfig: focal.gamma (="two") must be of type number.',
    );
    expect(() => lossFromConfig({ name: 'crossEntropy', classWeights: [1, 'x'] })).toThrow(
      'classWeights[1] (="x")',
    );
    expect(() => lossFromConfig({ name: 'topK', k: 0 })).toThrow('topK.k (=0) must be in (0, 100]');
    expect(() => lossFromConfig({ name: 'weightedSum' })).toThrow('weightedSum.terms is missing');
    expect(() => lossFromConfig({ name: 'lovasz', classes: 'some' })).toThrow('lovasz.classes (="some")');
  });
});

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
  });
});
