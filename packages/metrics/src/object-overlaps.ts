import { sizeOf } from '@segscape/core';
import type { Grid } from './plain-values.js';

/** A true and a predicted object that overlap. */
export interface ObjectPair {
  readonly truth: number;
  readonly predicted: number;
  readonly iou: number;
}

export interface ObjectOverlaps {
  /** Number of objects. */
  readonly objects: number;
  readonly found: number;
  /** Predicted objects that lie in ignored pixels by more than half. */
  readonly mostlyIgnored: ReadonlySet<number>;
  /** Every pair that overlaps. */
  readonly pairs: readonly ObjectPair[];
}

/**
 * Which objects overlap, and how much; 0 is no object. Pixels whose truth is `ignoreIndex` are left out of all areas.
 */
export function objectOverlaps(truth: Grid, prediction: Grid, ignoreIndex?: number): ObjectOverlaps {
  const areas = { truth: new Map<number, number>(), predicted: new Map<number, number>() };
  const ignored = new Map<number, number>();
  const overlaps = new Map<number, Map<number, number>>();
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < sizeOf(truth.shape); i++) {
    const [t, p] = [truth.data[i]!, prediction.data[i]!];
    if (t === ignoreIndex) {
      if (p !== 0) count(ignored, p);
      continue;
    }
    if (t !== 0) count(areas.truth, t);
    if (p !== 0) count(areas.predicted, p);
    if (t === 0 || p === 0) continue;
    const row = overlaps.get(t) ?? new Map<number, number>();
    overlaps.set(t, count(row, p));
  }
  const pairs: ObjectPair[] = [];
  for (const [t, row] of overlaps)
    for (const [p, both] of row) {
      const either = areas.truth.get(t)! + areas.predicted.get(p)! - both;
      pairs.push({ truth: t, predicted: p, iou: both / either });
    }
  const mostlyIgnored = new Set<number>();
  for (const [p, left] of areas.predicted) if ((ignored.get(p) ?? 0) > left) mostlyIgnored.add(p);
  return { objects: areas.truth.size, found: areas.predicted.size, mostlyIgnored, pairs };
}

/** One-to-one pairs, greedily by IoU: above one half no other pairing is possible. */
export function matchObjects(pairs: readonly ObjectPair[]): ObjectPair[] {
  const taken = { truth: new Set<number>(), predicted: new Set<number>() };
  return [...pairs]
    .sort((a, b) => b.iou - a.iou || a.truth - b.truth || a.predicted - b.predicted)
    .filter(({ truth, predicted }) => {
      if (taken.truth.has(truth) || taken.predicted.has(predicted)) return false;
      taken.truth.add(truth);
      taken.predicted.add(predicted);
      return true;
    });
}
