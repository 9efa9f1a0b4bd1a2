import type { Params } from '@segscape/core';
import { add, clone, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { weightOf } from '../directions/weight-of.js';

/** A way between two weights that is bent by others. */
export interface Curve {
  readonly kind: 'bezier' | 'polygonalChain';
  /** Weights at t = 0. */
  readonly from: Params;
  /** Weights at t = 1. */
  readonly to: Params;
  /** What was trained, in order from `from` to `to`: the parameters that count. The caller disposes them. */
  readonly bends: readonly Params[];
}

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k);

/**
 * How much of each control point (`from`, the bends, `to`) is in the curve at t; they sum to 1.
 *
 * - `bezier`: Bernstein's polynomials, (1−t)², 2t(1−t), t² with one bend;
 * - `polygonalChain`: straight pieces of equal spans of t.
 *
 * @param kind of the curve.
 * @param bends how many control points lie between the ends.
 * @param t place along the curve, 0 at `from` and 1 at `to`.
 * @returns `bends + 2` numbers.
 * @see Garipov, Izmailov, Podoprikhin, Vetrov, Wilson, 2018, section 3. https://arxiv.org/abs/1802.10026
 */
export function curveCoefficients(kind: Curve['kind'], bends: number, t: number): number[] {
  const n = bends + 1;
  if (kind === 'bezier')
    return Array.from({ length: n + 1 }, (_, k) => binomial(n, k) * (1 - t) ** (n - k) * t ** k);
  const piece = Math.min(Math.max(Math.floor(t * n), 0), n - 1);
  const along = t * n - piece;
  return Array.from({ length: n + 1 }, (_, k) => (k === piece ? 1 - along : k === piece + 1 ? along : 0));
}

/**
 * Weights on the curve at t. Parameters that the bends leave out (the statistics of batch normalisation) lie on the straight
 * line; what is no float32 is as in `from`.
 *
 * @param t place along it, 0 at `from` and 1 at `to`.
 * @param curve of `bezier` or `polygonalChain`, borrowed.
 * @returns new tensors; the caller disposes them.
 */
export function curvePoint({ kind, from, to, bends }: Curve, t: number): Params {
  const coefficients = curveCoefficients(kind, bends.length, t);
  return tidy(() => {
    const point: Params = {};
    for (const [name, start] of Object.entries(from)) {
      const end = weightOf(to, name);
      const bent = bends.every((bend) => Object.hasOwn(bend, name)) && bends.length > 0;
      if (start.dtype !== 'float32' || end === undefined) point[name] = clone(start);
      else if (bent) {
        const controls = [start, ...bends.map((bend) => bend[name]!), end];
        point[name] = controls.map((w, k) => mul(w, coefficients[k]!)).reduce((a: Tensor, b) => add(a, b));
      } else point[name] = add(mul(start, 1 - t), mul(end, t));
    }
    return point;
  });
}
