import type { Params } from '@segscape/core';

/**
 * Number of values in a parameter record; with `keep`, only of the names it accepts (`model.isTrainable`).
 * @param params by name.
 * @param keep which names count. Default all.
 * @returns numbers, not tensors.
 */
export function countParams(params: Params, keep: (name: string) => boolean = () => true): number {
  let count = 0;
  for (const [name, { size }] of Object.entries(params)) if (keep(name)) count += size;
  return count;
}
