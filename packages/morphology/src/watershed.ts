import { assertSameShape, type Raster } from '@segscape/core';
import { FloodQueue } from './flood-queue.js';
import { type ConnectivityOption, eachNeighbour, type Step, stepsOf } from './neighbours.js';
import { spaceOf, withData } from './space.js';

export interface WatershedOptions extends ConnectivityOption {
  /** Pixels that may be flooded (any value but 0). Default: all. */
  readonly mask?: Raster;
}

const sized = ({ depth, height, width }: Raster) => ({ shape: [depth ?? 1, height, width] });

/** Nearest neighbours first, raster order among equals, as scikit-image visits them. */
const nearestFirst = (steps: readonly Step[]): readonly Step[] => {
  const length = ([dz, dy, dx]: Step) => dz * dz + dy * dy + dx * dx;
  return steps.toSorted((a, b) => length(a) - length(b));
};

/**
 * Watershed by flooding from markers: the water rises level by level from all of them at once, and each pixel takes the
 * label of the flood that reaches it first. A pixel is reached at its own height, or at the level of the water that comes
 * over a higher one; pixels of one level are flooded in the order in which they were met, so that basins meet in the
 * middle of a plain. Markers start at their own heights, in raster order.
 *
 * @param elevation what is flooded, lowest first.
 * @param markers label of each source, 0 elsewhere.
 * @param options `mask` of what is flooded, default all; `connectivity`. Their defaults stand with their types.
 * @returns int32 labels; 0 where no flood came.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Meyer, Topographic distance and watershed lines, 1994; Beucher, Meyer, The morphological approach to
 *   segmentation, 1993.
 */
export function watershed(
  elevation: Raster,
  markers: Raster,
  { mask, connectivity }: WatershedOptions = {},
): Raster & { readonly data: Int32Array } {
  const where = 'watershed';
  const space = spaceOf(where, elevation);
  spaceOf(where, markers);
  assertSameShape(where, { elevation: sized(elevation), markers: sized(markers) });
  if (mask !== undefined) assertSameShape(where, { elevation: sized(elevation), mask: sized(mask) });
  const steps = nearestFirst(stepsOf(where, space, connectivity));
  const heights = elevation.data;
  const labels = new Int32Array(heights.length);
  const queue = new FloodQueue();
  for (let at = 0; at < labels.length; at++) {
    if (markers.data[at] === 0 || mask?.data[at] === 0) continue;
    labels[at] = markers.data[at]!;
    queue.push(at, heights[at]!);
  }
  while (queue.size > 0) {
    const level = queue.height;
    const at = queue.pop();
    eachNeighbour(at, space, steps, (neighbour) => {
      if (labels[neighbour] !== 0 || mask?.data[neighbour] === 0) return;
      labels[neighbour] = labels[at]!;
      queue.push(neighbour, Math.max(heights[neighbour]!, level));
    });
  }
  return withData(elevation, labels);
}
