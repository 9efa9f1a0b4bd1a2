import * as tf from '@tensorflow/tfjs-core';
import type { TensorCase } from '../case.js';
import { given, integers, normals, truths, uniforms } from '../inputs.js';
import { gradient, secondOrder, value } from './op-case.js';

const x = { x: normals('reduced', [3, 4, 5]) };
const scores = { x: normals('scores', [2, 3, 4, 3], 2) };

type Reduce = (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor;
const reductions: Readonly<Record<string, Reduce>> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  logSumExp: tf.logSumExp,
};

const reduced = Object.entries(reductions).flatMap(([name, fn]) => [
  gradient(`${name}`, x, (i) => fn(i.x!)),
  gradient(`${name} axes=0,2`, x, (i) => fn(i.x!, [0, 2])),
  gradient(`${name} axis=1 keepDims`, x, (i) => fn(i.x!, [1], true)),
]);

const others: readonly TensorCase[] = [
  gradient('sum of 3,000 values', { x: normals('many', [3000]) }, (i) => tf.sum(i.x!)),
  gradient('mean of 40×50×2 per channel', { x: normals('image', [1, 40, 50, 2], 1, 3) }, (i) =>
    tf.mean(i.x!, [0, 1, 2]),
  ),
  gradient('prod', { x: uniforms('factors', [3, 4], 0.5, 1.5) }, (i) => tf.prod(i.x!, [1])),
  value('sum of int32', { x: integers('ints', [3, 4], 0, 99) }, (i) => tf.sum(i.x!, [1])),
  value('any', { x: truths('flags', [6, 3]) }, (i) => tf.any(i.x!, 1)),
  value('all', { x: truths('flags', [6, 3]) }, (i) => tf.all(i.x!, 1)),
  value('argMax', scores, (i) => tf.argMax(i.x!, -1)),
  value('argMin axis=1', scores, (i) => tf.argMin(i.x!, 1)),
  gradient('cumsum', x, (i) => tf.cumsum(i.x!, 1)),
  gradient('cumsum exclusive reverse', x, (i) => tf.cumsum(i.x!, 2, true, true)),
  gradient('norm', x, (i) => tf.norm(i.x!)),
  gradient('softmax', scores, (i) => tf.softmax(i.x!)),
  gradient('softmax of ±80', { x: given([80, -80, 0, 79, -80, 80], [2, 3]) }, (i) => tf.softmax(i.x!)),
  gradient('logSoftmax', scores, (i) => tf.logSoftmax(i.x!)),
  gradient('moments', { x: normals('features', [2, 5, 6, 3], 1, 2) }, (i) => {
    const { mean, variance } = tf.moments(i.x!, [0, 1, 2]);
    return tf.add(mean, variance);
  }),
];

const a = normals('left', [2, 3, 4]);
const b = normals('right', [2, 4, 5]);
const turned = normals('right', [2, 5, 4]);

const products: readonly TensorCase[] = [
  gradient('matMul', { a: normals('left', [7, 4]), b: normals('right', [4, 9]) }, (i) =>
    tf.matMul(i.a!, i.b!),
  ),
  gradient('matMul transposeA', { a: normals('left', [4, 7]), b: normals('right', [4, 9]) }, (i) =>
    tf.matMul(i.a!, i.b!, true),
  ),
  gradient('matMul batched', { a, b }, (i) => tf.matMul(i.a!, i.b!)),
  gradient('matMul batched transposeB', { a, b: turned }, (i) => tf.matMul(i.a!, i.b!, false, true)),
];

const second: readonly TensorCase[] = [
  secondOrder('softmax', scores, (i) => tf.softmax(i.x!)),
  secondOrder('logSoftmax', scores, (i) => tf.logSoftmax(i.x!)),
  secondOrder('logSumExp', scores, (i) => tf.logSumExp(i.x!, -1)),
  secondOrder('matMul', { a: normals('left', [3, 4]), b: normals('right', [4, 2]) }, (i) =>
    tf.matMul(i.a!, i.b!),
  ),
  // Weighed, since the sum and the sum of squares of what is standardised hardly change.
  secondOrder(
    'mean and variance',
    { x: normals('features', [2, 3, 4, 2]), weights: normals('weights', [2, 3, 4, 2]) },
    (i) => {
      const apart = tf.sub(i.x!, tf.mean(i.x!, [0, 1, 2], true));
      const spread = tf.mean(tf.square(apart), [0, 1, 2], true);
      return tf.mul(i.weights!, tf.mul(apart, tf.rsqrt(tf.add(spread, 1e-5))));
    },
    ['x'],
  ),
];

/** Sums, orders, normalisations and products. */
export const reductionCases: readonly TensorCase[] = [...reduced, ...others, ...products, ...second];
