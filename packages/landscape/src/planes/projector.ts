import { type Params, SegscapeError, turns } from '@segscape/core';
import { difference, dot, flatWeights, weightLayout } from '../directions/flat-weights.js';
import type { Plane, Projection } from './plane.js';

/** Projects weights on a plane, orthogonally, whatever the angle and the lengths of its directions. */
export async function projector(plane: Plane): Promise<(weights: Params) => Promise<Projection>> {
  const { origin, directions, isTrainable } = plane;
  const layout = weightLayout(
    origin,
    (name) => isTrainable(name) && directions.some((direction) => Object.hasOwn(direction, name)),
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
  // Many weights are projected one after another, and those of some backends are there at once.
  const turn = turns();
  return async (weights) => {
    await turn();
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
