import { add, matMul, max, mean, min, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { axisIn, inOrder, number, type Op, plain, required, settings } from './value.js';

const reduced =
  (compute: (x: Tensor, axes: number[] | undefined, keep: boolean) => Tensor): Op =>
  (node, [x, along]) => {
    const value = required(node, x, 0);
    const axes = settings(node, 'axes', along, 'axes');
    const keep = number(node, 'keepdims', 1) === 1;
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

/** Sums over axes and products of matrices. */
export const reductionOps: Readonly<Record<string, Op>> = {
  ReduceMean: reduced((x, axes, keep) => mean(x, axes, keep)),
  ReduceSum: reduced((x, axes, keep) => sum(x, axes, keep)),
  ReduceMax: reduced((x, axes, keep) => max(x, axes, keep)),
  ReduceMin: reduced((x, axes, keep) => min(x, axes, keep)),
  MatMul: (node, [a, b]) => plain(matMul(inOrder(required(node, a, 0)), inOrder(required(node, b, 1)))),
  Gemm: general,
};
