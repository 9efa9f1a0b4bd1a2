import { pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

/** A kernel with `steps[i] − 1` zeros between the values of its axis `i`. */
export function spreadKernel(kernel: Tensor, steps: readonly number[]): Tensor {
  let spread = kernel;
  for (const [axis, step] of steps.entries()) {
    const { shape } = spread;
    const length = shape[axis]!;
    if (step === 1 || length === 1) continue;
    const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
    const apart = pad(reshape(spread, [outer, length, inner]), [
      [0, 0],
      [0, 0],
      [0, (step - 1) * inner],
    ]);
    const reach = (length - 1) * step + 1;
    const lines = slice(reshape(apart, [outer, length * step, inner]), [0, 0, 0], [outer, reach, inner]);
    spread = reshape(
      lines,
      shape.map((n, i) => (i === axis ? reach : n)),
    );
  }
  return spread;
}
