import type { Params } from '@segscape/core';
import { difference, dot, flatWeights, type WeightLayout, weightLayout } from '../directions/flat-weights.js';
import type { Plane } from '../planes/plane.js';

/** An orthonormal basis of a plane, in host memory. */
export interface PlaneBasis {
  readonly layout: WeightLayout;
  readonly basis: readonly Float64Array[];
}

/** All parameters that count are measured, those that no direction moves too: what lies there is outside the plane. */
export async function planeBasis({ origin, directions, isTrainable }: Plane): Promise<PlaneBasis> {
  const layout = weightLayout(origin, isTrainable);
  const basis: Float64Array[] = [];
  for (const direction of directions) {
    const v = Float64Array.from(await flatWeights(direction, layout));
    const full = Math.sqrt(dot(v, v));
    for (const q of basis) {
      const along = dot(q, v);
      for (let i = 0; i < v.length; i++) v[i]! -= along * q[i]!;
    }
    const length = Math.sqrt(dot(v, v));
    if (length > 1e-6 * full) basis.push(v.map((x) => x / length));
  }
  return { layout, basis };
}

/** Share of a vector's squared length that lies in the plane, in [0, 1]; 0 for the zero vector. */
function shareInside(vector: Float64Array | Float32Array, { basis }: PlaneBasis): number {
  const whole = dot(vector, vector);
  return whole === 0 ? 0 : basis.reduce((sum, q) => sum + dot(q, vector) ** 2, 0) / whole;
}

/** The same for a record, whose parameters that are missing are 0. */
export const recordInside = async (record: Params, plane: PlaneBasis): Promise<number> =>
  shareInside(await flatWeights(record, plane.layout), plane);

/** Share of a path's variance in the plane: squared distances from the path's mean, inside over all. */
export async function pathInside(path: readonly Params[], plane: PlaneBasis): Promise<number> {
  const rows: Float32Array[] = [];
  for (const params of path) rows.push(await flatWeights(params, plane.layout));
  const mean = new Float32Array(plane.layout.length);
  for (const row of rows) for (let i = 0; i < mean.length; i++) mean[i]! += row[i]! / rows.length;
  let [inside, whole] = [0, 0];
  for (const row of rows) {
    const d = difference(row, mean);
    const all = dot(d, d);
    whole += all;
    inside += all * shareInside(d, plane);
  }
  return whole === 0 ? 0 : inside / whole;
}
