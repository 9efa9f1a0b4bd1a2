import { SegscapeError } from '@segscape/core';
import type { Scalar } from '@tensorflow/tfjs-core';

/**
 * A loss as it was given, which must be one number: the first of several would be taken for it, and the gradient of their sum.
 *
 * @param where whose loss it is, for errors.
 * @param name of the loss, for errors.
 * @throws {SegscapeError} `SHAPE_MISMATCH`.
 */
export function oneNumber(where: string, name: string, loss: Scalar): Scalar {
  if (loss?.size === 1) return loss;
  const got = loss?.shape ? `a tensor [${loss.shape}]` : typeof loss;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: ${name} must be a tensor of one number, got ${got}. Take its mean.`,
  );
}
