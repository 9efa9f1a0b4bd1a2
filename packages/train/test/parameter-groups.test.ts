import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { fit, type RatedOptimizer } from '@segscape/train';
import { adamW, parameterGroups, sgd } from '@segscape/train/optimizers';
import {
  dispose,
  mean,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const bias = (name: string) => name.endsWith('bias');
const params: Params = {
  'a.kernel': tensor1d([1, -2]),
  'a.bias': tensor1d([3]),
  'b.bias': tensor1d([5]),
  frozen: tensor1d([7]),
};
const grads: Params = Object.fromEntries(Object.keys(params).map((name) => [name, tensor1d([1])]));

describe('parameterGroups', () => {
  test('each group moves by its own rate and decay, what is in none stays', async () => {
    const optimizer = parameterGroups({
      groupOf: (name) => (name === 'frozen' ? undefined : bias(name) ? 'plain' : 'decayed'),
      optimizers: {
        plain: sgd({ learningRate: 0.5 }),
        decayed: sgd({ learningRate: 0.25, weightDecay: 1, momentum: 0.5 }),
      },
    });
    const state = optimizer.init(params);
    expect(Object.keys(state)).toEqual(['plain/step', 'decayed/step', 'decayed/velocity/a.kernel']);
    const next = await expectTensors(7, () => optimizer.update(params, grads, state));
    expect(Object.keys(next.params)).toEqual(Object.keys(params));
    // 1 − 0.25·(1 + 1) and −2 − 0.25·(1 − 2)
    expect([...next.params['a.kernel']!.dataSync()]).toEqual([0.5, -1.75]);
    expect(next.params['a.bias']!.dataSync()[0]).toBe(2.5);
    expect(next.params['b.bias']!.dataSync()[0]).toBe(4.5);
    expect(next.params.frozen!.dataSync()[0]).toBe(7);
    expect((optimizer as RatedOptimizer).rate(next.state).dataSync()[0]).toBe(0.5);
    dispose([state, next.params, next.state].flatMap(Object.values));
  });

  test('an unknown group is named, and no groups are none', () => {
    const odd = parameterGroups({ groupOf: () => 'plane', optimizers: { plain: adamW() } });
    expect(() => odd.init(params)).toThrow(
      "parameterGroups: groupOf('a.kernel') (='plane') must be one of 'plain'.",
    );
    expect(() => parameterGroups({ groupOf: () => 'a', optimizers: {} })).toThrow(
      'must have one group or more',
    );
    expect(() => parameterGroups({ groupOf: () => 'a', optimizers: { 'a/b': adamW() } })).toThrow('slash');
  });

  test('trains, stops and resumes as any other', async () => {
    const options = {
      model: {
        isTrainable: () => true,
        init: () => ({ w: tensor([0]), bias: tensor([0]) }),
        forward: (given: Params, images: Tensor) => ({
          logits: sub(sub(given.w!, given.bias!), images),
          updates: {},
        }),
      },
      loss: (_: unknown, logits: Tensor) => mean(square(logits)) as Scalar,
      optimizer: parameterGroups({
        groupOf: (name) => (bias(name) ? 'plain' : 'decayed'),
        optimizers: {
          plain: adamW({ learningRate: 0.1, weightDecay: 0 }),
          decayed: adamW({ learningRate: 0.2 }),
        },
      }),
      data: async function* () {
        for (const value of [1, 2, 3]) yield { images: tensor([[value]]), labels: tensor([[0]]) };
      },
      epochs: 2,
      records: true,
      jit: { executor: 'eager' as const },
    };
    const whole = fit(options);
    const rates: (number | undefined)[] = [];
    const states = [];
    for await (const event of whole) {
      if (event.type === 'batch') rates.push(event.learningRate);
      if (event.type === 'checkpoint') states.push(event.state);
    }
    expect(rates[0]).toBeCloseTo(0.1, 6);
    for await (const event of fit({ ...options, resumeFrom: states[1]! }))
      if (event.type === 'done') expect(event.result.state).toEqual(states.at(-1));
  });
});
