import { SegscapeError } from '@segscape/core';
import { assertFilled, type Filled } from './assert-filled.js';

/**
 * The values of a loss.
 * @param option what the loss is called in the options.
 * @throws {SegscapeError} `BAD_OPTION` when there is none, `SHAPE_MISMATCH` when values do not fill the axes.
 */
export function valuesOf(where: string, grid: Filled, loss: string, option = 'loss'): Float32Array {
  const { values } = grid;
  const z = Object.hasOwn(values, loss) ? values[loss] : undefined;
  if (z === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: ${option} (='${loss}') must be one of ${Object.keys(values).join(', ')}.`,
    );
  assertFilled(where, grid);
  return z;
}
