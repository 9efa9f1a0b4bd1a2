import { assertSameShape, type Raster } from '@segscape/core';
import { FloodQueue } from './flood-queue.js';
import { type ConnectivityOption, eachNeighbour, stepsOf } from './neighbours.js';
import { spaceOf, withData } from './space.js';

export interface WatershedOptions extends ConnectivityOption {
  /** Pixels that may be flooded (any value but 0). Default: all. */
  readonly mask?: Raster;
}

const sized = ({ depth, height, width }: Raster) => ({ shape: [depth ?? 1, height, width] });

/**
 * Watershed by flooding from markers: the lowest pixel next to a flooded one is flooded first, the one met
 * earlier among equals, with its neighbour's label.
 *
 * @param elevation what is flooded, lowest first.
 * @param markers label of each source, 0 elsewhere.
 * @returns int32 labels; 0 where no flood came.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Meyer, Topographic distance and watershed lines, 1994.
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
  const steps = stepsOf(where, space, connectivity);
  const heights = elevation.data;
  const labels = new Int32Array(heights.length);
  const queue = new FloodQueue();
  for (let at = 0; at < labels.length; at++) {
    if (markers.data[at] === 0 || mask?.data[at] === 0) continue;
    labels[at] = markers.data[at]!;
    queue.push(at, heights[at]!);
  }
  while (queue.size > 0) {
    const at = queue.pop();
    eachNeighbour(at, space, steps, (neighbour) => {
      if (labels[neighbour] !== 0 || mask?.data[neighbour] === 0) return;
      labels[neighbour] = labels[at]!;
      queue.push(neighbour, heights[neighbour]!);
    });
  }
  return withData(elevation, labels);
}
