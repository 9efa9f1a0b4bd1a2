import { type Params, SegscapeError } from '@segscape/core';
import { clone, tensor } from '@tensorflow/tfjs-core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface TrajectoryOptions {
  /** `'pca'` (the default) finds the directions; or two given ones, on which the checkpoints are projected. */
  readonly directions?: 'pca' | readonly [Params, Params];
  /** Number of principal components. Default 2. */
  readonly components?: number;
  /** `'biasbn'` leaves tensors of one axis out; `'none'` (the default) takes all. */
  readonly ignore?: 'biasbn' | 'none';
  /** Which parameters count (`model.isTrainable`). Default all. */
  readonly isTrainable?: (name: string) => boolean;
}

export interface Trajectory {
  /** Unit vectors in weight space, one for each component; the caller disposes them. */
  readonly directions: Params[];
  /** Coordinates of each checkpoint, the last one being the origin. */
  readonly points: readonly (readonly number[])[];
  /** Share of the variance along each direction; empty for given directions. */
  readonly explainedVariance: readonly number[];
  /** Singular values of the centred differences; empty for given directions. */
  readonly singularValues: readonly number[];
}

/** Differences to the last checkpoint as flat rows, with the layout to make parameters of a row again. */
interface Rows {
  readonly rows: readonly Float32Array[];
  readonly layout: readonly {
    readonly name: string;
    readonly shape: number[];
    readonly start: number;
    readonly size: number;
  }[];
  readonly length: number;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/**
 * The path of training in the plane where it moved most: principal components of the differences to the last weights.
 * The covariance has as many rows as weights, so the eigenvectors come from the small matrix of the checkpoints' inner
 * products (as many rows as checkpoints), which gives the same ones exactly. The rows are centred for the components and
 * not for the coordinates, as Li et al. do, so that the last checkpoint lies at the origin.
 *
 * @param checkpoints parameters in the order of training; at least 2.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Li et al., 2018, section 7. https://arxiv.org/abs/1712.09913
 */
export async function trajectory(
  checkpoints: readonly Params[],
  options: TrajectoryOptions = {},
): Promise<Trajectory> {
  const { directions = 'pca', components = 2 } = options;
  if (checkpoints.length < 2)
    throw new SegscapeError(
      'BAD_OPTION',
      `trajectory: expected at least 2 checkpoints, got ${checkpoints.length}.`,
    );
  const table = await differences(checkpoints, options);
  if (directions !== 'pca') return projected(table, directions);
  if (!(Number.isInteger(components) && components >= 1 && components < checkpoints.length))
    throw new SegscapeError(
      'BAD_OPTION',
      `trajectory: components (=${components}) must be a whole number from 1 to ${checkpoints.length - 1}, one less than the checkpoints.`,
    );
  const { values, vectors, total } = principal(table.rows, components);
  return {
    directions: vectors.map((vector) => toRecord(vector, table)),
    points: table.rows.map((row) => vectors.map((vector) => dot(row, vector))),
    explainedVariance: values.map((value) => (total === 0 ? 0 : value / total)),
    singularValues: values.map(Math.sqrt),
  };
}

async function differences(
  checkpoints: readonly Params[],
  { ignore = 'none', isTrainable = () => true }: TrajectoryOptions,
): Promise<Rows> {
  const last = checkpoints.at(-1)!;
  let length = 0;
  const layout = Object.entries(last)
    .filter(([name, w]) => w.dtype === 'float32' && isTrainable(name) && (ignore === 'none' || w.rank > 1))
    .map(([name, { shape, size }]) => {
      const entry = { name, shape: shape.slice(), start: length, size };
      length += size;
      return entry;
    });
  const flat = async (params: Params, index: number) => {
    const row = new Float32Array(length);
    for (const { name, shape, start } of layout) {
      const w = params[name];
      if (w?.shape.join() !== shape.join())
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `trajectory: '${name}' is [${shape}] in the last checkpoint, ${w === undefined ? 'missing' : `[${w.shape}]`} in number ${index}.`,
        );
      row.set(await w.data(), start);
    }
    return row;
  };
  const rows: Float32Array[] = [];
  const origin = await flat(last, checkpoints.length - 1);
  for (const [index, params] of checkpoints.entries()) {
    const row = await flat(params, index);
    for (let i = 0; i < length; i++) row[i] = row[i]! - origin[i]!;
    rows.push(row);
  }
  return { rows, layout, length };
}

function principal(rows: readonly Float32Array[], components: number) {
  const count = rows.length;
  const gram = rows.map((a, i) => rows.map((b, j) => (j <= i ? dot(a, b) : 0)));
  const inner = (i: number, j: number) => gram[Math.max(i, j)]![Math.min(i, j)]!;
  // Centring the rows centres the Gram matrix: G − row means − column means + grand mean.
  const means = rows.map((_, i) => rows.reduce((sum, __, j) => sum + inner(i, j), 0) / count);
  const grand = means.reduce((sum, m) => sum + m, 0) / count;
  const centred = new Matrix(
    rows.map((_, i) => rows.map((__, j) => inner(i, j) - means[i]! - means[j]! + grand)),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(centred, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const values = order.slice(0, components).map((i) => Math.max(realEigenvalues[i]!, 0));
  const vectors = order.slice(0, components).map((i, k) => {
    const weights = eigenvectorMatrix.getColumn(i);
    const shift = weights.reduce((sum, w) => sum + w, 0) / count;
    const vector = new Float64Array(rows[0]!.length);
    for (const [r, row] of rows.entries()) {
      // The weights are centred instead of the rows: the same product.
      const w = weights[r]! - shift;
      for (let p = 0; p < vector.length; p++) vector[p]! += w * row[p]!;
    }
    const scale = values[k]! > 0 ? 1 / Math.sqrt(dot(vector, vector)) : 0;
    return vector.map((v) => v * scale);
  });
  return { values, vectors, total: realEigenvalues.reduce((sum, v) => sum + Math.max(v, 0), 0) };
}

function toRecord(vector: Float64Array, { layout }: Rows): Params {
  const record: Params = {};
  for (const { name, shape, start, size } of layout)
    record[name] = tensor(Float32Array.from(vector.subarray(start, start + size)), shape);
  return record;
}

/** Least-squares coordinates on two given directions, which need be neither unit nor orthogonal. */
async function projected(
  { rows, layout, length }: Rows,
  directions: readonly [Params, Params],
): Promise<Trajectory> {
  const flat = await Promise.all(
    directions.map(async (direction) => {
      const vector = new Float64Array(length);
      for (const { name, start } of layout)
        if (direction[name]) vector.set(await direction[name].data(), start);
      return vector;
    }),
  );
  const [u, v] = flat as [Float64Array, Float64Array];
  const [uu, uv, vv] = [dot(u, u), dot(u, v), dot(v, v)];
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-12 * uu * vv))
    throw new SegscapeError(
      'BAD_OPTION',
      'trajectory: the two directions are parallel or zero; give two that span a plane.',
    );
  const points = rows.map((row) => {
    const [a, b] = [dot(row, u), dot(row, v)];
    return [(a * vv - b * uv) / determinant, (b * uu - a * uv) / determinant];
  });
  const copies = directions.map((d) =>
    Object.fromEntries(Object.entries(d).map(([name, w]) => [name, clone(w)])),
  );
  return { directions: copies, points, explainedVariance: [], singularValues: [] };
}
