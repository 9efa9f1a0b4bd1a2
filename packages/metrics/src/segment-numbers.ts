import { SegscapeError } from '@segscape/core';
import type { Grid } from './plain-values.js';

/**
 * Checks that values number segments or objects: whole numbers from 0 on.
 * @param ignoreIndex label of the truth that is left out, whatever number it is.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN`.
 */
export function assertNumbering(where: string, truth: Grid, prediction: Grid, ignoreIndex?: number): void {
  const assertObject = (value: number) => {
    if (value >= 0 && Number.isInteger(value)) return;
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: ${value} numbers no object. Objects are 1, 2, … and 0 is none; number them by connectedComponents first.`,
      { details: { value } },
    );
  };
  for (let i = 0; i < truth.data.length; i++) if (truth.data[i] !== ignoreIndex) assertObject(truth.data[i]!);
  for (let i = 0; i < prediction.data.length; i++) assertObject(prediction.data[i]!);
}
