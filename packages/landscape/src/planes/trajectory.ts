import { assertKnown, assertOption, isRecord, type Params, SegscapeError } from '@segscape/core';
import { clone } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { dot, flatWeights, toWeights, type WeightLayout, weightLayout } from '../directions/flat-weights.js';
import { combined, principalComponents } from './principal.js';

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
  /** Unit vectors in weight space, one for each component; zeros beyond what the path spans. The caller disposes them. */
  readonly directions: Params[];
  /** Coordinates of each checkpoint, the last one being the origin. */
  readonly points: readonly (readonly number[])[];
  /** Share of the variance along each direction; empty for given directions. */
  readonly explainedVariance: readonly number[];
  /** Singular values of the centred differences; empty for given directions. */
  readonly singularValues: readonly number[];
}

/** Differences to the last checkpoint as flat rows, with the layout to make parameters of a row again. */
interface Differences {
  readonly rows: readonly Float32Array[];
  readonly layout: WeightLayout;
}

/** The path of training in the plane where it moved most. */
export async function trajectory(
  checkpoints: readonly Params[],
  options: TrajectoryOptions = {},
): Promise<Trajectory> {
  assertKnown('trajectory', options, ['directions', 'components', 'ignore', 'isTrainable']);
  const { directions = 'pca', components = 2, ignore = 'none' } = options;
  const where = 'trajectory';
  assertOption(Array.isArray(checkpoints), where, 'checkpoints', typeof checkpoints, 'be a list of weights');
  for (const [i, params] of checkpoints.entries()) assertWeights(where, `checkpoints[${i}]`, params);
  if (checkpoints.length < 2)
    throw new SegscapeError(
      'BAD_OPTION',
      `trajectory: expected at least 2 checkpoints, got ${checkpoints.length}.`,
    );
  assertOption(ignore === 'none' || ignore === 'biasbn', where, 'ignore', ignore, "be 'biasbn' or 'none'");
  const isPair = Array.isArray(directions) && directions.length === 2 && directions.every(isRecord);
  const kind = Array.isArray(directions) ? directions.length : directions;
  assertOption(directions === 'pca' || isPair, where, 'directions', kind, "be 'pca' or two directions");
  const table = await differences(checkpoints, options);
  if (directions !== 'pca') return projected(table, directions);
  if (!(Number.isInteger(components) && components >= 1 && components < checkpoints.length))
    throw new SegscapeError(
      'BAD_OPTION',
      `trajectory: components (=${components}) must be a whole number from 1 to ${checkpoints.length - 1}, one less than the checkpoints.`,
    );
  const { rows, layout } = table;
  const { values, coefficients, total } = principalComponents(rows, components);
  const vectors = coefficients.map((c) => combined(rows, c));
  return {
    directions: vectors.map((vector) => toWeights(vector, layout)),
    points: rows.map((row) => vectors.map((vector) => dot(row, vector))),
    explainedVariance: values.map((value) => (total === 0 ? 0 : value / total)),
    singularValues: values.map(Math.sqrt),
  };
}

async function differences(
  checkpoints: readonly Params[],
  { ignore = 'none', isTrainable = () => true }: TrajectoryOptions,
): Promise<Differences> {
  const last = checkpoints.at(-1)!;
  const layout = weightLayout(last, (name, w) => isTrainable(name) && (ignore === 'none' || w.rank > 1));
  const flat = (params: Params, index: number) =>
    flatWeights(
      params,
      layout,
      (name, shape, got) =>
        new SegscapeError(
          'SHAPE_MISMATCH',
          `trajectory: '${name}' is [${shape}] in the last checkpoint, ${got === undefined ? 'missing' : `[${got}]`} in number ${index}.`,
        ),
    );
  const rows: Float32Array[] = [];
  const origin = await flat(last, checkpoints.length - 1);
  for (const [index, params] of checkpoints.entries()) {
    const row = await flat(params, index);
    for (let i = 0; i < layout.length; i++) row[i] = row[i]! - origin[i]!;
    rows.push(row);
  }
  return { rows, layout };
}

/** Least-squares coordinates on two given directions, which need be neither unit nor orthogonal. */
async function projected(
  { rows, layout }: Differences,
  directions: readonly [Params, Params],
): Promise<Trajectory> {
  const [u, v] = (await Promise.all(directions.map((d) => flatWeights(d, layout)))) as [
    Float32Array,
    Float32Array,
  ];
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
