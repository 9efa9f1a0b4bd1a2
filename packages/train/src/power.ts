import { exp, mul, pow, type Tensor } from '@tensorflow/tfjs-core';

/**
 * `base^exponent` for whole exponents. In single precision the base is off by up to 6e-8 of itself, its thousandth power by 6e-5,
 * and a GPU's power by more; the exponential of the logarithm keeps six digits.
 */
export const power = (base: number, exponent: Tensor): Tensor =>
  Math.fround(base) === base ? pow(base, exponent) : exp(mul(exponent, Math.log(base)));
