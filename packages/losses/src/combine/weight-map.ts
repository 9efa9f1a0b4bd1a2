import type { Raster } from '@segscape/core';

/** Makes the weight of each pixel from one sample's mask, one channel. */
export interface WeightMap {
  (mask: Raster): Raster;
  /** The same without the pixels of a label value; present only where it has not been told which to leave out. */
  readonly ignoring?: (ignoreIndex: number) => WeightMap;
}

/** A weight map that can be told later which label value to leave out. */
export function weightMap<Options extends { readonly ignoreIndex?: number }>(
  options: Options,
  make: (options: Options) => WeightMap,
  weigh: (mask: Raster) => Raster,
): WeightMap {
  if (options.ignoreIndex !== undefined) return weigh;
  return Object.assign((mask: Raster) => weigh(mask), {
    ignoring: (ignoreIndex: number) => make({ ...options, ignoreIndex }),
  });
}
