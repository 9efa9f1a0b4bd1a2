import type { Raster } from '@segscape/core';
import { assertImage } from './given.js';
import { blank, storing } from './store.js';

/** Changes every value; integers are rounded and clamped to their type. */
export function mapped(where: string, raster: Raster, change: (value: number) => number): Raster {
  assertImage(where, raster);
  const { data } = raster;
  const out = blank(data, data.length);
  const store = storing(out);
  for (let i = 0; i < data.length; i++) store(i, change(data[i]!));
  return { ...raster, data: out };
}

export const inOwnUnits = "in the image's own units";
