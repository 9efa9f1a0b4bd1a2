import type { Optimizer } from '@segscape/core';
import { flag, options } from '@segscape/core/schema';
import { add, mul, sub } from '@tensorflow/tfjs-core';
import { optimizer } from './optimizer.js';
import { assertRule, decay, learningRate, weightDecay } from './option-lines.js';
import type { Schedule } from './schedule.js';

export interface SgdOptions {
  readonly learningRate: number | Schedule;
  /** Share of the last step that is kept. Default 0. */
  readonly momentum?: number;
  /** Look ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
  /** Added to the gradient, times the parameter. Default 0. */
  readonly weightDecay?: number;
}

export const sgdSchema = options<SgdOptions>(
  {
    learningRate: learningRate(),
    momentum: decay('Share of the last step that is kept.', 0),
    nesterov: flag('Look ahead along the momentum.', { default: false }),
    weightDecay: weightDecay(),
  },
  ['learningRate'],
);

/**
 * Stochastic gradient descent with PyTorch's momentum: `v ← momentum·v + g`, `w ← w − rate·v`.
 *
 * @param given rate, momentum and weight decay.
 * @returns the optimiser: pure functions of its state, which keeps a tensor or two for each parameter.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function sgd(given: SgdOptions): Optimizer {
  assertRule('sgd', given, sgdSchema);
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = given;
  return optimizer({
    where: 'sgd',
    learningRate,
    moments: momentum > 0 ? ['velocity'] : [],
    update({ value, grad, moments, rate }) {
      const slope = weightDecay > 0 ? add(grad, mul(value, weightDecay)) : grad;
      if (momentum === 0) return { value: sub(value, mul(slope, rate)), moments: {} };
      const velocity = add(mul(moments.velocity!, momentum), slope);
      const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity;
      return { value: sub(value, mul(direction, rate)), moments: { velocity } };
    },
  });
}
