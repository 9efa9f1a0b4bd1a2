import { registerGradients } from '@segscape/backend';
import { dispose, grads, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Case, type Fn, noise } from './case.js';
import { hessianVector, scalarOf } from './hessian.js';

/** The value, the gradient and a Hessian-vector product on a backend of TensorFlow.js's registry. */
export async function derivatives(engineName: string, fn: Fn, inputs: Case[2]): Promise<Float32Array[]> {
  await setBackend(engineName);
  registerGradients();
  const results = tidy(() => {
    const at = inputs();
    const f = scalarOf(fn);
    const v = at.map((x, i) => noise(x.shape, 41 + 10 * i));
    return [fn(...at), ...grads(f)(at), ...hessianVector(f, at, v)];
  });
  const values = await Promise.all(results.map((t: Tensor) => t.data() as Promise<Float32Array>));
  dispose(results);
  return values;
}

/** The largest difference of two backends' results, each output's over its largest value. */
export const worstDifference = (expected: readonly Float32Array[], got: readonly Float32Array[]): number =>
  Math.max(
    ...expected.map((values, i) => {
      const scale = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-2);
      const off = values.reduce((most, v, k) => {
        const difference = Math.abs(v - got[i]![k]!);
        return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
      }, 0);
      return values.length === got[i]!.length ? off / scale : Number.POSITIVE_INFINITY;
    }),
  );
