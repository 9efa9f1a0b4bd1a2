import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorCase, Tensors } from '../case.js';
import { differencedProduct, hessianProduct, valueAndGradient } from '../derivatives.js';
import { type HostTensor, normals } from '../inputs.js';

type Inputs = Readonly<Record<string, HostTensor>>;

/** A value only. */
export const value = (name: string, inputs: Inputs, fn: (inputs: Tensors) => Tensor): TensorCase => ({
  name: `ops/${name}`,
  inputs: () => inputs,
  compute: (given) => ({ value: fn(given) }),
});

/** A value and its gradient by inputs; by default by all of single precision. */
export const gradient = (
  name: string,
  inputs: Inputs,
  fn: (inputs: Tensors) => Tensor,
  by = Object.keys(inputs).filter((input) => inputs[input]!.dtype === 'float32'),
): TensorCase => ({ name: `ops/${name}`, inputs: () => inputs, compute: valueAndGradient(fn, by) });

/** The product of the second derivatives with a direction; the reference takes differences of the gradient. */
export function secondOrder(
  name: string,
  inputs: Inputs,
  fn: (inputs: Tensors) => Tensor,
  by = Object.keys(inputs).filter((input) => inputs[input]!.dtype === 'float32'),
): TensorCase {
  const directions = Object.fromEntries(
    by.map((input) => [`${input} direction`, normals(`${name} ${input} direction`, inputs[input]!.shape)]),
  );
  return {
    name: `ops/${name}, second order`,
    inputs: () => ({ ...inputs, ...directions }),
    compute: hessianProduct(fn, by),
    reference: differencedProduct(fn, by),
  };
}
