import type { Raster } from '@segscape/core';
import type { LossFn } from '../loss.js';
import { type Prepared, partName } from './weight-schedule.js';

/**
 * What a term's own loss is given: what is meant for all, and what is meant for it under the names that it knows.
 */
export function preparedFor(term: number, prepared: Prepared): Prepared {
  const prefix = partName(term, '');
  const entries = Object.entries(prepared);
  const shared = entries.filter(([name]) => !/^(term|weight)\./.test(name));
  const own = entries
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const);
  return Object.fromEntries([...shared, ...own]);
}

/**
 * Everything that the terms ask to be prepared. Of several that call theirs alike the first has the name, the others theirs
 * with the term's before it: they may mean other weights, other classes. Names never depend on the mask.
 */
export const joinPrepared =
  (losses: readonly LossFn[]) =>
  (mask: Raster): Record<string, Raster> => {
    const all: Record<string, Raster> = {};
    losses.forEach(({ prepare }, term) => {
      for (const [name, raster] of Object.entries(prepare?.(mask) ?? {})) {
        const isTaken = Object.hasOwn(all, name) || name.startsWith('term.');
        all[isTaken ? partName(term, name) : name] = raster;
      }
    });
    return all;
  };
