import type { Optimizer } from '@segscape/core';
import { options } from '@segscape/core/schema';
import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
import { optimizer } from './optimizer.js';
import { assertRule, decay, epsilon, learningRate, weightDecay } from './option-lines.js';
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

export const rmspropSchema = options<RmspropOptions>({
  learningRate: learningRate(0.01),
  decay: decay('Decay of the mean of squared gradients.', 0.99),
  momentum: decay('Share of the last step that is kept.', 0),
  epsilon,
  weightDecay: weightDecay(),
});

/**
 * RMSprop in PyTorch's form (Hinton, 2012, lecture 6): the gradient over the root of its running mean square.
 *
 * @param given rate, decay, momentum and weight decay.
 * @returns the optimiser: pure functions of its state, which keeps a tensor or two for each parameter.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function rmsprop(given: RmspropOptions = {}): Optimizer {
  assertRule('rmsprop', given, rmspropSchema);
  const { learningRate = 0.01, decay = 0.99, momentum = 0, epsilon = 1e-8, weightDecay = 0 } = given;
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
