import type { Raster } from '@segscape/core';

/** Height and width, of a volume with its depth before them. */
export const axesOf = ({ depth, height, width }: Pick<Raster, 'depth' | 'height' | 'width'>): number[] => [
  ...(depth === undefined ? [] : [depth]),
  height,
  width,
];
