import { registerGradients } from '@segscape/backend';
import { add, grads, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { type Fn, noise } from '../cases/case.js';
import { dot, hessianVector, scalarOf } from '../cases/hessian.js';

registerGradients();

const moved = (inputs: readonly Tensor[], directions: readonly Tensor[], by: number) =>
  inputs.map((x, i) => add(x, mul(directions[i]!, by)));

const read = (t: Tensor) => t.dataSync()[0]!;

const relative = (got: number, want: number, scale: number) => Math.abs(got - want) / Math.max(scale, 1e-3);

const step = 3e-6;

/** Largest error of the gradient along four directions, relative to its size. */
export function firstOrderError(fn: Fn, inputs: readonly Tensor[]): number {
  return tidy(() => {
    const f = scalarOf(fn);
    const gradient = grads(f)([...inputs]);
    const size = Math.sqrt(read(dot(gradient, gradient)));
    return Math.max(
      ...[1, 2, 3, 4].map((seed) => {
        const direction = inputs.map((x, i) => noise(x.shape, 10 * seed + i));
        const numeric =
          (read(f(...moved(inputs, direction, step))) - read(f(...moved(inputs, direction, -step)))) /
          (2 * step);
        return relative(read(dot(gradient, direction)), numeric, size);
      }),
    );
  });
}

/** Largest error of H·v against central differences of the gradient, and of its symmetry. */
export function secondOrderError(fn: Fn, inputs: readonly Tensor[]): number {
  return tidy(() => {
    const f = scalarOf(fn);
    const [u, v] = [41, 42].map((seed) => inputs.map((x, i) => noise(x.shape, seed + 10 * i))) as [
      Tensor[],
      Tensor[],
    ];
    const [hu, hv] = [hessianVector(f, inputs, u), hessianVector(f, inputs, v)];
    const [ahead, behind] = [step, -step].map((by) => grads(f)(moved(inputs, v, by))) as [Tensor[], Tensor[]];
    const numeric = ahead.map((g, i) => mul(add(g, mul(behind[i]!, -1)), 1 / (2 * step)));
    const size = Math.sqrt(read(dot(numeric, numeric)));
    const worst = hv.map((got, i) => {
      const [a, b] = [got.dataSync(), numeric[i]!.dataSync()];
      return Math.max(...Array.from(a, (value, k) => relative(value, b[k]!, size)));
    });
    return Math.max(...worst, relative(read(dot(u, hv)), read(dot(v, hu)), size));
  });
}

/** Both orders of a function, within 1e-7 of central differences. */
export function expectExact(fn: Fn, inputs: readonly Tensor[]): void {
  expect(firstOrderError(fn, inputs), 'first order').toBeLessThan(1e-7);
  expect(secondOrderError(fn, inputs), 'second order').toBeLessThan(1e-7);
}
