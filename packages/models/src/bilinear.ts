import { add, concat, mul, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Twice the size along every spatial axis by linear interpolation between pixel centres, edges repeated: what
 * PyTorch's `Upsample(scale_factor=2, mode='bilinear', align_corners=False)` gives. Made of slices, sums and
 * concatenations, because the engine's gradient of `resizeBilinear` ignores half-pixel centres.
 * @param stride 2 for the axes to double, 1 for those to leave. Default all 2.
 */
export function doubled(x: Tensor, stride?: readonly number[]): Tensor {
  let y = x;
  for (let axis = 1; axis < x.rank - 1; axis++) if (stride?.[axis - 1] !== 1) y = doubledAlong(y, axis);
  return y;
}

function doubledAlong(x: Tensor, axis: number): Tensor {
  const { shape } = x;
  const n = shape[axis]!;
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const flat = reshape(x, [outer, n, inner]);
  const part = (from: number, size: number) => slice(flat, [0, from, 0], [outer, size, inner]);
  const before = n === 1 ? flat : concat([part(0, 1), part(0, n - 1)], 1);
  const after = n === 1 ? flat : concat([part(1, n - 1), part(n - 1, 1)], 1);
  const near = mul(flat, 0.75);
  const pair = [before, after].map((far) => reshape(add(near, mul(far, 0.25)), [outer, n, 1, inner]));
  return reshape(
    concat(pair, 2),
    shape.map((size, at) => (at === axis ? 2 * n : size)),
  );
}
