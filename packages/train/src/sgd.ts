import { assertOption, type Optimizer } from '@segscape/core';
import { flag, number, options } from '@segscape/core/schema';
import { add, minimum, mul, sub } from '@tensorflow/tfjs-core';
import { optimizer } from './optimizer.js';
import { assertRule, decay, learningRate, weightDecay } from './option-lines.js';
import type { Schedule } from './schedule.js';

export interface SgdOptions {
  readonly learningRate: number | Schedule;
  /** Share of the last step that is kept. Default 0. */
  readonly momentum?: number;
  /** What the momentum leaves of each gradient but the first, taken from 1. Default 0. */
  readonly dampening?: number;
  /** Look ahead along the momentum, which must be given; not with dampening. Default false. */
  readonly nesterov?: boolean;
  /** Added to the gradient, times the parameter. Default 0. */
  readonly weightDecay?: number;
}

export const sgdSchema = options<SgdOptions>(
  {
    learningRate: learningRate(),
    momentum: decay('Share of the last step that is kept.', 0),
    dampening: number('Share of later gradients left out.', {
      default: 0,
    }),
    nesterov: flag('Look ahead along the momentum.', { default: false }),
    weightDecay: weightDecay(),
  },
  ['learningRate'],
);

/**
 * Stochastic gradient descent with PyTorch's momentum: `v ← momentum·v + (1 − dampening)·g`, `w ← w − rate·v`; at a parameter's
 * first update `v ← g`.
 *
 * @param given rate, momentum and weight decay.
 * @returns the optimiser: pure functions of its state, which keeps a tensor or two for each parameter.
 * @throws {SegscapeError} `BAD_OPTION`, also for `nesterov` without momentum or with dampening.
 */
export function sgd(given: SgdOptions): Optimizer {
  assertRule('sgd', given, sgdSchema);
  const { learningRate, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = given;
  const sound = !nesterov || (momentum > 0 && dampening === 0);
  assertOption(sound, 'sgd', 'nesterov', nesterov, 'have momentum without dampening');
  return optimizer({
    learningRate,
    moments: momentum > 0 ? ['velocity'] : [],
    update({ value, grad, moments, rate, updates }) {
      const slope = weightDecay > 0 ? add(grad, mul(value, weightDecay)) : grad;
      if (momentum === 0) return { value: sub(value, mul(slope, rate)), moments: {} };
      const taken = dampening === 0 ? slope : mul(slope, sub(1, mul(minimum(updates, 1), dampening)));
      const velocity = add(mul(moments.velocity!, momentum), taken);
      const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity;
      return { value: sub(value, mul(direction, rate)), moments: { velocity } };
    },
  });
}
