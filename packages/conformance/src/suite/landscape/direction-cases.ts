import { type DirectionNorm, normalizeDirection, randomDirection, trajectory } from '@segscape/landscape';
import { dispose } from '@tensorflow/tfjs-core';
import { type HostCase, many, type Outcome, type TensorCase } from '../case.js';
import { inputs, setting } from './problem.js';

const norms: readonly DirectionNorm[] = ['filter', 'layer', 'weight', 'dfilter', 'dlayer', 'none'];

const normalized = norms.map(
  (norm): TensorCase => ({
    name: `landscape/normalizeDirection norm=${norm}`,
    inputs,
    compute: (given) => {
      const { params, directions } = setting(given);
      return normalizeDirection(directions[0], params, { norm, ignore: 'none' });
    },
  }),
);

const random: TensorCase = {
  name: 'landscape/randomDirection',
  inputs,
  compute: (given) => {
    const { params } = setting(given);
    return randomDirection(params, { seed: 5 });
  },
};

const path: HostCase = {
  name: 'landscape/trajectory of 3 checkpoints',
  inputs,
  async measure(given) {
    const { params, directions } = setting(given);
    const found = await trajectory([directions[0], directions[1], params]);
    const outcomes: Record<string, Outcome> = {
      points: many(found.points.flat()),
      'explained variance': many(found.explainedVariance),
      'singular values': many(found.singularValues),
    };
    for (const [k, direction] of found.directions.entries())
      for (const [name, value] of Object.entries(direction))
        outcomes[`component ${k + 1} ${name}`] = { shape: value.shape, data: await value.data() };
    for (const direction of found.directions) dispose(direction);
    return outcomes;
  },
};

/** Directions and their scales. */
export const directionCases = [...normalized, random, path];
