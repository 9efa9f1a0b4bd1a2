import { assertOption, type Rng } from '@segscape/core';
import { assertOptions, number, options as optionsOf, positive } from '@segscape/core/schema';
import { assertValue } from './assert-value.js';
import type { DisplacementField } from './field.js';
import { rngOf } from './given.js';
import { findTaps, taps } from './sampler.js';
import * as shared from './shared-options.js';
import { filterGrid } from './spline.js';

/** Displacements of control points that are spread from corner to corner, row-major, pixels. */
export interface ControlGrid {
  readonly rows: number;
  readonly columns: number;
  readonly dy: ArrayLike<number>;
  readonly dx: ArrayLike<number>;
}

/**
 * The dense field that a cubic B-spline draws through the control points.
 * @param grid displacements of its points, in pixels.
 * @param height pixels.
 * @param width pixels.
 * @returns displacements in pixels, float32, in the order of rows.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gridField(grid: ControlGrid, height: number, width: number): DisplacementField {
  const where = 'elasticGrid';
  const isGrid = typeof grid?.dy?.length === 'number' && typeof grid.dx?.length === 'number';
  assertOption(isGrid, where, 'grid', grid, 'be { rows, columns, dy, dx }');
  const { rows, columns } = grid;
  for (const [name, count] of Object.entries({ rows, columns }))
    assertValue(where, name, count, gridOptions.points);
  assertValue(where, 'height', height, shared.height);
  assertValue(where, 'width', width, shared.width);
  const lengths = [grid.dy.length, grid.dx.length];
  const hasAll = lengths.every((length) => length === rows * columns);
  assertOption(hasAll, where, 'grid', lengths, `have ${rows * columns} values each of dy and dx`);
  return {
    height,
    width,
    dy: splineSurface(grid.dy, rows, columns, height, width),
    dx: splineSurface(grid.dx, rows, columns, height, width),
  };
}

function splineSurface(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  height: number,
  width: number,
): Float64Array {
  const coefficients = Float64Array.from(values);
  filterGrid(coefficients, rows, columns);
  const placed = (n: number, points: number) =>
    Array.from({ length: n }, (_, i) => {
      const own = taps();
      findTaps(n === 1 ? 0 : (i * (points - 1)) / (n - 1), points, 3, 'mirror', own);
      return own;
    });
  const down = placed(height, rows);
  const across = placed(width, columns);
  const out = new Float64Array(height * width);
  for (let y = 0, at = 0; y < height; y++) {
    const row = down[y]!;
    for (let x = 0; x < width; x++, at++) {
      const column = across[x]!;
      let sum = 0;
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < 4; j++)
          sum +=
            coefficients[row.index[i]! * columns + column.index[j]!]! * row.weight[i]! * column.weight[j]!;
      out[at] = sum;
    }
  }
  return out;
}

export interface ElasticGridFieldOptions {
  /** Control points along each axis. Default 3. */
  readonly points?: number;
  /** Standard deviation of their displacement, pixels. Default 10. */
  readonly sigma?: number;
}

/** Lines of the options. */
export const gridOptions = {
  points: shared.count('Control points along each axis.', 2, { default: 3 }),
  sigma: number('Standard deviation of their displacement.', { default: 10, ...positive, unit: 'pixels' }),
};

interface SizedGridOptions extends ElasticGridFieldOptions {
  readonly height: number;
  readonly width: number;
}

export const elasticGridFieldSchema = optionsOf<SizedGridOptions>(
  { ...gridOptions, height: shared.height, width: shared.width },
  ['height', 'width'],
);

/**
 * The field that `elasticGrid` draws: normal displacements on a coarse grid, dy of all points and then dx.
 * @param options size in pixels, points of the grid, and their standard deviation in pixels.
 * @param rng where draws come from.
 * @returns displacements in pixels, float32, in the order of rows.
 */
export function elasticGridField(options: SizedGridOptions, rng: Rng): DisplacementField {
  assertOptions('elasticGridField', options, elasticGridFieldSchema);
  const stream = rngOf('elasticGridField', rng);
  const { height, width, points = 3, sigma = 10 } = options;
  const normal = () => Array.from({ length: points * points }, () => sigma * stream.normal());
  return gridField({ rows: points, columns: points, dy: normal(), dx: normal() }, height, width);
}
