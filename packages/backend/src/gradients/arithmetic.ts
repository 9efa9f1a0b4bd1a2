import {
  add,
  cast,
  div,
  equal,
  floor,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  mul,
  neg,
  onesLike,
  pow,
  square,
  sub,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { rule, sumTo } from './rule.js';

type Slope = (dy: Tensor, a: Tensor, b: Tensor) => Tensor;

/** The rule of a kernel of two tensors that stretch to each other's shape. */
const binary = (kernelName: string, slopeA: Slope, slopeB: Slope): GradConfig =>
  rule(kernelName, ['a', 'b'], (dy, { a, b }) => ({
    a: () => sumTo(slopeA(dy, a, b), a.shape),
    b: () => sumTo(slopeB(dy, a, b), b.shape),
  }));

const only = (dy: Tensor, condition: Tensor) => mul(dy, cast(condition, 'float32'));

/** Exponent × base^(exponent − 1), without the 0 × ∞ of 0 to the power of 0. */
const powerSlope: Slope = (dy, a, b) => {
  const flat = logicalAnd(equal(a, 0), equal(b, 0));
  const safe = where(flat, onesLike(add(zerosLike(a), b)), add(zerosLike(a), b));
  return mul(dy, mul(b, pow(a, sub(safe, 1))));
};

/**
 * `div` of whole numbers is this kernel, and has the gradient of the quotient, as TensorFlow.js has it. Of floats it is a
 * staircase, which is flat wherever it has a slope.
 */
const floorDivision = rule('FloorDiv', ['a', 'b'], (dy, { a, b }) => {
  const whole = a.dtype === 'int32';
  const [slope, top, divisor] = [dy, a, b].map((x) => cast(x, 'float32')) as [Tensor, Tensor, Tensor];
  return {
    a: () => sumTo(whole ? div(slope, divisor) : zerosLike(dy), a.shape),
    b: () => {
      const all = sumTo(whole ? mul(slope, top) : zerosLike(dy), b.shape);
      return whole ? neg(div(div(all, divisor), divisor)) : all;
    },
  };
});

/** Arithmetic of two tensors. Among equals the first has the gradient of an extreme. */
export const arithmetic: readonly GradConfig[] = [
  // Summed before it is divided: a divisor is often smaller than what it divides. Divided twice: a divisor's square may
  // leave the range of numbers, of half precision already from 256 on.
  rule('RealDiv', ['a', 'b'], (dy, { a, b }) => ({
    a: () => sumTo(div(dy, b), a.shape),
    b: () => neg(div(div(sumTo(mul(dy, a), b.shape), b), b)),
  })),
  binary(
    'Maximum',
    (dy, a, b) => only(dy, greaterEqual(a, b)),
    (dy, a, b) => only(dy, less(a, b)),
  ),
  binary(
    'Minimum',
    (dy, a, b) => only(dy, lessEqual(a, b)),
    (dy, a, b) => only(dy, greater(a, b)),
  ),
  binary(
    'SquaredDifference',
    (dy, a, b) => mul(dy, mul(sub(a, b), 2)),
    (dy, a, b) => mul(dy, mul(sub(b, a), 2)),
  ),
  binary('Pow', powerSlope, (dy, a, b) => {
    const positive = greater(a, 0);
    return mul(dy, mul(pow(a, b), log(where(positive, a, onesLike(a)))));
  }),
  binary(
    'Atan2',
    (dy, a, b) => mul(dy, div(b, add(square(a), square(b)))),
    (dy, a, b) => neg(mul(dy, div(a, add(square(a), square(b))))),
  ),
  binary(
    'Mod',
    (dy) => dy,
    (dy, a, b) => neg(mul(dy, floor(div(a, b)))),
  ),
  floorDivision,
];
