import type { Raster } from '@segscape/core';

export interface Averaging {
  add(raster: Raster): void;
  /** Float32; of a single raster itself. */
  result(): Raster;
}

/** The mean of so many rasters of one size, summed in doubles. */
export function averaging(count: number): Averaging {
  let first: Raster | undefined;
  let sum: Float64Array | undefined;
  return {
    add(raster) {
      first ??= raster;
      if (count === 1) return;
      sum ??= new Float64Array(raster.data.length);
      for (let i = 0; i < sum.length; i++) sum[i]! += raster.data[i]!;
    },
    result: () => ({ ...first!, ...(sum && { data: Float32Array.from(sum, (value) => value / count) }) }),
  };
}
