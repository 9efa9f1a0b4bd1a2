import {
  abs,
  add,
  cast,
  div,
  maximum,
  minimum,
  mod,
  mul,
  pow,
  reshape,
  sign,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { zippedKnown } from './known-arrays.js';
import {
  channelsLast,
  inOrder,
  last,
  number,
  type Op,
  plain,
  required,
  shapeOf,
  type Value,
} from './value.js';

/** A value laid out to meet images that lie channels last: alone, or spread along axes as broadcasting has it. */
export function besideLast(value: Value, rank: number): Tensor {
  const shape = shapeOf(value);
  if (shape.length < rank && shape.every((length) => length === 1)) return reshape(inOrder(value), []);
  const whole = [...Array<number>(rank - shape.length).fill(1), ...shape];
  return shape.length === rank ? channelsLast(value) : channelsLast(plain(reshape(inOrder(value), whole)));
}

/** Two values for one, by NumPy's broadcasting. Numbers that only shapes depend on stay on the host. */
const both =
  (compute: (a: Tensor, b: Tensor) => Tensor, host: (a: number, b: number, integer: boolean) => number): Op =>
  (node, inputs) => {
    const [a, b] = [required(node, inputs[0], 0), required(node, inputs[1], 1)];
    if (a.kind === 'known' && b.kind === 'known') {
      const integer = a.integer && b.integer;
      const zipped = zippedKnown([a, b], ([x, y]) => host(x!, y!, integer), integer);
      if (zipped) return zipped;
    }
    const rank = Math.max(shapeOf(a).length, shapeOf(b).length);
    const liesLast = (value: Value) =>
      value.kind === 'tensor' && value.channelsLast && value.tensor.rank === rank;
    if (liesLast(a) || liesLast(b)) return last(compute(besideLast(a, rank), besideLast(b, rank)));
    return plain(compute(inOrder(a), inOrder(b)));
  };

/** Of any number of values: the first with the second, that with the third. */
const ofAll =
  (two: Op): Op =>
  (node, inputs, context) =>
    inputs
      .map((value, i) => required(node, value, i))
      .reduce((total, value) => two(node, [total, value], context));

const summed = ofAll(both(add, (a, b) => a + b));

const isInteger = (value: Value | undefined) =>
  value?.kind === 'known' ? value.integer : value?.tensor.dtype === 'int32';

/** Integers divide as in C, towards zero; TensorFlow.js rounds them down. */
const truncated = (a: Tensor, b: Tensor) => cast(div(cast(a, 'float32'), cast(b, 'float32')), 'int32');
const division = both(div, (a, b, integer) => (integer ? Math.trunc(a / b) : a / b));
const wholeDivision = both(truncated, (a, b) => Math.trunc(a / b));

/** What is left over has the sign of the divisor, as in Python, or with `fmod` that of the dividend, as in C. */
const remainder = both(mod, (a, b) => a - b * Math.floor(a / b));
const remainderOfC = both(
  (a, b) => mul(sign(a), mod(abs(a), abs(b))),
  (a, b) => a % b,
);

/** Arithmetic of two values, or of any number of them. */
export const arithmeticOps: Readonly<Record<string, Op>> = {
  Add: both(add, (a, b) => a + b),
  Sum: summed,
  Mean: (node, inputs, context) => {
    const all = inOrder(summed(node, inputs, context));
    return plain(div(all, inputs.length));
  },
  Sub: both(sub, (a, b) => a - b),
  Mul: both(mul, (a, b) => a * b),
  Div: (node, inputs, context) => (inputs.every(isInteger) ? wholeDivision : division)(node, inputs, context),
  Mod: (node, inputs, context) =>
    (number(node, 'fmod', 0) === 1 ? remainderOfC : remainder)(node, inputs, context),
  Pow: both(pow, (a, b) => a ** b),
  Max: ofAll(both(maximum, (a, b) => Math.max(a, b))),
  Min: ofAll(both(minimum, (a, b) => Math.min(a, b))),
};
