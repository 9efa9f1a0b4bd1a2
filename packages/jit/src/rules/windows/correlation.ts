import type { Lowering } from '../../lowering/lowering.js';

/** Two operands, `[N, rows, K]` and `[N, columns, K]`, and their sizes. */
export interface Factors {
  readonly left: string;
  readonly right: string;
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
}

/** `left · rightᵀ` per image, summed over the batch: `[rows, columns]`. */
function product(to: Lowering, { left, right, batch, rows, columns }: Factors): string {
  const perImage =
    to.gpu || to.standard
      ? to.emit('MatMul', [left, to.emit('Transpose', [right], { perm: [0, 2, 1] })])
      : to.emit('FusedMatMul', [left, right], { transB: 1, alpha: { float: 1 } }, 'com.microsoft');
  return batch === 1
    ? to.reshape(perImage, [], [rows, columns])
    : to.emit('ReduceSum', [perImage, to.ints([0])], { keepdims: 0 });
}

/**
 * The same, with at least as many rows as columns while it is computed. ONNX Runtime shares a product among its threads along the longer
 * side, and sums in blocks that grow as a thread's columns become fewer: shared by rows, the bits do not depend on the threads.
 */
export function correlateByRows(to: Lowering, factors: Factors): string {
  const { left, right, batch, rows, columns } = factors;
  if (rows >= columns) return product(to, factors);
  const turned = product(to, { left: right, right: left, batch, rows: columns, columns: rows });
  return to.emit('Transpose', [turned], { perm: [1, 0] });
}

/**
 * Whether all are computed so. Turned on, it changes the last bits of the gradients of filters that have more columns than rows; until
 * then those depend on the number of threads.
 */
const alwaysByRows = false;

/** `left · rightᵀ` per image, summed over the batch: `[N, A, K] × [N, B, K] → [A, B]`. */
export const correlate = alwaysByRows ? correlateByRows : product;
