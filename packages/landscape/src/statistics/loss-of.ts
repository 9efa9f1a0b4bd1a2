import { SegscapeError } from '@segscape/core';
import type { Filled } from '../grids/assert-filled.js';
import { valuesOf } from '../grids/values-of.js';

/** The values of a loss. @throws {SegscapeError} as `valuesOf`; `NOT_FINITE` when none is finite. */
export function lossOf(where: string, grid: Filled, loss: string): Float32Array {
  const z = valuesOf(where, grid, loss);
  if (!z.some(Number.isFinite))
    throw new SegscapeError('NOT_FINITE', `${where}: '${loss}' is finite nowhere.`);
  return z;
}
