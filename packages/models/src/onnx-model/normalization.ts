import { add, batchNorm, moments, mul, reshape, rsqrt, sub, type Tensor } from '@tensorflow/tfjs-core';
import { channelsLast, inOrder, last, number, type Op, plain, required, type Value } from './value.js';

/** The weight of the running statistics when a batch's are added to them is the node's `momentum`. */
const batch: Op = (node, inputs, { training, updates }) => {
  const [x, scale, shift, mean, variance] = inputs.map((value, i) => required(node, value, i));
  const image = channelsLast(x!);
  const epsilon = number(node, 'epsilon', 1e-5);
  const [gamma, beta, runningMean, runningVariance] = [scale!, shift!, mean!, variance!].map(inOrder);
  // TensorFlow.js normalises batches of up to four axes; every pixel is treated alike, so that volumes may be laid flat.
  const flat = image.rank > 4 ? reshape(image, [-1, image.shape.at(-1)!]) : image;
  const normalized = (by: Tensor, over: Tensor) =>
    last(reshape(batchNorm(flat, by, over, beta!, gamma!, epsilon), image.shape));
  if (!training) return normalized(runningMean!, runningVariance!);
  const axes = image.shape.slice(0, -1).map((_, i) => i);
  const own = moments(image, axes);
  const momentum = number(node, 'momentum', 0.9);
  const moved = (running: typeof own.mean, now: typeof own.mean) =>
    add(mul(running, momentum), mul(now, 1 - momentum));
  updates[node.inputs[3]!] = moved(runningMean!, own.mean);
  updates[node.inputs[4]!] = moved(runningVariance!, own.variance);
  return normalized(own.mean, own.variance);
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

/** Ba, Kiros and Hinton, 2016, https://arxiv.org/abs/1607.06450: over an axis and all behind it. */
const layer: Op = (node, [x, scale, shift]) => {
  const value = inOrder(required(node, x, 0));
  const given = number(node, 'axis', -1);
  const first = given < 0 ? given + value.rank : given;
  const axes = Array.from({ length: value.rank - first }, (_, i) => first + i);
  const { mean, variance } = moments(value, axes, true);
  const apart = mul(sub(value, mean), rsqrt(add(variance, number(node, 'epsilon', 1e-5))));
  const scaled = mul(apart, inOrder(required(node, scale, 1)));
  return plain(shift ? add(scaled, inOrder(shift)) : scaled);
};

/** Wu and He, 2018, https://arxiv.org/abs/1803.08494; up to opset 20 with one scale a group, then one a channel. */
const group: Op = (node, inputs) => {
  const [x, scale, shift] = [0, 1, 2].map((i) => required(node, inputs[i], i));
  const image = channelsLast(x!);
  const groups = number(node, 'num_groups', 1);
  const channels = image.shape.at(-1)!;
  const parts = reshape(image, [image.shape[0]!, -1, groups, channels / groups]);
  const { mean, variance } = moments(parts, [1, 3], true);
  const apart = mul(sub(parts, mean), rsqrt(add(variance, number(node, 'epsilon', 1e-5))));
  const ofEach = (value: Value) => {
    const given = inOrder(value);
    return given.size === channels
      ? reshape(given, [groups, channels / groups])
      : reshape(given, [groups, 1]);
  };
  return last(reshape(add(mul(apart, ofEach(scale!)), ofEach(shift!)), image.shape));
};

export const normalizationOps: Readonly<Record<string, Op>> = {
  BatchNormalization: batch,
  InstanceNormalization: instance,
  LayerNormalization: layer,
  GroupNormalization: group,
};
