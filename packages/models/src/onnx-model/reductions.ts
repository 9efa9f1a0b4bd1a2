import { sameShape } from '@segscape/core';
import {
  abs,
  add,
  broadcastTo,
  log,
  logSumExp,
  matMul,
  max,
  mean,
  min,
  mul,
  prod,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { commonShape } from './known-arrays.js';
import {
  axisIn,
  inOrder,
  type Known,
  known,
  number,
  type Op,
  plain,
  required,
  settings,
  shapeOf,
} from './value.js';

type Fold = (values: readonly number[]) => number;

/** Of numbers that only shapes depend on, all together. */
function foldedKnown({ values, shape, integer }: Known, fold: Fold, keep: boolean): Known {
  const all = fold(Array.from(values));
  return known([all], keep ? shape.map(() => 1) : [], integer && Number.isInteger(all));
}

const reduced =
  (compute: (x: Tensor, axes: number[] | undefined, keep: boolean) => Tensor, fold: Fold): Op =>
  (node, [x, along]) => {
    const value = required(node, x, 0);
    const given = settings(node, 'axes', along, 'axes');
    const axes = given?.length === 0 ? undefined : given;
    if (axes === undefined && number(node, 'noop_with_empty_axes', 0) === 1) return value;
    const keep = number(node, 'keepdims', 1) === 1;
    if (value.kind === 'known' && (axes ?? shapeOf(value)).length === value.shape.length)
      return foldedKnown(value, fold, keep);
    if (keep && axes && value.kind === 'tensor')
      return {
        ...value,
        tensor: compute(
          value.tensor,
          axes.map((axis) => axisIn(value, axis)),
          keep,
        ),
      };
    return plain(compute(inOrder(value), axes, keep));
  };

const general: Op = (node, [a, b, c]) => {
  const [alpha, beta] = [number(node, 'alpha', 1), number(node, 'beta', 1)];
  const left = inOrder(required(node, a, 0));
  const right = inOrder(required(node, b, 1));
  const whole = matMul(left, right, number(node, 'transA', 0) === 1, number(node, 'transB', 0) === 1);
  const scaled = alpha === 1 ? whole : mul(whole, alpha);
  return plain(c ? add(scaled, beta === 1 ? inOrder(c) : mul(inOrder(c), beta)) : scaled);
};

/**
 * Matrices, and vectors as matrices of one row or column, one with the other, by NumPy's broadcasting: TensorFlow.js takes the wrong
 * ones where neither has all the others' axes.
 */
function multiplied(a: Tensor, b: Tensor): Tensor {
  const left = a.rank === 1 ? reshape(a, [1, -1]) : a;
  const right = b.rank === 1 ? reshape(b, [-1, 1]) : b;
  const [own, other] = [left.shape.slice(0, -2), right.shape.slice(0, -2)];
  const all = commonShape(own, other);
  const isAlone = (lengths: readonly number[]) => lengths.every((length) => length === 1);
  const fits = sameShape(own, other) || isAlone(own) || isAlone(other);
  const over = (x: Tensor) => (fits ? x : broadcastTo(x, [...all, ...x.shape.slice(-2)]));
  const whole = matMul(over(left), over(right));
  if (a.rank > 1 && b.rank > 1) return whole;
  const matrix = [...(a.rank > 1 ? [left.shape.at(-2)!] : []), ...(b.rank > 1 ? [right.shape.at(-1)!] : [])];
  return reshape(whole, [...all, ...matrix]);
}

const total: Fold = (values) => values.reduce((a, b) => a + b, 0);
const squares: Fold = (values) => values.reduce((a, b) => a + b * b, 0);

/** Sums over axes and products of matrices. */
export const reductionOps: Readonly<Record<string, Op>> = {
  ReduceMean: reduced(
    (x, axes, keep) => mean(x, axes, keep),
    (values) => total(values) / values.length,
  ),
  ReduceSum: reduced((x, axes, keep) => sum(x, axes, keep), total),
  ReduceProd: reduced(
    (x, axes, keep) => prod(x, axes, keep),
    (values) => values.reduce((a, b) => a * b, 1),
  ),
  ReduceMax: reduced(
    (x, axes, keep) =>
      x.size === 0 ? add(sum(x, axes, keep), Number.NEGATIVE_INFINITY) : max(x, axes, keep),
    (values) => Math.max(...values),
  ),
  ReduceMin: reduced(
    (x, axes, keep) =>
      x.size === 0 ? add(sum(x, axes, keep), Number.POSITIVE_INFINITY) : min(x, axes, keep),
    (values) => Math.min(...values),
  ),
  ReduceSumSquare: reduced((x, axes, keep) => sum(square(x), axes, keep), squares),
  ReduceL2: reduced(
    (x, axes, keep) => sqrt(sum(square(x), axes, keep)),
    (values) => Math.sqrt(squares(values)),
  ),
  ReduceL1: reduced(
    (x, axes, keep) => sum(abs(x), axes, keep),
    (values) => values.reduce((a, b) => a + Math.abs(b), 0),
  ),
  ReduceLogSum: reduced(
    (x, axes, keep) => log(sum(x, axes, keep)),
    (values) => Math.log(total(values)),
  ),
  ReduceLogSumExp: reduced(
    (x, axes, keep) => (x.size === 0 ? log(sum(x, axes, keep)) : logSumExp(x, axes, keep)),
    (values) => Math.log(values.reduce((a, b) => a + Math.exp(b), 0)),
  ),
  MatMul: (node, [a, b]) => plain(multiplied(inOrder(required(node, a, 0)), inOrder(required(node, b, 1)))),
  Gemm: general,
};
