import {
  abs,
  add,
  cast,
  ceil,
  clipByValue,
  cos,
  erf,
  exp,
  floor,
  leakyRelu,
  log,
  logSoftmax,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  prelu,
  reciprocal,
  relu,
  reshape,
  round,
  sigmoid,
  sign,
  sin,
  softmax,
  softplus,
  sqrt,
  type Tensor,
  tanh,
  transpose,
} from '@tensorflow/tfjs-core';
import { besideLast } from './arithmetic.js';
import type { OnnxNode } from './parse.js';
import {
  axisIn,
  channelsLast,
  inOrder,
  known,
  last,
  number,
  numbersOf,
  type Op,
  plain,
  refuse,
  required,
  shapeOf,
  type Value,
} from './value.js';

/** One value for each: the order of axes stays. */
export const each =
  (compute: (x: Tensor, node: OnnxNode) => Tensor): Op =>
  (node, [x]) => {
    const value = required(node, x, 0);
    if (value.kind === 'known') return plain(compute(inOrder(value), node));
    const { shape, rank } = value.tensor;
    if (rank <= 4) return { ...value, tensor: compute(value.tensor, node) };
    // Gradients that choose between values do so up to four axes on WebGL.
    const flat = reshape(value.tensor, [-1, shape.at(-1)!]);
    return { ...value, tensor: reshape(compute(flat, node), shape) };
  };

/** Between bounds; where they cross, the upper one, as `min(max(x, low), high)`. */
const bounded: Op = (node, inputs, context) => {
  const [, low, high] = inputs;
  const bound = (value: Value | undefined, name: string, otherwise: number) =>
    context.opset < 11
      ? number(node, name, otherwise)
      : ((value && numbersOf(node, value, 'bounds')[0]) ?? otherwise);
  const [least, most] = [bound(low, 'min', -3.4e38), bound(high, 'max', 3.4e38)];
  return each((x) => (least <= most ? clipByValue(x, least, most) : minimum(maximum(x, least), most)))(
    node,
    inputs,
    context,
  );
};

/** Softmax, or its logarithm, over an axis; before opset 13 over that axis and all after it. */
const probabilities =
  (softmax: (x: Tensor) => Tensor): Op =>
  (node, [x], { opset }) => {
    const value = required(node, x, 0);
    const rank = shapeOf(value).length;
    const axis = number(node, 'axis', opset < 13 ? 1 : -1);
    const at = axis < 0 ? axis + rank : axis;
    if (opset < 13 && at !== rank - 1) {
      const shape = shapeOf(value);
      const ahead = shape.slice(0, at).reduce((product, length) => product * length, 1);
      return plain(reshape(softmax(reshape(inOrder(value), [ahead, -1])), [...shape]));
    }
    if (value.kind === 'tensor' && axisIn(value, at) === value.tensor.rank - 1)
      return { ...value, tensor: softmax(value.tensor) };
    // TensorFlow.js knows softmax over the last axis only.
    const first = inOrder(value);
    const swap = first.shape.map((_, i) => (i === at ? rank - 1 : i === rank - 1 ? at : i));
    return plain(transpose(softmax(transpose(first, swap)), swap));
  };

/** `TensorProto.DataType`s that are integers here. */
const integers: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 12, 13]);
const boolean = 9;

const converted: Op = (node, [x]) => {
  const value = required(node, x, 0);
  const to = number(node, 'to', 1);
  if (value.kind === 'known') {
    if (to === boolean)
      return known(
        Array.from(value.values, (each) => Number(each !== 0)),
        value.shape,
      );
    const integer = integers.has(to);
    return known(integer ? Array.from(value.values, Math.trunc) : value.values, value.shape, integer);
  }
  if (to === boolean) return { ...value, tensor: notEqual(value.tensor, 0) };
  return { ...value, tensor: cast(value.tensor, integers.has(to) ? 'int32' : 'float32') };
};

/** As in inference: a model that was exported has learned. */
const kept: Op = (node, [x, ratio, training]) => {
  const drops = training && numbersOf(node, training, 'training_mode')[0];
  if (drops && !(ratio && numbersOf(node, ratio, 'ratio')[0] === 0)) throw refuse(node, 'training_mode');
  return required(node, x, 0);
};

const spreadSlope: Op = (node, inputs) => {
  const [x, slope] = [required(node, inputs[0], 0), required(node, inputs[1], 1)];
  const rank = shapeOf(x).length;
  return last(prelu(channelsLast(x), besideLast(slope, rank)));
};

export const elementOps: Readonly<Record<string, Op>> = {
  Relu: each(relu),
  LeakyRelu: each((x, node) => leakyRelu(x, number(node, 'alpha', 0.01))),
  PRelu: spreadSlope,
  Sigmoid: each(sigmoid),
  HardSigmoid: each((x, node) =>
    clipByValue(add(mul(x, number(node, 'alpha', 0.2)), number(node, 'beta', 0.5)), 0, 1),
  ),
  Tanh: each(tanh),
  Softplus: each(softplus),
  Exp: each(exp),
  Sin: each(sin),
  Cos: each(cos),
  Log: each(log),
  Sqrt: each(sqrt),
  Reciprocal: each(reciprocal),
  Ceil: each(ceil),
  Round: each(round),
  Sign: each(sign),
  Abs: each(abs),
  Neg: each(neg),
  Erf: each(erf),
  Floor: (node, inputs, context) => {
    const value = required(node, inputs[0], 0);
    if (value.kind === 'known')
      return known(Array.from(value.values, Math.floor), value.shape, value.integer);
    return each(floor)(node, inputs, context);
  },
  Clip: bounded,
  Softmax: probabilities((x) => softmax(x)),
  LogSoftmax: probabilities((x) => logSoftmax(x)),
  Cast: converted,
  Identity: (node, [x]) => required(node, x, 0),
  Dropout: kept,
};
