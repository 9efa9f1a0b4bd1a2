import { adamStep, followed } from '@segscape/backend/updates';
import type { Optimizer } from '@segscape/core';
import { flag, options } from '@segscape/core/schema';
import {
  add,
  clone,
  div,
  maximum,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
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
/** Default decay of `adamW`, PyTorch's. */
const decoupledDecay = 0.01;

export const adamWSchema = schemaOf(decoupledDecay);

/** The learning rate and epsilon of a step, with both bias corrections: scalars, which cost nothing per weight. */
interface Scalars {
  readonly stride: Scalar;
  readonly epsilon: Scalar;
}

function rule(where: string, given: AdamOptions, decoupled: boolean): Optimizer {
  assertRule(where, given, adamSchema);
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad } = given;
  // Not spread over: an option that is undefined is not given.
  const { weightDecay = decoupled ? decoupledDecay : 0 } = given;
  /** By the correction that they follow from, which is one tensor for all weights of a step that have counted alike. */
  const scalars = new WeakMap<Tensor, Scalars>();
  const scalarsOf = (rate: Tensor, [first, second]: readonly Tensor[]): Scalars => {
    const known = scalars.get(first!);
    if (known !== undefined) return known;
    const correction = sqrt(second!);
    const made = {
      stride: div(mul(rate, correction), first!) as Scalar,
      epsilon: mul(correction, epsilon) as Scalar,
    };
    scalars.set(first!, made);
    return made;
  };
  return optimizer({
    learningRate,
    moments: amsgrad ? ['mean', 'square', 'largest'] : ['mean', 'square'],
    decays: [beta1, beta2],
    update({ value, grad, moments, rate, corrections }) {
      const slope = weightDecay > 0 && !decoupled ? add(grad, mul(value, weightDecay)) : grad;
      // Of a small value the way there from a large one leaves no digit: without memory it is taken as it is.
      const mean = beta1 === 0 ? clone(slope) : followed(moments.mean!, slope, 1 - beta1);
      const squares =
        beta2 === 0 ? square(slope) : followed(moments.square!, slope, 1 - beta2, { squared: true });
      const largest = amsgrad ? maximum(moments.largest!, squares) : squares;
      const kept = weightDecay > 0 && decoupled ? mul(value, sub(1, mul(rate, weightDecay))) : value;
      const moved = adamStep(kept, { mean, squares: largest, ...scalarsOf(rate, corrections) });
      return { value: moved, moments: { mean, square: squares, ...(amsgrad && { largest }) } };
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
export const adamW = (options: AdamOptions = {}): Optimizer => rule('adamW', options, true);
