import { type Params, random } from '@segscape/core';
import {
  add,
  div,
  log,
  matMul,
  mean,
  mul,
  neg,
  type Scalar,
  sigmoid,
  sub,
  type Tensor,
  tanh,
  tensor,
} from '@tensorflow/tfjs-core';

export interface Points {
  readonly x: Tensor;
  readonly y: Tensor;
}

const normals = (seed: number, size: number, scale = 1) => {
  const rng = random(seed);
  return Float32Array.from({ length: size }, () => scale * rng.normal());
};

/** 2 → 8 → 1 with tanh, random weights. */
export const smallNet = (seed = 1): Params => ({
  'hidden.kernel': tensor(normals(seed, 16), [2, 8]),
  'hidden.bias': tensor(normals(seed + 100, 8, 0.1)),
  'out.kernel': tensor(normals(seed + 200, 8), [8, 1]),
  'out.bias': tensor([0.1]),
});

/** 64 points in the plane, inside and outside a circle. */
export const circlePoints = (): Points => {
  const x = normals(7, 128);
  const y = Float32Array.from({ length: 64 }, (_, i) => (Math.hypot(x[2 * i]!, x[2 * i + 1]!) < 1.1 ? 1 : 0));
  return { x: tensor(x, [64, 2]), y: tensor(y, [64, 1]) };
};

export const logitsOf = (params: Params, x: Tensor): Tensor => {
  const hidden = tanh(add(matMul(x, params['hidden.kernel']!), params['hidden.bias']!));
  return add(matMul(hidden, params['out.kernel']!), params['out.bias']!);
};

/** Cross-entropy and soft Dice of the net. */
export const netObjective = (params: Params, { x, y }: Points): Record<string, Scalar> => {
  const p = sigmoid(logitsOf(params, x));
  const likelihood = add(mul(y, log(add(p, 1e-6))), mul(sub(1, y), log(add(sub(1, p), 1e-6))));
  const overlap = mean(mul(p, y));
  const dice = sub(1, div(mul(2, overlap), add(mean(p), mean(y))));
  return { ce: neg(mean(likelihood)) as Scalar, dice: dice as Scalar };
};
