import {
  abs,
  add,
  cast,
  clipByValue,
  div,
  elu,
  erf,
  exp,
  greater,
  minimum,
  mul,
  relu,
  selu,
  softplus,
  sub,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core';
import { each } from './elements.js';
import type { OnnxNode } from './parse.js';
import { number, type Op, text } from './value.js';

/** Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415, exact or by its approximation. */
function gelu(x: Tensor, node: OnnxNode): Tensor {
  if (text(node, 'approximate', 'none') === 'tanh') {
    const cubed = mul(mul(x, mul(x, x)), 0.044715);
    return mul(mul(x, 0.5), add(tanh(mul(add(x, cubed), Math.sqrt(2 / Math.PI))), 1));
  }
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

/** `max(0, x) + α·min(0, exp(x/s) − 1)`; TensorFlow.js has it of 1 and 1 alone. */
function exponential(x: Tensor, alpha: number, stretch = 1): Tensor {
  if (alpha === 1 && stretch === 1) return elu(x);
  const below = minimum(x, 0);
  const rise = sub(exp(stretch === 1 ? below : div(below, stretch)), 1);
  return add(relu(x), mul(rise, alpha));
}

/** `γ·elu(x; α)`; of the α and γ that TensorFlow.js knows its own. */
function scaled(x: Tensor, node: OnnxNode): Tensor {
  const { alpha, gamma } = node.attributes;
  if (alpha === undefined && gamma === undefined) return selu(x);
  const [scale, slope] = [
    number(node, 'gamma', 1.0507009873554805),
    number(node, 'alpha', 1.6732632423543772),
  ];
  return mul(exponential(x, slope), scale);
}

/** `max(0, x) + min(0, α·(exp(x/α) − 1))`. */
const celu = (x: Tensor, node: OnnxNode) => {
  const alpha = number(node, 'alpha', 1);
  return exponential(x, alpha, alpha);
};

/** Activations that are made of others here. */
export const activationOps: Readonly<Record<string, Op>> = {
  HardSwish: each((x) => mul(x, clipByValue(add(div(x, 6), 0.5), 0, 1))),
  Gelu: each(gelu),
  Mish: each((x) => mul(x, tanh(softplus(x)))),
  Elu: each((x, node) => exponential(x, number(node, 'alpha', 1))),
  Selu: each(scaled),
  Softsign: each((x) => div(x, add(abs(x), 1))),
  ThresholdedRelu: each((x, node) => mul(x, cast(greater(x, number(node, 'alpha', 1)), 'float32'))),
  Celu: each(celu),
};
