import { assertKnown, assertOption, isRecord } from '@segscape/core';
import { type Cell, coarseCells, divisible, interpolation, nodesOf, partsOf } from './cells.js';
import type { EvaluationEvent, OpenGrid } from './grid.js';

export interface AdaptiveOptions {
  /** Largest error of an interpolated value that is aimed at, as a share of the loss's range. Default 0.01. */
  readonly tolerance?: number;
  /** Points along each axis of the coarse picture. Default 6. */
  readonly initial?: number;
  /** Levels whose contours are wanted: cells through which one passes are refined to a quarter of the tolerance. */
  readonly contours?: readonly number[];
}

/** What is known of a surface after a round: every point has a value, evaluated or interpolated. */
export interface AdaptivePicture {
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Points that were evaluated. */
  readonly evaluated: number;
  /**
   * Largest estimated error of the interpolated values, as a share of the range; 1 before any was tried. It bounds the
   * error of what bends one way across the cells tried; what turns within one, or a kink that passes beside all points tried, is
   * seen less sharply: up to about twice as far off.
   */
  readonly error: number;
}

/** Cells that a contour passes are held to this part of the tolerance. */
const contourPart = 0.25;
// Halving a cell divides the error of linear interpolation by 4 where the loss is smooth and by 2 at a kink.
const kinkGain = 0.5;

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(z: Float32Array, points: Iterable<number>): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const point of points) {
    const value = z[point]!;
    if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return { low, high };
}

/**
 * Fills a grid from few points: a coarse lattice first; then each cell is tried by the middles of its edges and its
 * centre, and divided while half of the largest difference to the interpolation between its corners is more than the
 * tolerance allows. What is left is interpolated, by parabolas through the points that were tried. Yields a picture after
 * each round. Stopped, it gives the picture of the points that are known; NaN where a corner is not.
 */
export async function* refine(
  grid: OpenGrid,
  x: Float64Array,
  y: Float64Array,
  options: AdaptiveOptions,
): AsyncGenerator<EvaluationEvent | AdaptivePicture, AdaptivePicture> {
  assertAdaptive(options, x, y);
  const { tolerance = 0.01, initial = 6, contours = [] } = options;
  const width = x.length;
  // What a store knows of later rounds must not change what this one finds: the range is that of the points asked for so far.
  const asked = new Set<number>();
  const evaluate = (points: readonly number[]) => {
    for (const point of points) asked.add(point);
    return grid.evaluate(points);
  };
  const corners = ({ left, right, top, bottom }: Cell) =>
    [top, bottom].flatMap((row) => [left, right].map((column) => row * width + column));

  /** The largest share of a tolerance that a cell's middles miss the interpolation by, and the error it leaves. */
  const missed = (cell: Cell, ranges: ReadonlyMap<string, Range>): { strain: number; error: number } => {
    let strain = 0;
    let error = 0;
    for (const [name, z] of grid.columns) {
      const { low, high } = ranges.get(name)!;
      const span = high - low;
      const nodes = nodesOf(cell, width).map((node) => z[node]!);
      if (!nodes.every(Number.isFinite)) {
        // Where a loss ends being finite nothing can be interpolated; where it nowhere is, nothing need be.
        if (nodes.some(Number.isFinite)) return { strain: Number.POSITIVE_INFINITY, error: 0 };
        continue;
      }
      if (!(span > 0)) continue;
      const between = interpolation(z, cell, x, y, 'bilinear');
      const furthest = Math.max(...nodesOf(cell, width).map((node) => Math.abs(z[node]! - between(node))));
      const left = (kinkGain * furthest) / span;
      const crossed = contours.some((level) => Math.min(...nodes) <= level && level <= Math.max(...nodes));
      strain = Math.max(strain, left / (tolerance * (crossed ? contourPart : 1)));
      error = Math.max(error, left);
    }
    return { strain, error };
  };

  let open = coarseCells(width, y.length, initial);
  const leaves: Cell[] = [];
  let error = 0;
  yield* evaluate([...new Set(open.flatMap(corners))]);
  if (open.length === 0) yield* evaluate(Array.from({ length: width * y.length }, (_, i) => i));
  let picture = pictureOf(grid, x, y, [], open, open.length > 0 ? 1 : 0);
  if (!grid.stopped()) yield picture;
  while (open.length > 0 && !grid.stopped()) {
    const parted = open.filter(divisible);
    yield* evaluate([...new Set(parted.flatMap((cell) => nodesOf(cell, width)))]);
    if (grid.stopped()) return pictureOf(grid, x, y, leaves, open, error);
    open = parted;
    const ranges = new Map([...grid.columns].map(([name, z]) => [name, rangeOf(z, asked)] as const));
    const next: Cell[] = [];
    for (const cell of open) {
      const { strain, error: left } = missed(cell, ranges);
      if (strain > 1) next.push(...partsOf(cell));
      else {
        leaves.push(cell);
        // A cell of which all points are known has no error.
        if (partsOf(cell).some(divisible)) error = Math.max(error, left);
      }
    }
    open = next;
    picture = pictureOf(grid, x, y, leaves, open, error);
    if (open.length > 0) yield picture;
  }
  return picture;
}

/** @throws {SegscapeError} `BAD_OPTION`. */
function assertAdaptive(options: AdaptiveOptions, x: Float64Array, y: Float64Array): void {
  const where = 'surface';
  const given: unknown = options;
  assertOption(isRecord(given), where, 'adaptive', given, 'be an object, {} for the defaults');
  assertKnown(`${where}: adaptive`, options, ['tolerance', 'initial', 'contours']);
  const { tolerance = 0.01, initial = 6, contours = [] } = options;
  assertOption(tolerance > 0 && tolerance < 1, where, 'adaptive.tolerance', tolerance, 'be in (0, 1)');
  const whole = Number.isInteger(initial) && initial >= 2;
  assertOption(whole, where, 'adaptive.initial', initial, 'be a whole number >= 2');
  const levels = Array.isArray(contours) && contours.every(Number.isFinite);
  assertOption(levels, where, 'adaptive.contours', contours, 'be finite levels of the losses');
  for (const [name, axis] of Object.entries({ x, y }))
    assertOption(
      new Set(axis).size === axis.length,
      where,
      name,
      axis,
      'have no place twice, to interpolate',
    );
}

/** @param tried cells whose middles are known too. @param open those of which only the corners are. */
function pictureOf(
  grid: OpenGrid,
  x: Float64Array,
  y: Float64Array,
  tried: readonly Cell[],
  open: readonly Cell[],
  error: number,
): AdaptivePicture {
  // Large cells first: on a common edge the finer one knows better.
  const cells = [
    ...tried.map((cell) => ({ cell, order: 'biquadratic' as const })),
    ...open.map((cell) => ({ cell, order: 'bilinear' as const })),
  ].sort((a, b) => b.cell.right - b.cell.left - (a.cell.right - a.cell.left));
  const values = [...grid.columns].map(([name, z]) => {
    const filled = z.slice();
    for (const { cell, order } of cells) {
      const at = interpolation(z, cell, x, y, order);
      for (let row = cell.top; row <= cell.bottom; row++)
        for (let column = cell.left; column <= cell.right; column++) {
          const index = row * x.length + column;
          if (!grid.known.has(index)) filled[index] = at(index);
        }
    }
    return [name, filled] as const;
  });
  return { values: Object.fromEntries(values), evaluated: grid.known.size, error };
}
