import { assertKnown, type Params, SegscapeError } from '@segscape/core';
import { assertWeights } from '../directions/assert-weights.js';
import {
  difference,
  flatWeights,
  toWeights,
  type WeightLayout,
  weightLayout,
} from '../directions/flat-weights.js';
import { once, type Plane, type Projection } from './plane.js';
import { varianceOf } from './planes.js';
import { combined, principalComponents } from './principal.js';
import { projector } from './projector.js';

export interface MinimaPlaneOptions {
  /** Trainings to project, by name: their weights in order, borrowed while they are read. */
  readonly paths?: Readonly<Record<string, Iterable<Params> | AsyncIterable<Params>>>;
  /** Parameters that are measured (`model.isTrainable`). Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /**
   * What the other parameters, the statistics of batch normalisation, do along the plane: `'carried'` (the default) moves
   * them as it does the weights, so that each minimum has its own; `'frozen'` leaves them at their mean. For `'precise'`
   * give `surface` a `batchNorm`.
   */
  readonly statistics?: 'carried' | 'frozen';
}

export interface MinimaPlane extends Plane {
  /** Where each minimum lies, in the order given; its residual is 0 when there are three. */
  readonly minima: Readonly<Record<string, Projection>>;
  readonly paths: Readonly<Record<string, readonly Projection[]>>;
  /** Share of the minima's spread along each direction. */
  readonly explainedVariance: readonly number[];
}

const mismatch = (minimum: string) => (name: string, shape: readonly number[], got?: readonly number[]) =>
  new SegscapeError(
    'SHAPE_MISMATCH',
    `planeThrough: '${name}' is [${shape}] in the first minimum, ${got ? `[${got}]` : 'missing'} in '${minimum}'.`,
  );

/** The plane through three minima, or the one that lies nearest to more. */
export async function planeThrough(
  minima: Readonly<Record<string, Params>> | readonly Params[],
  options: MinimaPlaneOptions = {},
): Promise<MinimaPlane> {
  assertKnown('planeThrough', options, ['paths', 'isTrainable', 'statistics']);
  const { paths = {}, isTrainable = () => true, statistics = 'carried' } = options;
  const named: [string, Params][] = Object.entries(minima ?? {});
  if (named.length < 3)
    throw new SegscapeError(
      'BAD_OPTION',
      `planeThrough: expected at least 3 minima, got ${named.length}. Between two there is a line: interpolate.`,
    );
  if (statistics !== 'carried' && statistics !== 'frozen')
    throw new SegscapeError(
      'BAD_OPTION',
      `planeThrough: statistics (='${statistics}') must be 'carried' or 'frozen'.`,
    );
  for (const [name, params] of named) assertWeights('planeThrough', `minima.${name}`, params);
  const first = named[0]![1];
  const measured = weightLayout(first, isTrainable);
  const others = weightLayout(first, (name) => !isTrainable(name));
  const rowsOf = async (layout: WeightLayout) => {
    const flat: Float32Array[] = [];
    for (const [name, params] of named) flat.push(await flatWeights(params, layout, mismatch(name)));
    const mean = combined(
      flat,
      flat.map(() => 1 / flat.length),
    );
    const centre = Float32Array.from(mean);
    return { centre, rows: flat.map((row) => difference(row, centre)) };
  };
  const weights = await rowsOf(measured);
  const carried = await rowsOf(others);
  const { values, coefficients, total } = principalComponents(weights.rows, 2);
  if (!(values[1]! > 1e-10 * values[0]!))
    throw new SegscapeError(
      'BAD_OPTION',
      'planeThrough: the minima lie on one line, which spans no plane. Give another, or use interpolate.',
    );
  const direction = (k: number): Params => ({
    ...toWeights(combined(weights.rows, coefficients[k]!), measured),
    ...(statistics === 'carried' ? toWeights(combined(carried.rows, coefficients[k]!), others) : {}),
  });
  const made = { ...toWeights(weights.centre, measured), ...toWeights(carried.centre, others) };
  const directions = [direction(0), direction(1)] as const;
  const plane: Plane = {
    kind: 'minima',
    // Parameters that do not move, counters say, are those of the first.
    origin: { ...first, ...made },
    directions,
    attributes: {
      plane: 'minima',
      ...varianceOf(values.map((value) => value / total)),
      ...(others.length > 0 ? { batchNorm: statistics } : {}),
    },
    isTrainable,
    dispose: once([made, ...directions]),
  };
  try {
    const project = await projector(plane);
    const projected: Record<string, Projection> = {};
    for (const [name, params] of named) projected[name] = await project(params);
    const walked: Record<string, Projection[]> = {};
    for (const [name, path] of Object.entries(paths)) {
      walked[name] = [];
      for await (const params of path) walked[name].push(await project(params));
    }
    const explainedVariance = values.map((value) => value / total);
    return { ...plane, minima: projected, paths: walked, explainedVariance };
  } catch (error) {
    plane.dispose();
    throw error;
  }
}
