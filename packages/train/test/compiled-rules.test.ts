import type { Optimizer, OptimizerState, Params } from '@segscape/core';
import { isNative, jit } from '@segscape/jit';
import '@segscape/testing';
import { adam, clipByGlobalNorm, rmsprop, sgd } from '@segscape/train';
import { clipByValue } from '@segscape/train/optimizers';
import {
  cosineRestarts,
  cyclic,
  exponential,
  multiStep,
  oneCycle,
  type Schedule,
  sequence,
  step,
} from '@segscape/train/schedules';
import { scalar, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const schedules: Record<string, Schedule> = {
  step: step({ initial: 1, every: 3, factor: 0.3 }),
  multiStep: multiStep({ initial: 1, milestones: [2, 5] }),
  exponential: exponential({ initial: 1, factor: 0.9 }),
  restarts: cosineRestarts({ initial: 1, steps: 3, final: 0.1 }),
  'growing restarts': cosineRestarts({ initial: 1, steps: 2, growth: 2 }),
  cyclic: cyclic({ low: 0.1, high: 1, up: 2, mode: 'triangular2' }),
  'three phases': oneCycle({ peak: 1, steps: 9, threePhase: true, annealing: 'linear' }),
  sequence: sequence({
    schedules: [exponential({ initial: 1, factor: 0.5 }), multiStep({ initial: 0.3, milestones: [1] })],
    milestones: [4],
  }),
};

const optimizers: Record<string, Optimizer> = {
  dampening: sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.5 }),
  amsgrad: clipByGlobalNorm(adam({ amsgrad: true }), { maxNorm: 1, norm: Number.POSITIVE_INFINITY }),
  centered: clipByGlobalNorm(rmsprop({ centered: true, momentum: 0.5 }), { maxNorm: 1, norm: 3 }),
  value: clipByValue(adam(), { maxValue: 0.5 }),
};

describe.skipIf(!(await isNative()))('compiled they give what they give eagerly', () => {
  test.each(Object.entries(schedules))('%s', async (_, schedule) => {
    const compiled = jit(({ at }: { at: ReturnType<typeof scalar> }) => schedule(at), {
      executor: 'onnxruntime',
    });
    for (let n = 0; n < 12; n++)
      expect(await compiled({ at: scalar(n) })).toBeAllclose(schedule(scalar(n)), { abs: 1e-7, rel: 1e-6 });
    await compiled.dispose();
  });

  test.each(Object.entries(optimizers))('%s, with a gradient that comes late', async (_, optimizer) => {
    type Given = { params: Params; grads: Params; state: OptimizerState };
    const run = ({ params, grads, state }: Given) => optimizer.update(params, grads, state);
    const compiled = jit(run, { executor: 'onnxruntime' });
    const params: Params = { a: tensor1d([1, -2]), b: tensor1d([3]) };
    let [eager, native] = [0, 1].map(() => ({ params, state: optimizer.init(params) })) as [
      Omit<Given, 'grads'>,
      Omit<Given, 'grads'>,
    ];
    for (let k = 0; k < 5; k++) {
      const grads: Params = { a: tensor1d([0.3 * k, -1]), ...(k > 1 && { b: tensor1d([2]) }) };
      eager = run({ ...eager, grads });
      native = await compiled({ ...native, grads });
      expect(Object.keys(native.state)).toEqual(Object.keys(eager.state));
      for (const name of ['a', 'b'])
        expect(native.params[name]).toBeAllclose(eager.params[name]!, { rel: 1e-5 });
    }
    await compiled.dispose();
  });
});
