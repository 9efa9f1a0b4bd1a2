import { assertOption, throwIfAborted } from '@segscape/core';
import { type GradientField, lengthOf } from './gradient-field.js';

export interface ProductOptions {
  /**
   * `'exact'` (the default) differentiates the gradient backwards once more, at the cost of about two gradients. It is the
   * curvature of the smooth piece that the weights lie on, as PyTorch has it: the kinks of ReLU and max pooling, where the
   * gradient jumps, count for nothing. The others take differences of gradients on both sides, up to a reach of 7.5 % (2 %)
   * of the weights' length, which see every kink within, and need no second-order rules: `'fine'` 16 of them, `'fast'` 4.
   * Where the loss is smooth as far as they reach, all are the same curvature (relative error about 1e-6 and 1e-5); where it
   * is not, they measure another thing than `'exact'`, which may differ by as much as itself, and depends on the reach:
   * `compareHessianProducts` gives both, with the error.
   */
  readonly accuracy?: Accuracy;
}

export type Accuracy = 'exact' | 'fine' | 'fast';

interface Stencil {
  /** Pairs of gradients, at ±1…±pairs steps. */
  readonly pairs: number;
  /** Terms of the odd polynomial that is fitted to them. */
  readonly terms: number;
  /** Largest displacement, relative to the length of the weights. */
  readonly reach: number;
}

// Fitting fewer terms than there are pairs averages single-precision noise; the reach balances it against the
// first term left out.
const stencils: Readonly<Record<'fine' | 'fast', Stencil>> = {
  fine: { pairs: 8, terms: 4, reach: 0.075 },
  fast: { pairs: 2, terms: 2, reach: 0.02 },
};

/** Product of the Hessian with a flat vector. */
export type Product = (vector: Float64Array) => Promise<Float64Array>;

/**
 * Weights of the pairs: the slope at 0 of the odd polynomial that fits `(t, (g(t) − g(−t)) / 2)` best, with t in
 * (0, 1]. The first row of (XᵀX)⁻¹Xᵀ, by Cramer-free elimination of a tiny system.
 */
function slopeWeights({ pairs, terms }: Stencil): number[] {
  const t = Array.from({ length: pairs }, (_, k) => (k + 1) / pairs);
  const matrix = Array.from({ length: terms }, (_, i) => [
    ...Array.from({ length: terms }, (__, j) => t.reduce((sum, x) => sum + x ** (2 * (i + j) + 2), 0)),
    i === 0 ? 1 : 0,
  ]);
  for (let i = 0; i < terms; i++)
    for (let r = 0; r < terms; r++) {
      if (r === i) continue;
      const factor = matrix[r]![i]! / matrix[i]![i]!;
      for (let c = i; c <= terms; c++) matrix[r]![c]! -= factor * matrix[i]![c]!;
    }
  const solved = matrix.map((row, i) => row[terms]! / row[i]!);
  return t.map((x) => solved.reduce((sum, c, i) => sum + c * x ** (2 * i + 1), 0));
}

/** Rounded to three binary digits, so that adding the step to weights of few digits is exact. */
function shortened(step: number): number {
  const unit = 2 ** (Math.floor(Math.log2(step)) - 2);
  return Math.round(step / unit) * unit;
}

/** The largest displacement of differences, relative to the length of the weights. */
export const reachOf = (accuracy: 'fine' | 'fast'): number => stencils[accuracy].reach;

function assertAccuracy(where: string, accuracy: string, known: readonly Accuracy[]): void {
  const names = known.map((name) => `'${name}'`);
  const all = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  assertOption(known.includes(accuracy as Accuracy), where, 'accuracy', accuracy, `be ${all}`);
}

/** Hessian-vector products of the asked accuracy. @throws {SegscapeError} `BAD_OPTION`; a product `ABORTED`. */
export function productOf(
  where: string,
  field: GradientField,
  accuracy: Accuracy,
  signal: AbortSignal | undefined,
): Product {
  assertAccuracy(where, accuracy, ['exact', 'fine', 'fast']);
  if (accuracy !== 'exact') return differences(where, field, accuracy, signal);
  return (vector) => {
    throwIfAborted(signal, where);
    return field.product(vector);
  };
}

/** By differences of the gradient along the vector, as far as a part of the reach. @throws {SegscapeError} `BAD_OPTION`. */
export function differences(
  where: string,
  field: GradientField,
  accuracy: 'fine' | 'fast',
  signal: AbortSignal | undefined,
  part = 1,
): Product {
  assertAccuracy(where, accuracy, ['fine', 'fast']);
  const stencil = stencils[accuracy];
  const weights = slopeWeights(stencil);
  return async (vector) => {
    const result = new Float64Array(field.size);
    const length = lengthOf(vector);
    if (length === 0) return result;
    const step = shortened((part * stencil.reach * ((await field.length()) || 1)) / length / stencil.pairs);
    for (const [k, weight] of weights.entries()) {
      throwIfAborted(signal, where);
      const offset = step * (k + 1);
      const { gradient: ahead } = await field.at(vector, offset);
      const { gradient: behind } = await field.at(vector, -offset);
      const factor = weight / (2 * step * stencil.pairs);
      for (let i = 0; i < result.length; i++) result[i]! += factor * (ahead[i]! - behind[i]!);
    }
    return result;
  };
}
