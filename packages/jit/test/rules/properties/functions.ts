import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export const positive = (x: Tensor) => tf.add(tf.abs(x), 0.5);
const inside = (x: Tensor) => tf.mul(tf.tanh(x), 0.9);
/** Away from the points where an operation jumps or its slope does. */
export const off = (x: Tensor) => tf.add(x, 0.0371);

/** Functions of one argument, where they are smooth. */
export const smooth = {
  abs: (x: Tensor) => tf.abs(off(x)),
  acos: (x: Tensor) => tf.acos(inside(x)),
  acosh: (x: Tensor) => tf.acosh(tf.add(positive(x), 1)),
  asin: (x: Tensor) => tf.asin(inside(x)),
  asinh: (x: Tensor) => tf.asinh(x),
  atan: (x: Tensor) => tf.atan(x),
  atanh: (x: Tensor) => tf.atanh(inside(x)),
  ceil: (x: Tensor) => tf.ceil(off(x)),
  clip: (x: Tensor) => tf.clipByValue(x, -0.51, 0.73),
  cos: (x: Tensor) => tf.cos(x),
  cosh: (x: Tensor) => tf.cosh(x),
  elu: (x: Tensor) => tf.elu(x),
  erf: (x: Tensor) => tf.erf(x),
  exp: (x: Tensor) => tf.exp(x),
  expm1: (x: Tensor) => tf.expm1(off(x)),
  floor: (x: Tensor) => tf.floor(off(x)),
  leakyRelu: (x: Tensor) => tf.leakyRelu(x, 0.3),
  log: (x: Tensor) => tf.log(positive(x)),
  log1p: (x: Tensor) => tf.log1p(positive(x)),
  neg: (x: Tensor) => tf.neg(x),
  reciprocal: (x: Tensor) => tf.reciprocal(positive(x)),
  relu: (x: Tensor) => tf.relu(x),
  relu6: (x: Tensor) => tf.relu6(tf.mul(x, 4)),
  round: (x: Tensor) => tf.round(x),
  rsqrt: (x: Tensor) => tf.rsqrt(positive(x)),
  selu: (x: Tensor) => tf.selu(x),
  sigmoid: (x: Tensor) => tf.sigmoid(x),
  sign: (x: Tensor) => tf.sign(x),
  sin: (x: Tensor) => tf.sin(x),
  sinh: (x: Tensor) => tf.sinh(x),
  softplus: (x: Tensor) => tf.softplus(x),
  sqrt: (x: Tensor) => tf.sqrt(positive(x)),
  square: (x: Tensor) => tf.square(x),
  step: (x: Tensor) => tf.step(x, 0.25),
  tan: (x: Tensor) => tf.tan(inside(x)),
  tanh: (x: Tensor) => tf.tanh(x),
};

/** Functions of one argument whose treatment of NaN and infinities is compared. */
export const odd = {
  abs: tf.abs,
  ceil: tf.ceil,
  exp: tf.exp,
  floor: tf.floor,
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  log: tf.log,
  neg: tf.neg,
  relu: tf.relu,
  relu6: tf.relu6,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  softplus: tf.softplus,
  sqrt: tf.sqrt,
  step: tf.step,
  tanh: tf.tanh,
  toBool: (x: Tensor) => tf.cast(x, 'bool'),
  toInt: (x: Tensor) => tf.cast(x, 'int32'),
  clip: (x: Tensor) => tf.clipByValue(x, -1, 2),
  leakyRelu: (x: Tensor) => tf.leakyRelu(x),
  zeros: (x: Tensor) => tf.zerosLike(x),
  ones: (x: Tensor) => tf.onesLike(x),
  square: tf.square,
  round: tf.round,
} as unknown as Readonly<Record<string, (x: Tensor) => Tensor>>;
