import { type BorderMode, foldCoordinate, foldIndex } from './boundary.js';
import { type Order, splineWeights } from './spline-weights.js';

/** Pixels and weights that one coordinate reaches for along one axis. */
export interface Taps {
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

export const taps = (): Taps => ({ index: new Int32Array(6), weight: new Float64Array(6) });

/**
 * Fills in the `order + 1` taps of coordinate `c`; false when the coordinate is outside for `'constant'`. An index of
 * −1 stands for `cval`. Even orders take the pixels about `floor(c + 0.5)`, as scipy does.
 */
export function findTaps(
  c: number,
  n: number,
  order: Order,
  mode: BorderMode,
  { index, weight }: Taps,
): boolean {
  const folded = foldCoordinate(c, n, mode);
  if (Number.isNaN(folded)) return false;
  const middle = order % 2 === 0 ? Math.floor(folded + 0.5) : Math.floor(folded);
  const start = middle - Math.floor(order / 2);
  splineWeights(order, folded - middle, weight);
  for (let k = 0; k <= order; k++) index[k] = foldIndex(start + k, n, mode);
  return true;
}
