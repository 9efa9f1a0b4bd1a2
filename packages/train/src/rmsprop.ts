import type { Optimizer } from '@segscape/core';
import { flag, options } from '@segscape/core/schema';
import { add, div, maximum, minimum, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
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
  /** Divide by the gradient's running deviation, its mean taken off. Default false. */
  readonly centered?: boolean;
}

export const rmspropSchema = options<RmspropOptions>({
  learningRate: learningRate(0.01),
  decay: decay('Decay of the mean of squared gradients.', 0.99),
  momentum: decay('Share of the last step that is kept.', 0),
  epsilon,
  weightDecay: weightDecay(),
  centered: flag('Take the mean off the mean square.', { default: false }),
});

/** About the largest number that single precision holds. */
const largestFinite = 3.4e38;

/**
 * RMSprop in PyTorch's form (Hinton, 2012, lecture 6): the gradient over the root of its running mean square; `centered` as
 * Graves, 2013, https://arxiv.org/abs/1308.0850, equations 38–45.
 *
 * @param given rate, decay, momentum and weight decay.
 * @returns the optimiser: pure functions of its state, which keeps a tensor or two for each parameter.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function rmsprop(given: RmspropOptions = {}): Optimizer {
  assertRule('rmsprop', given, rmspropSchema);
  const {
    learningRate = 0.01,
    decay = 0.99,
    momentum = 0,
    epsilon = 1e-8,
    weightDecay = 0,
    centered,
  } = given;
  return optimizer({
    learningRate,
    moments: ['square', ...(centered ? ['mean'] : []), ...(momentum > 0 ? ['velocity'] : [])],
    update({ value, grad, moments, rate }) {
      const slope = weightDecay > 0 ? add(grad, mul(value, weightDecay)) : grad;
      const share = mul(slope, 1 - decay);
      // The share before the square, which overflows where the share of it does not.
      const squares = add(mul(moments.square!, decay), mul(share, slope));
      const mean = centered ? add(mul(moments.mean!, decay), share) : undefined;
      // Of gradients that stay the same rounding may leave less than nothing; of squares that overflowed infinity is left.
      const variance = mean ? maximum(sub(squares, minimum(square(mean), largestFinite)), 0) : squares;
      const scaled = div(slope, add(sqrt(variance), epsilon));
      const kept = { square: squares, ...(mean && { mean }) };
      if (momentum === 0) return { value: sub(value, mul(scaled, rate)), moments: kept };
      const velocity = add(mul(moments.velocity!, momentum), scaled);
      return { value: sub(value, mul(velocity, rate)), moments: { ...kept, velocity } };
    },
  });
}
