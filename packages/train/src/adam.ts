import type { Optimizer } from '@segscape/core';
import { flag, options } from '@segscape/core/schema';
import { add, div, maximum, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { optimizer } from './optimizer.js';
import { assertRule, decay, epsilon, learningRate, weightDecay } from './option-lines.js';
import type { Schedule } from './schedule.js';

export interface AdamOptions {
  /** Default 1e-3. */
  readonly learningRate?: number | Schedule;
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment. Default 1e-8. */
  readonly epsilon?: number;
  /** For `adam` added to the gradient, for `adamW` taken off the parameter directly. Default 0 and 0.01. */
  readonly weightDecay?: number;
  /** Divide by the root of the largest second moment so far, so that steps never grow again. Default false. */
  readonly amsgrad?: boolean;
}

const schemaOf = (decayDefault: number) =>
  options<AdamOptions>({
    learningRate: learningRate(1e-3),
    beta1: decay('Decay of the mean of gradients.', 0.9),
    beta2: decay('Decay of the mean of their squares.', 0.999),
    epsilon,
    weightDecay: weightDecay(decayDefault),
    amsgrad: flag('Divide by the largest second moment.', { default: false }),
  });

export const adamSchema = schemaOf(0);
export const adamWSchema = schemaOf(0.01);

/** `average + (sample − average)·(1 − decay)`: one product fewer than the textbook form, and the bits of every run so far. */
const follow = (average: Tensor, sample: Tensor, decay: number) =>
  add(average, mul(sub(sample, average), 1 - decay));

function rule(where: string, given: AdamOptions, decoupled: boolean): Optimizer {
  assertRule(where, given, adamSchema);
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, amsgrad } = given;
  return optimizer({
    learningRate,
    moments: amsgrad ? ['mean', 'square', 'largest'] : ['mean', 'square'],
    decays: [beta1, beta2],
    update({ value, grad, moments, rate, corrections }) {
      const slope = weightDecay > 0 && !decoupled ? add(grad, mul(value, weightDecay)) : grad;
      const mean = follow(moments.mean!, slope, beta1);
      const squares = follow(moments.square!, square(slope), beta2);
      const largest = amsgrad ? maximum(moments.largest!, squares) : squares;
      // Both bias corrections are scalars: folded into the rate and epsilon, they cost nothing per weight.
      const correction = sqrt(corrections[1]!);
      const stride = div(mul(rate, correction), corrections[0]!);
      const change = mul(div(mean, add(sqrt(largest), mul(correction, epsilon))), stride);
      const kept = weightDecay > 0 && decoupled ? mul(value, sub(1, mul(rate, weightDecay))) : value;
      return { value: sub(kept, change), moments: { mean, square: squares, ...(amsgrad && { largest }) } };
    },
  });
}

/**
 * Adam with bias correction, for gradients up to 1e19, whose squares single precision holds. Kingma and Ba, 2015, https://arxiv.org/abs/1412.6980; `amsgrad` is that of Reddi, Kale and Kumar,
 * 2018, https://arxiv.org/abs/1904.09237, with PyTorch's bias correction.
 *
 * @param options rate (a number, or a schedule by the step), decays and weight decay.
 * @returns the optimiser: pure functions of its state, which keeps a tensor or two for each parameter.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export const adam = (options: AdamOptions = {}): Optimizer => rule('adam', options, false);

/**
 * Adam with decoupled weight decay. Loshchilov and Hutter, 2019, https://arxiv.org/abs/1711.05101.
 *
 * @param options as those of `adam`.
 * @returns the optimiser: pure functions of its state, which keeps a tensor or two for each parameter.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export const adamW = (options: AdamOptions = {}): Optimizer =>
  rule('adamW', { weightDecay: 0.01, ...options }, true);
