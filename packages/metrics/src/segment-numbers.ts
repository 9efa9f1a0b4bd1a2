import { SegscapeError } from '@segscape/core';
import type { Grid } from './plain-values.js';

/**
 * Checks that values number segments or objects: whole numbers from 0 on.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN`.
 */
export function assertNumbering(where: string, ...grids: readonly Grid[]): void {
  for (const { data } of grids)
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      if (value >= 0 && Number.isInteger(value)) continue;
      throw new SegscapeError(
        'MASK_VALUE_UNKNOWN',
        `${where}: ${value} numbers no object. Objects are 1, 2, … and 0 is none; number them by connectedComponents first.`,
        { details: { value } },
      );
    }
}
