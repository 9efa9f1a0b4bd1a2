import type { ProfileFact } from '../facts.js';
import type { SurfaceGrid } from '../figures/terrain.js';
import type { MapFact } from '../landscape-facts.js';
import type { Curve } from './curves.js';

/** What the report's own script reads from the page. */
export interface PageData {
  readonly losses: readonly string[];
  /** By measure; values that are not finite are null. */
  readonly curves: readonly PageCurves[];
  readonly surfaces: readonly PageSurface[];
  readonly maps: readonly PageMap[];
  /** Pictures of test images; they themselves stand in the page. */
  readonly pictures: readonly PagePicture[];
  /** Why an image is shown, by image. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** Pictures of the single-image experiment; `epoch` counts its iterations. */
  readonly experiment?: readonly PagePicture[];
  readonly profiles: readonly ProfileFact[];
  /** Names of the test images that the page can ask its server to look at. */
  readonly live?: readonly string[];
  /** Pixels by the probability of their true class. */
  readonly histogram?: readonly number[];
}

/** A map of weights. */
export interface PageMap extends Pick<MapFact, 'kind' | 'loss' | 'paths'> {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly values: Readonly<Record<string, string>>;
  readonly caption?: string;
}

/** What a picture shows. */
export interface PagePicture {
  /** Of its button in the page. */
  readonly place: number;
  readonly sample: string;
  readonly title: string;
  readonly loss?: string;
  readonly epoch?: number;
  readonly values?: { readonly low: number; readonly high: number };
  /** Maps of an image that name the same are coloured on one scale. */
  readonly scaleOf?: string;
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
  /** What became of batch normalisation's statistics on its plane: `carried`, `frozen` or `precise`. */
  readonly batchNorm?: string;
  /** How far to trust it, seen by the loss that its network was trained with. */
  readonly trust?: string;
}

/** A surface of the run with its facts. */
export interface ReadSurface extends Omit<PageSurface, 'x' | 'y' | 'values' | 'trust'> {
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

/** The parts that curves were measured on, in the order of their boxes. */
export const splitsOf = (measures: readonly PageCurves[]): string[] =>
  [...new Set(measures.flatMap(({ curves }) => curves.map(({ split }) => split)))].sort();

/** Losses that a surface's network was trained with, in the order of their options. */
export const trainedOf = (
  losses: readonly string[],
  surfaces: readonly { readonly loss: string }[],
): string[] => {
  const there = new Set(surfaces.map(({ loss }) => loss));
  return [...losses.filter((loss) => there.delete(loss)), ...there];
};

/** Losses that surfaces were evaluated with, in the order of their options. */
export const evaluatedOf = (values: readonly Readonly<Record<string, unknown>>[]): string[] => [
  ...new Set(values.flatMap((grids) => Object.keys(grids))),
];

/** A surface's values of a loss, whatever it is called; none where it lacks them. */
export const valuesOf = ({ values }: SurfaceGrid, loss: string): Float32Array =>
  (Object.hasOwn(values, loss) ? values[loss] : undefined) ?? new Float32Array();
