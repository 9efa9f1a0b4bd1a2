import { assertOption, type Rng } from '@segscape/core';
import { assertMode, type BorderMode } from './boundary.js';
import { assertField, type DisplacementField } from './field.js';
import { smoothed } from './gaussian.js';
import { findTaps, taps } from './sampler.js';
import { filterGrid } from './spline.js';

export interface SimardOptions {
  /** Scale of the displacement. With noise in [−1, 1] and sigma of several pixels, 34 moves by a pixel or two. */
  readonly alpha: number;
  /** Standard deviation of the smoothing, pixels. */
  readonly sigma: number;
  /** Border of the smoothing. Default `'constant'` (zeros), as in Simard's and the original study's code. */
  readonly filterMode?: BorderMode;
}

/**
 * Simard's field from given noise: `alpha · Gaussian(noise)`.
 * @see Simard, Steinkraus, Platt, Best practices for convolutional neural networks, 2003.
 */
export function simardField(
  noise: DisplacementField,
  { alpha, sigma, filterMode = 'constant' }: SimardOptions,
): DisplacementField {
  const where = 'elastic';
  assertField(where, noise);
  assertOption(sigma > 0, where, 'sigma', sigma, 'be positive, in pixels');
  assertOption(Number.isFinite(alpha), where, 'alpha', alpha, 'be a number, in pixels');
  assertMode(where, filterMode, 'filterMode');
  const { height, width } = noise;
  const smooth = (values: DisplacementField['dy']) => {
    const result = smoothed(Float64Array.from(values), height, width, 1, { sigma, mode: filterMode });
    return Float32Array.from(result, (value) => alpha * value);
  };
  return { height, width, dy: smooth(noise.dy), dx: smooth(noise.dx) };
}

/** The field that `elastic` draws: uniform noise in [−1, 1] for dy and then dx, smoothed and scaled. */
export function elasticField(
  { height, width, ...options }: SimardOptions & { readonly height: number; readonly width: number },
  rng: Rng,
): DisplacementField {
  const noise = () => Float32Array.from({ length: height * width }, () => 2 * rng.uniform() - 1);
  return simardField({ height, width, dy: noise(), dx: noise() }, options);
}

/** Displacements of control points that are spread from corner to corner, row-major, pixels. */
export interface ControlGrid {
  readonly rows: number;
  readonly columns: number;
  readonly dy: ArrayLike<number>;
  readonly dx: ArrayLike<number>;
}

/** The dense field that a cubic B-spline draws through the control points. */
export function gridField(grid: ControlGrid, height: number, width: number): DisplacementField {
  const { rows, columns } = grid;
  for (const [name, count] of Object.entries({ rows, columns }))
    assertOption(
      Number.isInteger(count) && count >= 2,
      'elasticGrid',
      name,
      count,
      'be an integer of at least 2',
    );
  assertOption(
    grid.dy.length === rows * columns && grid.dx.length === rows * columns,
    'elasticGrid',
    'grid',
    [grid.dy.length, grid.dx.length],
    `have ${rows * columns} values each of dy and dx`,
  );
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

/** The field that `elasticGrid` draws: normal displacements on a coarse grid, dy of all points and then dx. */
export function elasticGridField(
  {
    height,
    width,
    points = 3,
    sigma = 10,
  }: ElasticGridFieldOptions & { readonly height: number; readonly width: number },
  rng: Rng,
): DisplacementField {
  assertOption(sigma > 0, 'elasticGrid', 'sigma', sigma, 'be positive, in pixels');
  const normal = () => Array.from({ length: points * points }, () => sigma * rng.normal());
  return gridField({ rows: points, columns: points, dy: normal(), dx: normal() }, height, width);
}
