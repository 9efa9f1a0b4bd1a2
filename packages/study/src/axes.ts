import type { Raster } from '@segscape/core';

/** Height and width, of a volume with its depth before them. */
export const axesOf = ({ depth, height, width }: Pick<Raster, 'depth' | 'height' | 'width'>): number[] => [
  ...(depth === undefined ? [] : [depth]),
  height,
  width,
];

/** The least or the most of several sizes along each axis. */
export const extent = (
  sizes: readonly (readonly number[])[],
  pick: (...values: number[]) => number,
): number[] => (sizes[0] ?? []).map((_, axis) => pick(...sizes.map((size) => size[axis]!)));
