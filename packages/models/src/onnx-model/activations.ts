import {
  add,
  clipByValue,
  div,
  elu,
  erf,
  exp,
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

/** `max(0, x) + min(0, α·(exp(x/α) − 1))`. */
function celu(x: Tensor, node: OnnxNode): Tensor {
  const alpha = number(node, 'alpha', 1);
  if (alpha === 1) return elu(x);
  return add(relu(x), minimum(mul(sub(exp(div(minimum(x, 0), alpha)), 1), alpha), 0));
}

/** Activations that are made of others here. */
export const activationOps: Readonly<Record<string, Op>> = {
  HardSwish: each((x) => mul(x, clipByValue(add(div(x, 6), 0.5), 0, 1))),
  Gelu: each(gelu),
  Mish: each((x) => mul(x, tanh(softplus(x)))),
  Selu: each((x) => selu(x)),
  Celu: each(celu),
};
