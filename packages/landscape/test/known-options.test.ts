import { type Scalar, square, sum, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import * as landscape from '../src/index.js';

/** Arguments before the options; what these functions compute is not looked at: they are refused before. */
const w = () => ({ w: tensor1d([1, 2]) });
const problem = () => ({
  loss: (params: Record<string, Tensor>) => sum(square(params.w!)) as Scalar,
  params: w(),
  batches: [{ x: tensor1d([1]) }],
});
const surface = { x: [0, 1], y: [0, 1], values: { ce: Float32Array.of(1, 2, 3, 4) } };

const before: Readonly<Record<string, () => readonly unknown[]>> = {
  surface: () => [],
  line: () => [],
  interpolate: () => [],
  alongCurve: () => [],
  barriers: () => [],
  bezier: () => [],
  polygonalChain: () => [],
  throughTraining: () => [],
  noiseFloor: () => [],
  sampleNoise: () => [],
  lineNoise: () => [],
  repeatSurfaces: () => [],
  activationMaximisation: () => [],
  randomPlane: () => [w()],
  randomDirection: () => [w()],
  normalizeDirection: () => [w(), w()],
  planeThrough: () => [[w(), w(), w()]],
  trajectoryPlane: () => [[w(), w()]],
  trajectory: () => [[w(), w()]],
  weightChange: () => [w(), w()],
  hessianPlane: () => [problem()],
  topEigenvalues: () => [problem()],
  topEigenpairs: () => [problem()],
  hessianEigenvalues: () => [problem()],
  hessianTrace: () => [problem()],
  hessianMatrix: () => [problem()],
  hessianVectorProduct: () => [problem(), w()],
  curvatureProduct: () => [problem(), w()],
  planeOf: () => [w(), [w(), w()]],
  compareHessianProducts: () => [problem(), w()],
  spectralDensity: () => [problem()],
  sharpness: () => [problem()],
  keskarSharpness: () => [problem()],
  eigenvalueMap: () => [problem()],
  curvatureTrace: () => [problem()],
  layerTraces: () => [problem()],
  curvature: () => [],
  curvatureAlong: () => [],
  gradientShares: () => [problem()],
  gradientSharesAlong: () => [problem(), []],
  trust: () => [surface],
  cka: () => [{}, {}],
  surfaceStatistics: () => [surface, 'ce'],
  topology: () => [surface, 'ce'],
  barrierHeight: () => [{ x: [0, 1], values: { ce: Float32Array.of(1, 2) } }, 'ce'],
  namePlateaus: () => [[]],
  toVtp: () => [surface],
};

/** Functions that take a problem, a surface or values, and no options beside. */
const without = [
  'byBands',
  'byClass',
  'byMistake',
  'crossedInterval',
  'curveCoefficients',
  'curvePoint',
  'fisherProduct',
  'gaussNewtonProduct',
  'gradientCosines',
  'gradientCosinesAlong',
  'gradientDirection',
  'gradientNoiseScale',
  'inline',
  'logSpacedEpochs',
  'meanInterval',
  'overBatches',
  'preciseStatistics',
  'projector',
  'statisticCurve',
  'toCsv',
  'toNpz',
];

describe('an option that a function does not have', () => {
  test.each(Object.keys(before))('%s refuses it by name', async (name) => {
    const call = (landscape as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!;
    const given = async () => {
      const result = call(...before[name]!(), { mispelt: 1 });
      if (result && typeof result === 'object' && Symbol.asyncIterator in result)
        for await (const _ of result as AsyncIterable<unknown>) break;
      return result;
    };
    await expect(given()).rejects.toMatchObject({
      code: 'BAD_OPTION',
      // One that follows several weights speaks for the function of one.
      message: expect.stringMatching(
        new RegExp(`^${name.replace(/Along$/, '')}: 'mispelt' is not an option; `),
      ),
    });
  });
  test('every function is looked at here', () => {
    const functions = Object.entries(landscape).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    );
    expect(functions.filter((name) => !(name in before) && !without.includes(name))).toEqual([]);
  });
});
