import { assertKnown, type Params } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import { type CurvatureProblem, gradientField, lengthOf } from './gradient-field.js';
import { differences, productOf, reachOf } from './hessian-product.js';

export interface ComparisonOptions {
  /** Differences of 16 gradients (`'fine'`, the default) or 4 (`'fast'`). */
  readonly accuracy?: 'fine' | 'fast';
}

/** Two measures of how the gradient changes along a vector, and how far they can be trusted. */
export interface HessianComparison {
  /**
   * By differentiating twice: the curvature of the smooth piece that the weights lie on. ReLU, max pooling and the like
   * join such pieces by kinks, at which the gradient jumps; those count for nothing here. The caller disposes the tensors.
   */
  readonly exact: Params;
  /**
   * By differences: the mean slope of the gradient as far as `reach` on both sides, with every jump that lies there, as
   * the loss surface looks at that scale. The caller disposes the tensors.
   */
  readonly differences: Params;
  /** The largest displacement of the differences, relative to the length of the weights. */
  readonly reach: number;
  /** Relative error of the differences: how far they are from those within a quarter of the reach, over their length. */
  readonly error: number;
  /** How far the two measures are apart, over the length of the differences. */
  readonly disagreement: number;
  /**
   * Whether both of these are at most 1e-3 (1e-2 for `'fast'`): one curvature then, by either measure. False where kinks lie
   * within reach, and where single precision drowns a curvature that is next to nothing.
   */
  readonly smooth: boolean;
}

const limits = { fine: 1e-3, fast: 1e-2 };

/** A quarter of the reach sees fewer kinks, and four times the rounding. */
const quarter = 0.25;

/** ‖a − b‖ / ‖a‖, 0 where they are alike. */
function relativeDistance(a: Float64Array, b: Float64Array): number {
  const apart = lengthOf(a.map((x, i) => x - b[i]!));
  return apart === 0 ? 0 : apart / lengthOf(a);
}

/** The product of the Hessian with a vector, by differentiating twice and by differences of the gradient at two step sizes. */
export async function compareHessianProducts<B extends Batch>(
  problem: CurvatureProblem<B>,
  vector: Params,
  options: ComparisonOptions = {},
): Promise<HessianComparison> {
  assertKnown('compareHessianProducts', options, ['accuracy']);
  const { accuracy = 'fine' } = options;
  const where = 'compareHessianProducts';
  const field = await gradientField(where, problem);
  try {
    const { signal } = problem;
    const measured = differences(where, field, accuracy, signal);
    const near = differences(where, field, accuracy, signal, quarter);
    const flat = await field.toFlat(vector, where);
    const exact = await productOf(where, field, 'exact', signal)(flat);
    const [wide, narrow] = [await measured(flat), await near(flat)];
    const error = relativeDistance(wide, narrow);
    const disagreement = relativeDistance(wide, exact);
    return {
      exact: field.toRecord(exact),
      differences: field.toRecord(wide),
      reach: reachOf(accuracy),
      error,
      disagreement,
      smooth: Math.max(error, disagreement) <= limits[accuracy],
    };
  } finally {
    await field.dispose();
  }
}
