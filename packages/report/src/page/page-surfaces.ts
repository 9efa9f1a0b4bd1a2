import { floatsFromBase64 } from '../data/base64.js';
import type { PageData, PageMap, PageSurface } from '../data/page-data.js';
import type { SurfaceGrid } from '../figures/terrain.js';

/** The surfaces of a page with their numbers. */
export type PageSurfaces = readonly (Omit<PageSurface, 'x' | 'y' | 'values'> & {
  readonly grid: SurfaceGrid;
})[];

/**
 * The grid of a surface or map as the page carries it.
 * @param packed axes, and values in base64.
 */
export const gridFrom = ({
  x,
  y,
  values,
}: Pick<PageSurface | PageMap, 'x' | 'y' | 'values'>): SurfaceGrid => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y),
  values: Object.fromEntries(Object.entries(values).map(([key, packed]) => [key, floatsFromBase64(packed)])),
});

/** Reads all surfaces of a page. */
export const surfacesOf = ({ surfaces }: PageData): PageSurfaces =>
  surfaces.map(({ x, y, values, ...about }) => ({ ...about, grid: gridFrom({ x, y, values }) }));
