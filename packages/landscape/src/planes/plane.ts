import { type Params, SegscapeError } from '@segscape/core';
import { difference, dot, flatWeights, weightLayout } from '../directions/flat-weights.js';

/** Two directions through a point of weight space: what a surface is drawn over. */
export interface Plane {
  readonly kind: 'given' | 'random' | 'trajectory' | 'minima' | 'hessian';
  /** Weights at (0, 0): the `params` of `surface`. */
  readonly origin: Params;
  readonly directions: readonly [Params, Params];
  /** What a surface over the plane should say of it: give them to `surface` as `attributes`. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Which parameters are measured when weights are projected. */
  readonly isTrainable: (name: string) => boolean;
  /** Frees the tensors that were made for the plane, not those given to it; idempotent. */
  dispose(): void;
}

/** Where weights lie, seen from a plane. */
export interface Projection {
  /** Coordinates of the nearest point of the plane, in units of its directions. */
  readonly x: number;
  readonly y: number;
  /** Distance from the plane, in the units of the weights. */
  readonly residual: number;
  /** Distance from the plane's origin. */
  readonly distance: number;
}

/**
 * A plane of directions that are given, say by a file (`decodeDirections`). It owns nothing.
 * @param options.isTrainable parameters that are measured. Default those that either direction has.
 */
export function planeOf(
  origin: Params,
  directions: readonly [Params, Params],
  { isTrainable = () => true }: { readonly isTrainable?: (name: string) => boolean } = {},
): Plane {
  return {
    kind: 'given',
    origin,
    directions,
    attributes: { plane: 'given' },
    isTrainable,
    dispose: () => {},
  };
}

/**
 * Projects weights on a plane, orthogonally, whatever the angle and the lengths of its directions.
 * @returns a function for one set of weights after another; it holds host memory only.
 * @throws {SegscapeError} `BAD_OPTION` when the directions are parallel; the function `SHAPE_MISMATCH`.
 */
export async function projector(plane: Plane): Promise<(weights: Params) => Promise<Projection>> {
  const { origin, directions, isTrainable } = plane;
  const layout = weightLayout(
    origin,
    (name) => isTrainable(name) && directions.some((direction) => name in direction),
  );
  const centre = await flatWeights(origin, layout);
  const [u, v] = [await flatWeights(directions[0], layout), await flatWeights(directions[1], layout)];
  const [uu, uv, vv] = [dot(u, u), dot(u, v), dot(v, v)];
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-12 * uu * vv))
    throw new SegscapeError(
      'BAD_OPTION',
      'projector: the two directions are parallel or zero; give two that span a plane.',
    );
  return async (weights) => {
    const flat = await flatWeights(
      weights,
      layout,
      (name, shape, got) =>
        new SegscapeError(
          'SHAPE_MISMATCH',
          `projector: '${name}' is [${shape}] in the plane, ${got ? `[${got}]` : 'missing'} in the weights.`,
        ),
    );
    const d = difference(flat, centre);
    const [a, b] = [dot(d, u), dot(d, v)];
    const [x, y] = [(a * vv - b * uv) / determinant, (b * uu - a * uv) / determinant];
    let outside = 0;
    for (let i = 0; i < d.length; i++) outside += (d[i]! - x * u[i]! - y * v[i]!) ** 2;
    return { x, y, residual: Math.sqrt(outside), distance: Math.sqrt(dot(d, d)) };
  };
}
