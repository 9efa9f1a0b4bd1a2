import { csvCell } from '../data/csv.js';
import type { Curve } from '../data/curves.js';
import type { IntervalRow } from './intervals-svg.js';
import type { MapPath } from './map-svg.js';
import type { ReliabilityRow } from './reliability-svg.js';
import type { SurfaceGrid } from './terrain.js';

/** Of single precision; more would only be length. */
const digits = 7;

/** A number as pandas and R read it; no number is an empty cell. */
function numberCell(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return String(Number(value.toPrecision(digits)));
}

type Cell = string | number | undefined;

/**
 * Rows as CSV; texts that a spreadsheet would compute are guarded.
 * @param header names of the columns.
 * @param rows of texts and numbers.
 */
export const plainTable = (header: readonly string[], rows: Iterable<readonly Cell[]>): string =>
  [header, ...rows]
    .map((row) => row.map((cell) => (typeof cell === 'string' ? csvCell(cell) : numberCell(cell))).join(','))
    .map((line) => `${line}\n`)
    .join('');

/**
 * The numbers of a figure of curves, a row a point.
 * @param curves of the figure.
 * @param across what they run along.
 */
export const curvesTable = (curves: readonly Curve[], across = 'epoch'): string =>
  plainTable(
    ['loss', 'part', across, 'value', 'low', 'high'],
    curves.flatMap(({ label, split, epochs, mean, low, high }) =>
      epochs.map((epoch, i) => [label, split, epoch, mean[i], low?.[i], high?.[i]]),
    ),
  );

/**
 * The numbers of a figure of intervals: the scores of the images, then mean and ends of the interval.
 * @param rows of the figure.
 */
export const intervalsTable = (rows: readonly IntervalRow[]): string =>
  plainTable(
    ['loss', 'what', 'place', 'value'],
    rows.flatMap(({ label, points, mean, low, high }) => [
      ...points.map((value, i) => [label, 'image', i + 1, value]),
      [label, 'mean', undefined, mean],
      [label, 'low', undefined, low],
      [label, 'high', undefined, high],
    ]),
  );

/**
 * The bins of a reliability diagram.
 * @param rows of the figure.
 */
export const reliabilityTable = (rows: readonly ReliabilityRow[]): string =>
  plainTable(
    ['loss', 'probability given', 'share that is there', 'pixels'],
    rows.flatMap(({ label, bins }) =>
      bins.map(({ confidence, accuracy, count }) => [label, confidence, accuracy, count]),
    ),
  );

/**
 * The bars of a histogram over [0, 1].
 * @param counts in bins of equal width.
 */
export const histogramTable = (counts: readonly number[]): string =>
  plainTable(
    ['from', 'to', 'pixels'],
    counts.map((count, i) => [i / counts.length, (i + 1) / counts.length, count]),
  );

/**
 * A surface, a row a place, and below it the trainings on it.
 * @param grid axes and values.
 * @param loss that it is seen by.
 * @param paths drawn over it.
 */
export function surfaceTable(
  { x, y, values }: SurfaceGrid,
  loss: string,
  paths: readonly MapPath[] = [],
): string {
  const grid = (Object.hasOwn(values, loss) ? values[loss] : undefined) ?? new Float32Array();
  return plainTable(
    ['what', 'loss', 'direction 1', 'direction 2', 'value'],
    [
      ...Array.from(grid, (value, i) => [
        'surface',
        loss,
        x[i % x.length],
        y[Math.floor(i / x.length)],
        value,
      ]),
      ...paths.flatMap(({ label, points }) => points.map((at) => ['path', label, at.x, at.y, undefined])),
    ],
  );
}
