import {
  cast,
  exp,
  fill,
  type GradConfig,
  greater,
  lessEqual,
  minimum,
  mul,
  sigmoid,
  softmax,
  step,
  sub,
  sum,
  type Tensor,
  tanh,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { rule, sumTo, unary } from './rule.js';

/** Constants of self-normalising networks. Klambauer et al., 2017. https://arxiv.org/abs/1706.02515 */
const selu = { scale: 1.0507009873554805, scaledAlpha: 1.7580993408473768 };

/** exp(x) below zero and 1 above, finite for any x: the slope of exponential units. */
const decay = (x: Tensor) => exp(minimum(x, 0));

export const activations: readonly GradConfig[] = [
  unary('Sigmoid', (dy, x) => {
    const y = sigmoid(x);
    return mul(dy, mul(y, sub(1, y)));
  }),
  unary('Tanh', (dy, x) => {
    const y = tanh(x);
    return mul(dy, sub(1, mul(y, y)));
  }),
  unary('Softplus', (dy, x) => mul(dy, sigmoid(x))),
  unary('Relu', (dy, x) => mul(dy, cast(step(x), 'float32'))),
  unary('Relu6', (dy, x) => mul(dy, mul(cast(lessEqual(x, 6), 'float32'), step(x)))),
  unary('LeakyRelu', (dy, x, { alpha }) => mul(dy, step(x, alpha as number))),
  unary('Elu', (dy, x) => mul(dy, decay(x))),
  unary('Selu', (dy, x) =>
    mul(dy, where(greater(x, 0), fill(x.shape, selu.scale), mul(decay(x), selu.scaledAlpha))),
  ),
  rule('Prelu', ['x', 'alpha'], (dy, { x, alpha }) => {
    const above = greater(x, 0);
    return {
      x: () => sumTo(where(above, dy, mul(dy, alpha)), x.shape),
      alpha: () => sumTo(where(above, zerosLike(dy), mul(dy, x)), alpha.shape),
    };
  }),
  unary(
    'Softmax',
    (dy, logits, { dim }) => {
      const y = softmax(logits, dim as number);
      const share = mul(dy, y);
      return sub(share, mul(sum(share, [dim as number], true), y));
    },
    'logits',
  ),
];
