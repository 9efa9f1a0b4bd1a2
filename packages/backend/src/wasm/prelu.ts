import { add, minimum, mul, relu, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** max(x, 0) + alpha · min(x, 0), with slopes that stretch to x in any way. */
export const slopedBelowZero = (x: Tensor, alpha: Tensor): Tensor =>
  tidy(() => add(relu(x), mul(alpha, minimum(x, 0))));
