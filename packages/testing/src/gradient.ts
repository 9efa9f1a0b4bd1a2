import { grad, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Largest error of `fn`'s gradient at `x` against central differences, relative to the largest gradient entry.
 * `fn` maps a float32 tensor to a scalar. Single precision: keep `step` near 1e-2 and inputs smooth.
 */
export function gradientError(fn: (x: Tensor) => Tensor, x: Tensor, step = 1e-2): number {
  const exact = tidy(() => grad(fn)(x).dataSync());
  const values = Float32Array.from(x.dataSync());
  const at = (index: number, delta: number) =>
    tidy(() => {
      const moved = Float32Array.from(values);
      moved[index] = moved[index]! + delta;
      return fn(tensor(moved, x.shape)).dataSync()[0]!;
    });
  let scale = 1e-3;
  for (const g of exact) scale = Math.max(scale, Math.abs(g));
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    const numeric = (at(i, step) - at(i, -step)) / (2 * step);
    worst = Math.max(worst, Math.abs(numeric - exact[i]!) / scale);
  }
  return worst;
}
