import { cropRaster } from '@segscape/augment';
import type { Raster } from '@segscape/core';
import { connectedComponents, distanceTransform, splitTouching } from '@segscape/morphology';
import { axesOf } from '../axes.js';

/** What one class looks like in one mask; lengths in pixels. An object of a volume goes through its slices. */
export interface ClassShape {
  /** Share of the pixels that a class claims, in [0, 1]. */
  readonly share: number;
  /** Pixels of each object; in a volume, voxels. */
  readonly areas: readonly number[];
  /** Largest width of each object: twice the distance from its middle to its border. */
  readonly widths: readonly number[];
  /** Objects after those that touch are split at their waists. */
  readonly split: number;
  /** Share of the border's pixels that a majority of their 3×3 neighbours would change: ragged borders, specks. */
  readonly ragged: number;
}

/** The pixels of a class as a mask, a volume's with its depth. */
export function maskOf({ data, depth, height, width }: Raster, label: number): Raster {
  return {
    data: Uint8Array.from(data, (value) => Number(value === label)),
    ...(depth !== undefined && { depth }),
    height,
    width,
    channels: 1,
  };
}

/** Background around all objects that tells their borders, also to neighbours of neighbours. */
const margin = 2;

/** The part of a mask that holds all of its objects: what lies around them costs time and tells nothing. */
function aroundObjects(mask: Raster): Raster {
  const { data, depth = 1, height, width } = mask;
  const least = [depth, height, width];
  const most = [-1, -1, -1];
  const reaches = (axis: number, place: number) => {
    least[axis] = Math.min(least[axis]!, place);
    most[axis] = Math.max(most[axis]!, place);
  };
  for (let line = 0; line < depth * height; line++) {
    const row = data.subarray(line * width, (line + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    reaches(0, Math.floor(line / height));
    reaches(1, line % height);
    reaches(2, first);
    reaches(2, row.lastIndexOf(1));
  }
  const isVolume = mask.depth !== undefined;
  if (most[1]! < 0)
    return { ...mask, data: data.slice(0, 1), height: 1, width: 1, ...(isVolume && { depth: 1 }) };
  const start = (axis: number) => Math.max(0, least[axis]! - margin);
  const size = (axis: number) =>
    Math.min([depth, height, width][axis]!, most[axis]! + 1 + margin) - start(axis);
  return isVolume
    ? cropRaster(mask, [start(0), start(1), start(2)], [size(0), size(1), size(2)])
    : cropRaster(mask, [start(1), start(2)], [size(1), size(2)]);
}

/** @param given 0 and 1. @param claimed pixels that any class claims. */
export function shapeOf(given: Raster, claimed: number): ClassShape {
  const mask = aroundObjects(given);
  const { labels, count, sizes } = connectedComponents(mask, {
    connectivity: mask.depth === undefined ? 2 : 3,
  });
  const { data: distances } = distanceTransform(mask);
  const most = Math.max(...axesOf(given)) / 2; // of a mask without a border
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

/** Slice by slice. */
function raggedness({ data, depth = 1, height, width }: Raster): number {
  let border = 0;
  let changed = 0;
  for (let z = 0; z < depth; z++) {
    const slice = data.subarray(z * height * width, (z + 1) * height * width);
    const at = (y: number, x: number) =>
      slice[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let inside = 0;
        for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) inside += at(y + dy, x + dx);
        if (inside === 0 || inside === 9) continue;
        border++;
        if (Number(inside >= 5) !== at(y, x)) changed++;
      }
  }
  return border === 0 ? 0 : changed / border;
}
