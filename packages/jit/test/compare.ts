import '@segscape/testing';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import { dispose, grads, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

type Fn = (...inputs: Tensor[]) => Tensor | Tensor[];

/** Normal deviates of a shape, rounded to 1/64 so that ties do occur. */
export function normal(shape: number[], seed = 1, scale = 1): Tensor {
  const rng = random(seed);
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(
    Float32Array.from({ length: size }, () => Math.round(rng.normal() * scale * 64) / 64),
    shape,
  );
}

const list = (value: Tensor | Tensor[]): Tensor[] => (Array.isArray(value) ? value : [value]);

/** Expects native and eager results of `fn` to agree to 1e-5 relative. */
export async function expectSame(fn: Fn, inputs: Tensor[]): Promise<void> {
  const native = jit((args: Tensor[]) => list(fn(...args)), { executor: 'onnxruntime' });
  const want = tidy(() => list(fn(...inputs)));
  const got = await native(inputs);
  expect(got.length).toBe(want.length);
  got.forEach((result, i) => {
    expect(result.dtype, `type of output ${i}`).toBe(want[i]!.dtype);
    expect(result, `output ${i}`).toBeAllclose(want[i]!, { abs: 2e-6, rel: 1e-5 });
  });
  dispose([got, want]);
  await native.dispose();
}

/** Expects the gradients with respect to all inputs to agree, for a fixed weighting of the outputs. */
export async function expectSameGradients(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
): Promise<void> {
  const shape = tidy(() => fn(...inputs).shape);
  const weights = normal(shape, 99);
  const differentiate = (...args: Tensor[]) => grads((...xs: Tensor[]) => sum(mul(fn(...xs), weights)))(args);
  await expectSame(differentiate, inputs);
}
