import type { Limits } from '../faults.js';
import { type Element, readDataSet, textOf } from './data-set.js';

/** Where a slice lies in its series. */
export interface SlicePlace {
  /** Tells series apart; no more is made of it. */
  readonly series: string;
  /** Six numbers: the directions of a row and of a column. */
  readonly orientation: readonly number[];
  /** Millimetres of its first pixel. */
  readonly position: readonly number[];
}

const decimals = (element: Element | undefined) => textOf(element).split('\\').filter(Boolean).map(Number);

/**
 * What a file says of its place.
 * @throws {Error} where it is damaged or says nothing.
 * @see DICOM PS3.3, C.7.6.2 (image plane), 2024.
 */
export function slicePlace(bytes: Uint8Array, limits: Limits): SlicePlace {
  const { elements } = readDataSet(bytes, limits);
  const series = textOf(elements.get(0x0020_000e));
  const position = decimals(elements.get(0x0020_0032));
  const orientation = decimals(elements.get(0x0020_0037));
  const sound = position.length === 3 && orientation.length === 6;
  if (!sound || ![...position, ...orientation].every(Number.isFinite))
    throw new Error('it does not say where its slice lies (ImagePositionPatient, ImageOrientationPatient)');
  return { series, position, orientation };
}

/** Direction in which slices follow each other: across rows and columns. */
function normalOf(orientation: readonly number[]): number[] {
  const [a, b, c, d, e, f] = orientation as [number, number, number, number, number, number];
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

/** Gaps may differ by so much of themselves, since positions are written with few digits. */
const tolerance = 0.05;

export interface SliceOrder {
  /** Indices of the slices, from the one that lies first along the normal. */
  readonly order: readonly number[];
  /** Micrometres from slice to slice; undefined for one. */
  readonly between?: number;
}

/**
 * Sorts slices by their place along the normal of their plane.
 * @throws {Error} where they are no one volume: of several series, askew, at one place, or not equally apart.
 */
export function inSpace(places: readonly SlicePlace[]): SliceOrder {
  const [first] = places as [SlicePlace];
  const series = new Set(places.map((place) => place.series));
  if (series.size > 1)
    throw new Error(`its files are of ${series.size} series; give each series a folder of its own`);
  const askew = places.some(({ orientation }) =>
    orientation.some((cosine, i) => Math.abs(cosine - first.orientation[i]!) > 1e-3),
  );
  if (askew) throw new Error('its slices lie askew to each other; it is no volume');
  const normal = normalOf(first.orientation);
  const along = places.map(({ position }) => position.reduce((sum, side, i) => sum + side * normal[i]!, 0));
  const order = [...places.keys()].sort((a, b) => along[a]! - along[b]!);
  if (order.length === 1) return { order };
  const gaps = order.slice(1).map((index, i) => along[index]! - along[order[i]!]!);
  const middle = gaps.toSorted((a, b) => a - b)[gaps.length >> 1]!;
  const [least, most] = [Math.min(...gaps), Math.max(...gaps)];
  if (least < 1e-3)
    throw new Error('two of its slices lie at one place (several times or echoes); give each its own folder');
  if (most - least > tolerance * middle)
    throw new Error(`its slices are ${least.toFixed(2)} to ${most.toFixed(2)} mm apart; one may be missing`);
  return { order, between: (1000 * (along[order.at(-1)!]! - along[order[0]!]!)) / gaps.length };
}
