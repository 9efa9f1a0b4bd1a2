import {
  cast,
  div,
  exp,
  type GradConfig,
  greaterEqual,
  lessEqual,
  logicalAnd,
  mul,
  neg,
  rsqrt,
  sign,
  sqrt,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { rule, unary } from './rule.js';

const cube = (y: Tensor) => mul(y, mul(y, y));

/** Functions of one number, and the choice between two. */
export const elementwise: readonly GradConfig[] = [
  unary('Exp', (dy, x) => mul(dy, exp(x))),
  unary('Expm1', (dy, x) => mul(dy, exp(x))),
  unary('Log', (dy, x) => div(dy, x)),
  unary('Sqrt', (dy, x) => div(dy, mul(sqrt(x), 2))),
  unary('Rsqrt', (dy, x) => mul(dy, mul(cube(rsqrt(x)), -0.5))),
  unary('Reciprocal', (dy, x) => neg(div(div(dy, x), x))),
  unary('Abs', (dy, x) => mul(dy, sign(x))),
  unary('ClipByValue', (dy, x, { clipValueMin, clipValueMax }) =>
    mul(
      dy,
      cast(
        logicalAnd(greaterEqual(x, clipValueMin as number), lessEqual(x, clipValueMax as number)),
        'float32',
      ),
    ),
  ),
  rule('Select', ['condition'], (dy, { condition }) => ({
    condition: () => cast(zerosLike(condition), 'float32'),
    t: () => where(condition, dy, zerosLike(dy)),
    e: () => where(condition, zerosLike(dy), dy),
  })),
];
