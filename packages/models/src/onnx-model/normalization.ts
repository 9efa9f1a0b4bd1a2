import { add, batchNorm, moments, mul, rsqrt, sub } from '@tensorflow/tfjs-core';
import { channelsLast, inOrder, last, number, type Op, required } from './value.js';

/** The weight of the running statistics when a batch's are added to them is the node's `momentum`. */
const batch: Op = (node, inputs, { training, updates }) => {
  const [x, scale, shift, mean, variance] = inputs.map((value, i) => required(node, value, i));
  const image = channelsLast(x!);
  const epsilon = number(node, 'epsilon', 1e-5);
  const [gamma, beta, runningMean, runningVariance] = [scale!, shift!, mean!, variance!].map(inOrder);
  if (!training) return last(batchNorm(image, runningMean!, runningVariance!, beta!, gamma!, epsilon));
  const axes = image.shape.slice(0, -1).map((_, i) => i);
  const own = moments(image, axes);
  const momentum = number(node, 'momentum', 0.9);
  const moved = (running: typeof own.mean, now: typeof own.mean) =>
    add(mul(running, momentum), mul(now, 1 - momentum));
  updates[node.inputs[3]!] = moved(runningMean!, own.mean);
  updates[node.inputs[4]!] = moved(runningVariance!, own.variance);
  return last(batchNorm(image, own.mean, own.variance, beta!, gamma!, epsilon));
};

/** Each channel of each image by its own mean and variance over space. */
const instance: Op = (node, inputs) => {
  const [x, scale, shift] = inputs.map((value, i) => required(node, value, i));
  const image = channelsLast(x!);
  const axes = image.shape.slice(1, -1).map((_, i) => i + 1);
  const { mean, variance } = moments(image, axes, true);
  const epsilon = number(node, 'epsilon', 1e-5);
  const factor = mul(inOrder(scale!), rsqrt(add(variance, epsilon)));
  return last(add(mul(sub(image, mean), factor), inOrder(shift!)));
};

export const normalizationOps: Readonly<Record<string, Op>> = {
  BatchNormalization: batch,
  InstanceNormalization: instance,
};
