import { pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

/** Every `step`-th value of an axis, of slices and reshapes: TensorFlow.js has no gradient of `stridedSlice`. */
export function everyNth(x: Tensor, step: number, axis: number): Tensor {
  const { shape } = x;
  if (step === 1 || shape[axis]! <= 1) return x;
  const count = Math.ceil(shape[axis]! / step);
  const missing = count * step - shape[axis]!;
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const lines = reshape(x, [outer, shape[axis]!, inner]);
  const whole =
    missing === 0
      ? lines
      : pad(lines, [
          [0, 0],
          [0, missing],
          [0, 0],
        ]);
  const firsts = slice(reshape(whole, [outer, count, step * inner]), [0, 0, 0], [outer, count, inner]);
  return reshape(
    firsts,
    shape.map((n, i) => (i === axis ? count : n)),
  );
}
