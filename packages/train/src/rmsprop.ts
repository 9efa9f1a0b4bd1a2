import { assertOption, type Optimizer } from '@segscape/core';
import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
import { assertDecay, optimizer } from './optimizer.js';
import type { Schedule } from './schedule.js';

export interface RmspropOptions {
  /** Default 0.01. */
  readonly learningRate?: number | Schedule;
  /** Decay of the mean of squared gradients. Default 0.99. */
  readonly decay?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Added to the root. Default 1e-8. */
  readonly epsilon?: number;
  /** Added to the gradient, times the parameter. Default 0. */
  readonly weightDecay?: number;
}

/** RMSprop in PyTorch's form (Hinton, 2012, lecture 6): the gradient over the root of its running mean square. */
export function rmsprop({
  learningRate = 0.01,
  decay = 0.99,
  momentum = 0,
  epsilon = 1e-8,
  weightDecay = 0,
}: RmspropOptions = {}): Optimizer {
  assertOption(decay >= 0 && decay < 1, 'rmsprop', 'decay', decay, 'be in [0, 1)');
  assertOption(momentum >= 0 && momentum < 1, 'rmsprop', 'momentum', momentum, 'be in [0, 1)');
  assertOption(epsilon > 0, 'rmsprop', 'epsilon', epsilon, 'be positive');
  assertDecay('rmsprop', weightDecay);
  return optimizer({
    where: 'rmsprop',
    learningRate,
    moments: momentum > 0 ? ['square', 'velocity'] : ['square'],
    update({ value, grad, moments, rate }) {
      const slope = weightDecay > 0 ? add(grad, mul(value, weightDecay)) : grad;
      const squares = add(mul(moments.square!, decay), mul(square(slope), 1 - decay));
      const scaled = div(slope, add(sqrt(squares), epsilon));
      if (momentum === 0) return { value: sub(value, mul(scaled, rate)), moments: { square: squares } };
      const velocity = add(mul(moments.velocity!, momentum), scaled);
      return { value: sub(value, mul(velocity, rate)), moments: { square: squares, velocity } };
    },
  });
}
