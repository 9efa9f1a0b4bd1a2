import type { Params } from '@segscape/core';
import type { WeightLayout } from '../directions/flat-weights.js';
import type { Product } from './hessian-product.js';

/** A symmetric matrix by its products, over flat vectors of the parameters that count. */
export interface CurvatureOperator {
  readonly size: number;
  readonly layout: WeightLayout;
  readonly product: Product;
  toFlat(record: Params): Promise<Float64Array>;
  /** New tensors; the caller disposes them. */
  toRecord(flat: Float64Array): Params;
  dispose(): Promise<void>;
}
