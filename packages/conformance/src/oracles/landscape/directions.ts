import { type NormalizeOptions, normalizeDirection, trajectory } from '@segscape/landscape';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Adapter, Numbers } from '../adapter.js';
import { nested, type Weights, withDirections } from './setting.js';

export const normalize: Adapter = async ({ inputs, params }) =>
  withDirections([inputs.direction!, inputs.weights!], async ([direction, weights]) => {
    const scaled = normalizeDirection(direction!, weights!, {
      norm: params.norm as NonNullable<NormalizeOptions['norm']>,
      ignore: params.ignore === 'biasbn' ? 'biasbn' : 'none',
    });
    const value = await nested(scaled);
    dispose(scaled);
    return { value };
  });

/** Largest absolute entry's sign: the oracle leaves the sign of a component open. */
function signAgainst(expected: Weights, got: Weights): number {
  const flat = (weights: Weights) =>
    Object.keys(expected).flatMap((name) => (weights[name] as Numbers[] | undefined)?.flat(9) as number[]);
  const [a, b] = [flat(expected), flat(got)];
  return a.reduce((total, value, i) => total + value * b[i]!, 0) < 0 ? -1 : 1;
}

const scaled = (numbers: Numbers, factor: number): Numbers =>
  Array.isArray(numbers)
    ? numbers.map((entry) => scaled(entry as Numbers, factor))
    : (numbers as number) * factor;

const zeros = (numbers: Numbers): Numbers => scaled(numbers, 0);

export const trajectoryPCA: Adapter = async ({ inputs, params, expected }) => {
  const rows = inputs.trajectory as readonly Weights[];
  const components = params.components as number;
  const ignore = params.ignore === 'biasbn' ? 'biasbn' : 'none';
  const path = await withDirections(rows, (checkpoints) => trajectory(checkpoints, { components, ignore }));
  const vectors = await Promise.all(path.directions.map(nested));
  dispose(path.directions as unknown as Tensor[]);
  const truth = expected as Record<string, Weights>;
  const value: Record<string, Numbers> = {};
  const signs = vectors.map((vector, k) => {
    // What is left out has no component.
    const full = Object.fromEntries(
      Object.entries(rows[0]!).map(([name, w]) => [name, vector[name] ?? zeros(w)]),
    );
    const sign = signAgainst(truth[`pc${k + 1}`]!, full);
    value[`pc${k + 1}`] = Object.fromEntries(
      Object.entries(full).map(([name, w]) => [name, scaled(w, sign)]),
    );
    return sign;
  });
  const coordinates = path.points.map((point) => point.map((coordinate, k) => coordinate * signs[k]!));
  return {
    value: {
      ...value,
      explainedVariance: path.singularValues.map((s) => s ** 2 / (rows.length - 1)),
      explainedVarianceRatio: path.explainedVariance,
      singularValues: path.singularValues,
      coordsCos: coordinates,
      coordsLstsq: coordinates,
    },
  };
};
