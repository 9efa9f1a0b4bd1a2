import { cropRaster } from '@segscape/augment';
import type { Raster } from '@segscape/core';
import { connectedComponents, distanceTransform, splitTouching } from '@segscape/morphology';

/** What one class looks like in one mask; lengths in pixels. */
export interface ClassShape {
  /** Share of the pixels that a class claims, in [0, 1]. */
  readonly share: number;
  /** Pixels of each object. */
  readonly areas: readonly number[];
  /** Largest width of each object: twice the distance from its middle to its border. */
  readonly widths: readonly number[];
  /** Objects after those that touch are split at their waists. */
  readonly split: number;
  /** Share of the border's pixels that a majority of their 3×3 neighbours would change: ragged borders, specks. */
  readonly ragged: number;
}

/** The pixels of a class as a mask; a volume's slices lie one below the other. */
export function maskOf({ data, height, width, depth = 1 }: Raster, label: number): Raster {
  return {
    data: Uint8Array.from(data, (value) => Number(value === label)),
    height: height * depth,
    width,
    channels: 1,
  };
}

/** Background around all objects that tells their borders, also to neighbours of neighbours. */
const margin = 2;

/** The part of a mask that holds all of its objects: what lies around them costs time and tells nothing. */
function aroundObjects(mask: Raster): Raster {
  const { data, height, width, channels } = mask;
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    top = Math.min(top, y);
    bottom = y;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(1));
  }
  if (bottom < 0) return { data: data.slice(0, 1), height: 1, width: 1, channels };
  const start = [Math.max(0, top - margin), Math.max(0, left - margin)] as const;
  const end = [Math.min(height, bottom + 1 + margin), Math.min(width, right + 1 + margin)] as const;
  return cropRaster(mask, start, [end[0] - start[0], end[1] - start[1]]);
}

/** @param given 0 and 1. @param claimed pixels that any class claims. */
export function shapeOf(given: Raster, claimed: number): ClassShape {
  const mask = aroundObjects(given);
  const { labels, count, sizes } = connectedComponents(mask, { connectivity: 2 });
  const { data: distances } = distanceTransform(mask);
  const most = Math.max(given.height, given.width) / 2; // of a mask without a border
  const reach = new Float64Array(count + 1);
  for (let i = 0; i < labels.data.length; i++) {
    const label = labels.data[i]!;
    if (label > 0) reach[label] = Math.max(reach[label]!, Math.min(most, distances[i]!));
  }
  const areas = Array.from(sizes.subarray(1));
  const inside = areas.reduce((sum, area) => sum + area, 0);
  let split = 0;
  if (count > 0)
    for (const label of splitTouching(mask, { closing: 0, threshold: 0.5 }).data)
      split = Math.max(split, label);
  return {
    share: claimed === 0 ? 0 : inside / claimed,
    areas,
    widths: Array.from(reach.subarray(1), (distance) => 2 * distance),
    split,
    ragged: raggedness(mask),
  };
}

function raggedness({ data, height, width }: Raster): number {
  const at = (y: number, x: number) =>
    data[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
  let border = 0;
  let changed = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let inside = 0;
      for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) inside += at(y + dy, x + dx);
      if (inside === 0 || inside === 9) continue;
      border++;
      if (Number(inside >= 5) !== at(y, x)) changed++;
    }
  return border === 0 ? 0 : changed / border;
}
