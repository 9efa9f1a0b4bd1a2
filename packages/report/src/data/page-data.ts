import type { SurfaceGrid } from '../figures/terrain.js';
import type { Curve } from './curves.js';

/** What the report's own script reads from the page. */
export interface PageData {
  readonly losses: readonly string[];
  /** By measure; values that are not finite are null. */
  readonly curves: readonly PageCurves[];
  readonly surfaces: readonly PageSurface[];
}

export interface PageCurves {
  readonly measure: string;
  readonly title: string;
  readonly curves: readonly Curve[];
}

export interface PageSurface {
  readonly name: string;
  /** Trained with. */
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  readonly moment: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Grids by the loss that was evaluated: base64 of little-endian float32. */
  readonly values: Readonly<Record<string, string>>;
}

/** A surface of the run with its facts. */
export interface ReadSurface extends Omit<PageSurface, 'x' | 'y' | 'values'> {
  readonly grid: SurfaceGrid;
}

/** The moments of training that surfaces were drawn at, in order. */
export function momentsOf(
  surfaces: readonly { readonly moment: string; readonly epoch: number }[],
): { moment: string; epoch: number }[] {
  const found = new Map<string, number>();
  for (const { moment, epoch } of surfaces) found.set(moment, Math.max(epoch, found.get(moment) ?? 0));
  return [...found].map(([moment, epoch]) => ({ moment, epoch })).sort((a, b) => a.epoch - b.epoch);
}
