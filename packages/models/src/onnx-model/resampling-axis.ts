import { gather, matMul, reshape, type Tensor, tensor3d } from '@tensorflow/tfjs-core';

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

/** An axis in memory computed anew from its lines, `[before, from, behind]` to `[before, to, behind]`. */
function alongAxis(x: Tensor, axis: number, to: number, compute: (lines: Tensor) => Tensor): Tensor {
  const { shape } = x;
  const [before, behind] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const lines = compute(reshape(x, [before, shape[axis]!, behind]));
  return reshape(
    lines,
    shape.map((length, i) => (i === axis ? to : length)),
  );
}

/** Samples as weighted sums of an axis's values: a product of matrices, whose gradient is the other one. */
export const weightedAlong = (x: Tensor, axis: number, to: number, weights: Float32Array): Tensor =>
  alongAxis(x, axis, to, (lines) => matMul(tensor3d(weights, [1, to, x.shape[axis]!]), lines));

/** Some of an axis's values, any of them several times. */
export const chosenAlong = (x: Tensor, axis: number, places: readonly number[]): Tensor =>
  alongAxis(x, axis, places.length, (lines) => gather(lines, [...places], 1));
