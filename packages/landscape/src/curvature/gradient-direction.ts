import { type Params, SegscapeError } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import { type CurvatureProblem, gradientField, lengthOf } from './gradient-field.js';

export interface GradientDirection {
  /** The unit vector along which the loss falls fastest; the caller disposes it. */
  readonly direction: Params;
  /** Slope of the loss against it: the gradient's length. */
  readonly gradientNorm: number;
  readonly loss: number;
}

/** The way straight down from weights, as a direction for `line` or `surface`. */
export async function gradientDirection<B extends Batch>(
  problem: CurvatureProblem<B>,
): Promise<GradientDirection> {
  const field = await gradientField('gradientDirection', problem);
  try {
    const { value, gradient } = await field.at(undefined, 0);
    const gradientNorm = lengthOf(gradient);
    if (!(gradientNorm > 0 && Number.isFinite(gradientNorm)))
      throw new SegscapeError(
        'NOT_FINITE',
        `gradientDirection: the gradient's length is ${gradientNorm}; it points nowhere.`,
      );
    return { direction: field.toRecord(gradient.map((g) => -g / gradientNorm)), gradientNorm, loss: value };
  } finally {
    await field.dispose();
  }
}
