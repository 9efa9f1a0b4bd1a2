import { assertOption, assertSameShape, type Raster, SegscapeError } from '@segscape/core';
import { FloodQueue } from './flood-queue.js';
import { assertFlag, assertKnown, type Known } from './known-options.js';
import { MeetingLine } from './meeting-line.js';
import { type ConnectivityOption, eachNeighbour, ofNeighbours, type Step, stepsOf } from './neighbours.js';
import { type Space, spaceOf, withData } from './space.js';

export interface WatershedOptions extends ConnectivityOption {
  /** Pixels that may be flooded (any value but 0). Default: all. */
  readonly mask?: Raster;
  /** Leave a line of zeros where floods meet. A compact flood has none. Default false. */
  readonly line?: boolean;
  /**
   * Makes basins rounder: each pixel's height grows by this much for every pixel between it and the marker that the
   * flood began at. Default 0: no matter how far.
   */
  readonly compactness?: number;
}

const known: Known<WatershedOptions> = { ...ofNeighbours, mask: 0, line: 0, compactness: 0 };

const sized = ({ depth, height, width }: Raster) => ({ shape: [depth ?? 1, height, width] });

/** Refuses labels that int32 cannot hold: part of one, or one beyond it, would be another label. */
function assertLabels(where: string, { data }: Raster): void {
  for (let at = 0; at < data.length; at++) {
    const label = data[at]!;
    if ((label | 0) === label) continue;
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: the marker ${label} is no label. Labels are whole numbers of 32 bits, 0 where there is none.`,
      { details: { value: label } },
    );
  }
}

/** Nearest neighbours first, raster order among equals, as scikit-image visits them. */
const nearestFirst = (steps: readonly Step[]): readonly Step[] => {
  const length = ([dz, dy, dx]: Step) => dz * dz + dy * dy + dx * dx;
  return steps.toSorted((a, b) => length(a) - length(b));
};

/** How far apart two pixels are, in pixels. */
function distanceBetween(a: number, b: number, { height, width }: Space): number {
  const plane = height * width;
  const [ya, yb] = [Math.floor((a % plane) / width), Math.floor((b % plane) / width)];
  const dz = Math.floor(a / plane) - Math.floor(b / plane);
  return Math.sqrt(dz * dz + (ya - yb) ** 2 + ((a % width) - (b % width)) ** 2);
}

/**
 * Watershed by flooding from markers: the water rises level by level from all of them at once, and each pixel takes the
 * label of the flood that reaches it first. A pixel is reached at its own height, or at the level of the water that comes
 * over a higher one; pixels of one level are flooded in the order in which they were met, so that basins meet in the
 * middle of a plain. Markers start at their own heights; of those at one height none is the first by rule, and the
 * queue's order is scikit-image's (with a `line` not always: there it goes some ways twice, which moves its queue).
 *
 * @param elevation what is flooded, lowest first.
 * @param markers label of each source, 0 elsewhere.
 * @param options `mask` of what is flooded, default all; `connectivity`; a `line` between basins; `compactness`. Their
 *   defaults stand with their types.
 * @returns int32 labels; 0 where no flood came, and on the line.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN and markers that are no labels.
 * @see Meyer, Topographic distance and watershed lines, 1994; Beucher, Meyer, The morphological approach to
 *   segmentation, 1993; Neubert, Protzel, Compact watershed and preemptive SLIC, 2014.
 */
export function watershed(
  elevation: Raster,
  markers: Raster,
  options: WatershedOptions = {},
): Raster & { readonly data: Int32Array } {
  const where = 'watershed';
  assertKnown(where, options, known);
  const { mask, connectivity, line = false, compactness = 0 } = options;
  assertFlag(where, 'line', line);
  const space = spaceOf(where, elevation, 'elevation');
  spaceOf(where, markers, 'markers');
  assertSameShape(where, { elevation: sized(elevation), markers: sized(markers) });
  assertLabels(where, markers);
  if (mask !== undefined) {
    spaceOf(where, mask);
    assertSameShape(where, { elevation: sized(elevation), mask: sized(mask) });
  }
  const isCompactness = compactness >= 0 && Number.isFinite(compactness);
  assertOption(isCompactness, where, 'compactness', compactness, 'be a finite number, at least 0');
  const steps = nearestFirst(stepsOf(where, space, connectivity));
  const heights = elevation.data;
  const labels = new Int32Array(heights.length);
  const queue = new FloodQueue();
  for (let at = 0; at < labels.length; at++) {
    if (markers.data[at] === 0 || mask?.data[at] === 0) continue;
    labels[at] = markers.data[at]!;
    queue.start(at, heights[at]!);
  }
  const compact = compactness > 0;
  // A pixel takes its label when it is met, unless a later way to it may be lower or floods may meet on it.
  const labelsLate = compact || line;
  const met = new MeetingLine();
  const meetsAnother = (at: number, label: number) => {
    if (met.has(at)) return true;
    let meets = false;
    eachNeighbour(at, space, steps, (neighbour) => {
      if (labels[neighbour] !== 0 && labels[neighbour] !== label && !met.has(neighbour)) meets = true;
    });
    return meets;
  };
  while (queue.size > 0) {
    const { height: level, source } = queue;
    const at = queue.pop();
    const label = labels[source]!;
    if (labelsLate) {
      if (labels[at] !== 0 && at !== source) continue;
      if (compact || !meetsAnother(at, label)) labels[at] = label;
      else {
        met.add(at);
        if (!met.passes(at, label)) continue;
      }
    }
    eachNeighbour(at, space, steps, (neighbour) => {
      if (labels[neighbour] !== 0 || mask?.data[neighbour] === 0) return;
      if (line && met.has(neighbour)) return;
      const far = compact ? compactness * distanceBetween(neighbour, source, space) : 0;
      if (!labelsLate) labels[neighbour] = label;
      queue.push(neighbour, Math.max(heights[neighbour]! + far, level), source);
    });
  }
  return withData(elevation, labels);
}
