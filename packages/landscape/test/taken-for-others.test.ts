import type { Params } from '@segscape/core';
import { mean, type Scalar, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  activationMaximisation,
  alongCurve,
  barriers,
  curvatureProduct,
  eigenvalueMap,
  line,
  noiseFloor,
  planeOf,
  surface,
  throughTraining,
  trajectory,
  trust,
} from '../src/index.js';

const jit = { executor: 'eager' } as const;
const w = (...values: number[]): Params => ({ w: tensor(values) });
const loss = (params: Params) => sum(square(params.w!)) as Scalar;
const objective = (params: Params) => ({ ce: loss(params) });
const batches = [tensor([1])];
const grid = { objective, params: w(1, 2, 3), batches, jit };
const problem = { loss, params: w(1, 2, 3), batches, jit };
const axes = { x: [-1, 1, 3], y: [-1, 1, 3] } as const;
const bent = { kind: 'bezier', from: w(0), to: w(2), bends: [w(1)] } as const;
const odd = <T>(value: unknown) => value as T;
const drawn = {
  x: Float64Array.of(0, 1, 2),
  y: Float64Array.of(0, 1, 2),
  values: { ce: Float32Array.of(1, 2, 3, 4, 0, 6, 7, 8, 9) },
  attributes: {},
};

/** Runs a call to its end. */
async function run(result: unknown): Promise<void> {
  if (result && typeof result === 'object' && Symbol.asyncIterator in result)
    for await (const event of result as AsyncIterable<unknown>) void event;
  else await result;
}

test.each<[string, () => unknown, string]>([
  [
    'one direction for two axes',
    () => surface({ ...grid, ...axes, directions: odd([w(1, 0, 0)]) }),
    "surface: directions (=['object']) must be 2 records of tensors.",
  ],
  [
    'a direction of one number for three weights',
    () => run(eigenvalueMap(problem, { directions: [w(1)], x: [0, 1, 2] })),
    "eigenvalueMap: 'w' of a direction is [1], of the parameters [3].",
  ],
  [
    'three directions',
    () => eigenvalueMap(problem, { directions: odd([w(1, 0, 0), w(0, 1, 0), w(0, 0, 1)]), x: [0, 1, 2] }),
    "eigenvalueMap: directions (=['object','object','object']) must be a record of tensors.",
  ],
  [
    'places in another array than a Float64Array',
    () => line({ ...grid, direction: w(1, 0, 0), x: odd(Float32Array.of(-1, 0, 1)) }),
    'line: x: expected [min, max, count] with min < max and a whole count >= 1, got [-1,0,1].',
  ],
  [
    'more than a range',
    () => line({ ...grid, direction: w(1, 0, 0), x: odd([-1, -0.5, 0, 0.5]) }),
    'line: x: expected [min, max, count] with min < max and a whole count >= 1, got [-1,-0.5,0,0.5].',
  ],
  [
    'weights of batches that are no numbers',
    () => noiseFloor({ ...grid, weights: [Number.POSITIVE_INFINITY] }),
    'noiseFloor: expected at least one batch and one weight >= 0 for each, got 1 batches and weights [Infinity].',
  ],
  [
    'another kind of curve',
    () => alongCurve({ objective, batches, jit, curve: odd({ ...bent, kind: 'spline' }) }),
    "alongCurve: curve.kind (='spline') must be 'bezier' or 'polygonalChain'.",
  ],
  [
    'barriers between no ends',
    () => barriers({ objective, batches, jit, minima: { a: w(0), b: w(1) }, x: [0, 0.9, 4] }),
    'barriers: x (=[0,0.3,0.6,0.9]) must have places at 0 and 1, as [0, 1, count] has.',
  ],
  [
    'a margin that turns the picture round',
    () => throughTraining({ objective, batches, jit, ...axes, checkpoints: [], margin: -1 }),
    'throughTraining: margin (=-1) must be at least 0.',
  ],
  [
    'a path without a plane',
    () => trust(drawn, { path: [w(1), w(2)] }),
    'trust: plane (=undefined) must be given with path.',
  ],
  [
    'parameters that are left out by another word',
    () => trajectory([w(1), w(2), w(3)], { ignore: odd('bias') }),
    "trajectory: ignore (='bias') must be 'biasbn' or 'none'.",
  ],
  [
    'another matrix by a misspelt name',
    () => curvatureProduct(problem, w(1, 0, 0), odd({ matrx: 'fisher' })),
    "curvatureProduct: 'matrx' is not an option; did you mean 'matrix'?",
  ],
  [
    'a gradient of other weights',
    () => trust(drawn, { plane: planeOf(w(1, 2), [w(1, 0), w(0, 1)]), gradient: w(1) }),
    "'w' of a direction is [1], of the weights [2].",
  ],
  [
    'features without filters',
    () =>
      activationMaximisation({
        activations: (_: Params, images: Tensor) => mean(images),
        params: {},
        filters: [0],
        size: [2, 2, 1],
        jit,
      }),
    'activationMaximisation: activations of images [1,2,2,1] must be [samples, …space, filters], got [].',
  ],
])('%s: told, not taken for something else', async (_name, call, message) => {
  await expect((async () => run(await call()))()).rejects.toThrow(message);
});
