import { jit } from '@segscape/jit';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/rules/index.js';
import { normal } from '../compare.js';
import { everyProperty } from './properties/every.js';
import { expectEager, kernelsMet } from './properties/sample.js';

const numRuns = Number(process.env.JIT_RUNS ?? 6);

describe.each(everyProperty)('%s: native is eager, gradients included', (_theme, properties, times) => {
  test.each(properties.map((property) => [...property] as const))('%s', async (_name, samples) => {
    await fc.assert(
      fc.asyncProperty(samples, async (sample) => void (await expectEager(sample))),
      { seed: 20190613, numRuns: numRuns * times },
    );
  });
});

test('every rule was reached by a property', () => {
  expect(
    Object.keys(rules)
      .filter((kernel) => !kernelsMet.has(kernel))
      .join(),
  ).toBe('');
});

test('the same bits from run to run, here for any number of threads too', async () => {
  const loss = (x: Tensor, w: Tensor, v: Tensor) => {
    const high = tf.relu(tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'same')) as Tensor4D;
    const low = tf.conv2d(tf.maxPool(high, 2, 2, 'valid'), v as Tensor4D, 1, 'same');
    return tf.mean(tf.square(tf.softmax(low)));
  };
  const inputs = [normal([2, 32, 48, 16], 1), normal([3, 3, 16, 32], 2, 0.2), normal([3, 3, 32, 4], 3, 0.2)];
  const runs: Float32Array[][] = [];
  for (const threads of [1, 1, 2, 3]) {
    const fn = jit((xs: Tensor[]) => [loss(...(xs as [Tensor, Tensor, Tensor])), ...tf.grads(loss)(xs)], {
      executor: 'onnxruntime',
      threads,
    });
    for (let i = 0; i < 2; i++)
      runs.push((await fn(inputs)).map((result) => result.dataSync() as Float32Array));
    await fn.dispose();
  }
  for (const run of runs) expect(run).toEqual(runs[0]);
});
