import { type BorderMode, foldCoordinate, foldIndex } from './boundary.js';
import { cubicWeights } from './spline.js';

export type Order = 0 | 1 | 3;

/** Pixels and weights that one coordinate reaches for along one axis. */
export interface Taps {
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

export const taps = (): Taps => ({ index: new Int32Array(4), weight: new Float64Array(4) });

/**
 * Fills in the `order + 1` taps of coordinate `c`; false when the coordinate is outside for `'constant'`. An index of
 * −1 stands for `cval`. Order 0 takes `floor(c + 0.5)`, as scipy does.
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
  if (order === 0) {
    index[0] = foldIndex(Math.floor(folded + 0.5), n, mode);
    weight[0] = 1;
    return true;
  }
  const whole = Math.floor(folded);
  const t = folded - whole;
  const start = order === 1 ? whole : whole - 1;
  if (order === 1) {
    weight[0] = 1 - t;
    weight[1] = t;
  } else cubicWeights(t, weight);
  for (let k = 0; k <= order; k++) index[k] = foldIndex(start + k, n, mode);
  return true;
}
