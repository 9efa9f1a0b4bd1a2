import { jit, toOnnx } from '@segscape/jit';
import {
  add,
  exp,
  log,
  matMul,
  mean,
  mul,
  neg,
  type Scalar,
  sub,
  type Tensor,
  valueAndGrads,
} from '@tensorflow/tfjs-core';

interface Fit {
  readonly [name: string]: Tensor | number;
  readonly weights: Tensor;
  readonly x: Tensor;
  /** 0 or 1, `[samples, 1]`. */
  readonly y: Tensor;
  readonly rate: number;
}

/** Logistic regression by hand: nothing of it knows that it is traced. */
const probability = (x: Tensor, weights: Tensor) => {
  const score = matMul(x, weights);
  return exp(neg(log(add(exp(neg(score)), 1))));
};

function negativeLogLikelihood({ x, y }: Pick<Fit, 'x' | 'y'>, weights: Tensor): Scalar {
  const p = probability(x, weights);
  return neg(mean(add(mul(y, log(p)), mul(sub(1, y), log(sub(1, p))))));
}

/** A step of gradient descent, compiled once: value, gradient and new weights come from one graph. */
export const makeStep = () =>
  jit(({ weights, x, y, rate }: Fit) => {
    const { value, grads } = valueAndGrads((at: Tensor) => negativeLogLikelihood({ x, y }, at))([weights]);
    return { loss: value, gradient: grads[0]!, weights: sub(weights, mul(grads[0]!, rate)) };
  });

/** The fitted function as an ONNX file, for any number of samples. */
export const exported = (weights: Tensor, x: Tensor): Uint8Array =>
  toOnnx(({ x: given }: { x: Tensor }) => ({ probability: probability(given, weights) }), { x });
