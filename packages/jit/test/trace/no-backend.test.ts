import { jit, toOnnx } from '@segscape/jit';
import '@segscape/testing';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

/** As in a program that has not made a tensor yet, whose backend TensorFlow.js has not chosen. */
const forget = () => Object.assign(tf.engine(), { backendName: undefined, backendInstance: null });

const doubled = ({ x }: { x: Tensor }) => ({ y: tf.mul(x, 2) });

test('a first call of numbers alone leaves the choice of the backend open', async () => {
  forget();
  const { y } = await jit(doubled, { executor: 'onnxruntime' })({ x: 3 });
  expect(y).toBeAllclose(6);
  expect(tf.add(tf.scalar(1), 2)).toBeAllclose(3);
  expect(tf.getBackend()).toBe('cpu');
});

test('so does writing a file', () => {
  forget();
  expect(toOnnx(doubled, { x: 3 as never as Tensor }).length).toBeGreaterThan(0);
  expect(tf.getBackend()).toBeUndefined();
  expect(tf.add(tf.scalar(1), 2)).toBeAllclose(3);
});
