import { mul, neg, relu, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** max(x, 0) - alpha · max(-x, 0), with slopes that stretch to x in any way. */
export const slopedBelowZero = (x: Tensor, alpha: Tensor): Tensor =>
  tidy(() => sub(relu(x), mul(alpha, relu(neg(x)))));
