import {
  abs,
  add,
  cast,
  ceil,
  clipByValue,
  div,
  elu,
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
  pow,
  prelu,
  reciprocal,
  relu,
  reshape,
  sigmoid,
  sign,
  softmax,
  softplus,
  sqrt,
  sub,
  type Tensor,
  tanh,
  transpose,
} from '@tensorflow/tfjs-core';
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
    return { ...value, tensor: compute(value.tensor, node) };
  };

/** A value laid out to meet images that lie channels last: alone, or spread along axes as broadcasting has it. */
function besideLast(value: Value, rank: number): Tensor {
  const shape = shapeOf(value);
  if (shape.length === 0 || shape.every((length) => length === 1)) return reshape(inOrder(value), []);
  const whole = [...Array<number>(rank - shape.length).fill(1), ...shape];
  return shape.length === rank ? channelsLast(value) : channelsLast(plain(reshape(inOrder(value), whole)));
}

/** Two values for one, by NumPy's broadcasting. Numbers that only shapes depend on stay on the host. */
const both =
  (compute: (a: Tensor, b: Tensor) => Tensor, host: (a: number, b: number, integer: boolean) => number): Op =>
  (node, inputs) => {
    const [a, b] = [required(node, inputs[0], 0), required(node, inputs[1], 1)];
    if (a.kind === 'known' && b.kind === 'known') {
      const [longer, other] = a.values.length >= b.values.length ? [a, b] : [b, a];
      if (other.values.length === 1 || other.values.length === longer.values.length) {
        const at = (value: typeof a, i: number) => value.values[value.values.length === 1 ? 0 : i]!;
        const integer = a.integer && b.integer;
        const values = Array.from(longer.values, (_, i) => host(at(a, i), at(b, i), integer));
        return known(values, longer.shape, integer);
      }
    }
    const rank = Math.max(shapeOf(a).length, shapeOf(b).length);
    const liesLast = (value: Value) =>
      value.kind === 'tensor' && value.channelsLast && value.tensor.rank === rank;
    if (liesLast(a) || liesLast(b)) return last(compute(besideLast(a, rank), besideLast(b, rank)));
    return plain(compute(inOrder(a), inOrder(b)));
  };

const addition = both(add, (a, b) => a + b);
const summed: Op = (node, inputs, context) =>
  inputs
    .map((value, i) => required(node, value, i))
    .reduce((total, value) => addition(node, [total, value], context));

/** Integers divide as in C, where shapes are computed; whole numbers of a float type do not. */
const hostDiv = (a: number, b: number, integer: boolean) => (integer ? Math.trunc(a / b) : a / b);

const bounded: Op = (node, [x, low, high], { opset }) => {
  const value = required(node, x, 0);
  const [least, most] =
    opset < 11
      ? [number(node, 'min', -3.4e38), number(node, 'max', 3.4e38)]
      : [
          low ? numbersOf(node, low, 'bounds')[0]! : -3.4e38,
          high ? numbersOf(node, high, 'bounds')[0]! : 3.4e38,
        ];
  const clip = (t: Tensor) => clipByValue(t, least, most);
  return value.kind === 'known' ? plain(clip(inOrder(value))) : { ...value, tensor: clip(value.tensor) };
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
const integers: ReadonlySet<number> = new Set([2, 3, 5, 6, 7, 9]);

const converted: Op = (node, [x]) => {
  const value = required(node, x, 0);
  const integer = integers.has(number(node, 'to', 1));
  if (value.kind === 'known')
    return known(integer ? Array.from(value.values, Math.trunc) : value.values, value.shape, integer);
  return { ...value, tensor: cast(value.tensor, integer ? 'int32' : 'float32') };
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
  Elu: each(elu),
  Sigmoid: each(sigmoid),
  HardSigmoid: each((x, node) =>
    clipByValue(add(mul(x, number(node, 'alpha', 0.2)), number(node, 'beta', 0.5)), 0, 1),
  ),
  Tanh: each(tanh),
  Softplus: each(softplus),
  Exp: each(exp),
  Log: each(log),
  Sqrt: each(sqrt),
  Reciprocal: each(reciprocal),
  Ceil: each(ceil),
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
  // As in inference: a model that was exported has learned.
  Dropout: (node, [x]) => required(node, x, 0),
  Add: addition,
  Sum: summed,
  Sub: both(sub, (a, b) => a - b),
  Mul: both(mul, (a, b) => a * b),
  Div: both(div, hostDiv),
  Pow: both(pow, (a, b) => a ** b),
  Max: both(maximum, (a, b) => Math.max(a, b)),
  Min: both(minimum, (a, b) => Math.min(a, b)),
};
