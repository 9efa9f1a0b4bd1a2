import { add, grads, mul, sub, sum, type Tensor, valueAndGrads } from '@tensorflow/tfjs-core';
import type { Tensors } from './case.js';

type Scalars = (inputs: Tensors) => Tensor;

/**
 * The value of a function and its gradient by the named inputs: outputs `value` and `gradient <name>`. A value that is
 * no scalar is weighed by itself, so that no entry's gradient hides behind another's.
 */
export function valueAndGradient(fn: Scalars, by: readonly string[]): (inputs: Tensors) => Tensors {
  return (inputs) => {
    let isScalar = false;
    const total = (...moving: Tensor[]) => {
      const result = fn({ ...inputs, ...named(by, moving) });
      isScalar = result.rank === 0;
      return scalar(result);
    };
    const { value, grads: gradients } = valueAndGrads(total)(by.map((name) => inputs[name]!));
    return {
      value: isScalar ? value : fn(inputs),
      ...named(
        by.map((name) => `gradient ${name}`),
        gradients,
      ),
    };
  };
}

const named = (names: readonly string[], tensors: readonly Tensor[]): Tensors =>
  Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));

const scalar = (value: Tensor) => (value.rank === 0 ? value : sum(mul(value, add(value, 1))));

/** How the gradient changes along directions `<name> direction`: outputs `product <name>`, by reverse over reverse. */
export function hessianProduct(fn: Scalars, by: readonly string[]): (inputs: Tensors) => Tensors {
  return (inputs) => {
    const along = (...moving: Tensor[]) => {
      const slopes = grads((...inner: Tensor[]) => scalar(fn({ ...inputs, ...named(by, inner) })))(moving);
      return slopes
        .map((slope, i): Tensor => sum(mul(slope, inputs[`${by[i]} direction`]!)))
        .reduce((total, next) => add(total, next));
    };
    const products = grads(along)(by.map((name) => inputs[name]!));
    return named(
      by.map((name) => `product ${name}`),
      products,
    );
  };
}

/** The same by central differences of the gradient: in double precision right to nine digits. */
export function differencedProduct(fn: Scalars, by: readonly string[]): (inputs: Tensors) => Tensors {
  const step = 1e-5;
  return (inputs) => {
    const slopesAt = (offset: number) =>
      grads((...inner: Tensor[]) => scalar(fn({ ...inputs, ...named(by, inner) })))(
        by.map((name) => add(inputs[name]!, mul(inputs[`${name} direction`]!, offset))),
      );
    const [ahead, behind] = [slopesAt(step), slopesAt(-step)];
    const products = ahead.map((slope, i) => mul(sub(slope, behind[i]!), 1 / (2 * step)));
    return named(
      by.map((name) => `product ${name}`),
      products,
    );
  };
}
