import { assertKnown, assertOption, type Params, SegscapeError } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import type { CurvatureOperator } from './curvature-operator.js';
import { type CurvatureProblem, type GradientField, gradientField } from './gradient-field.js';
import { type ProductOptions, productOf } from './hessian-product.js';
import { type OutputProblem, wholeProblem } from './output-problem.js';
import { middles, outputOperator } from './output-products.js';

/**
 * Which curvature:
 *
 * - `hessian`: second derivatives of the loss;
 * - `gaussNewton`: JᵀHJ, with J the scores' derivative and H the loss's Hessian over scores: the Hessian without the
 *   network's own bending, never negative for a convex loss of scores; for cross-entropy it is the Fisher matrix;
 * - `fisher`: the empirical one, the mean over samples of g·gᵀ, g a sample's gradient.
 *
 * The last two need a problem of `logits` and `lossOfLogits`.
 * @see Schraudolph, 2002; Martens, 2020. https://arxiv.org/abs/1412.1193
 * @see Kunstner, Balles, Hennig, 2019, for what the empirical Fisher is not. https://arxiv.org/abs/1905.12558
 */
export type CurvatureMatrix = 'hessian' | 'gaussNewton' | 'fisher';

export interface OperatorOptions extends ProductOptions {
  /** Default `'hessian'`. */
  readonly matrix?: CurvatureMatrix;
}

/** @throws {SegscapeError} `BAD_OPTION`; a product `ABORTED`. */
export async function operatorOf<B extends Batch>(
  where: string,
  problem: CurvatureProblem<B> | OutputProblem<B>,
  { matrix = 'hessian', accuracy = 'exact' }: OperatorOptions,
): Promise<CurvatureOperator> {
  assertOption(
    matrix === 'hessian' || Object.hasOwn(middles, matrix),
    where,
    'matrix',
    matrix,
    "be 'hessian', 'gaussNewton' or 'fisher'",
  );
  if (matrix !== 'hessian') {
    if ('logits' in problem) return outputOperator(where, problem, middles[matrix]);
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: matrix '${matrix}' needs to know the scores; give logits and lossOfLogits instead of loss.`,
    );
  }
  return hessianOf(where, await gradientField(where, wholeProblem(problem)), accuracy, problem.signal);
}

/** The Hessian of what a field is the gradient of; the field is the operator's to dispose. */
export function hessianOf(
  where: string,
  field: GradientField,
  accuracy: NonNullable<ProductOptions['accuracy']>,
  signal: AbortSignal | undefined,
): CurvatureOperator {
  const { size, layout, toRecord } = field;
  return {
    size,
    layout,
    product: productOf(where, field, accuracy, signal),
    toFlat: (record) => field.toFlat(record, where),
    toRecord,
    dispose: () => field.dispose(),
  };
}

/** Product of a curvature matrix with a vector. */
export async function curvatureProduct<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  vector: Params,
  options: OperatorOptions = {},
): Promise<Params> {
  assertKnown('curvatureProduct', options, ['matrix', 'accuracy']);
  const operator = await operatorOf('curvatureProduct', problem, options);
  try {
    return operator.toRecord(await operator.product(await operator.toFlat(vector)));
  } finally {
    await operator.dispose();
  }
}

/** Product of the Gauss–Newton matrix with a vector. */
export const gaussNewtonProduct = <B extends Batch>(
  problem: OutputProblem<B>,
  vector: Params,
): Promise<Params> => curvatureProduct(problem, vector, { matrix: 'gaussNewton' });

/** Product of the empirical Fisher matrix with a vector. */
export const fisherProduct = <B extends Batch>(problem: OutputProblem<B>, vector: Params): Promise<Params> =>
  curvatureProduct(problem, vector, { matrix: 'fisher' });
