import * as landscape from '@segscape/landscape';
import { lossSchemas } from '@segscape/losses';
import * as metrics from '@segscape/metrics';
import * as models from '@segscape/models';
import * as train from '@segscape/train';
import { expect, test } from 'vitest';
import { suite } from '../src/suite/cases.js';

const names = suite.map(({ name }) => name);

/** Those of `wanted` that no case of the family speaks of. Schemas are data: nothing to compute. */
const untried = (family: string, wanted: readonly string[]) =>
  wanted.filter(
    (one) =>
      !one.endsWith('Schema') &&
      !names.some((name) => name.startsWith(family) && name.split(/[\s,/]/).includes(one)),
  );

test('every loss, with every kind of labels and every option of its schema', () => {
  expect(untried('losses/', Object.keys(lossSchemas))).toEqual([]);
  for (const form of ['indices', 'one-hot', 'one class', 'volume', 'ignored'])
    expect(
      names.filter((name) => name.startsWith('losses/') && name.endsWith(`, ${form}`)).length,
    ).toBeGreaterThan(20);
  const options = Object.values(lossSchemas).flatMap((schema) =>
    Object.keys((schema as { properties: object }).properties).filter(
      (option) => option !== 'kind' && option !== 'name',
    ),
  );
  const written = (option: string) => names.some((name) => name.includes(` ${option}=`));
  expect([...new Set(options)].filter((option) => !written(option))).toEqual([]);
});

test('every network', () => {
  const networks = Object.keys(models).filter((name) => /unet(3d)?$/i.test(name));
  expect(networks.length).toBeGreaterThanOrEqual(5);
  expect(untried('models/', networks)).toEqual([]);
});

test('every optimiser and schedule', () => {
  const functions = Object.keys(train).filter((name) => !/^(fit|encodeState|decodeState)$/.test(name));
  expect(untried('train/', functions)).toEqual([]);
});

/** Of landscape: arithmetic on numbers in host memory, the same on every backend. */
const onHost =
  /^(inline|surfaceStatistics|topology|meanInterval|crossedInterval|statisticCurve|overBatches|trust|namePlateaus|logSpacedEpochs|barrierHeight|curveCoefficients|curvePoint|weightChange|projector|planeOf|planeThrough|by(Bands|Mistake)|to[A-Z].*)$/;

/** Of landscape: the same evaluations and products as those that have a case, asked for in another order. */
const ofTheSame =
  /^(curvature|hessianMatrix|hessianEigenvalues|compareHessianProducts|topEigenpairs|eigenvalueMap|keskarSharpness|gradientNoiseScale|(hessian|random|trajectory)Plane|throughTraining|repeatSurfaces|noiseFloor|sampleNoise|lineNoise|preciseStatistics|alongCurve|barriers|bezier|polygonalChain|(curvature|gradientCosines|gradientShares)Along)$/;

test('every metric of predicted classes or probabilities, and every landscape', () => {
  // Masks, instances and membranes are rasters in host memory; the others are statistics of numbers.
  const onTensors =
    /^(segmentationMetrics|confusionMatrix|classCounts|iou|diceCoefficient|fBeta|.*Accuracy|cohenKappa|matthews.*|generalizedDiceScore|brierScore|expected.*|reliability)$/;
  expect(
    untried(
      'metrics/',
      Object.keys(metrics).filter((name) => onTensors.test(name)),
    ),
  ).toEqual([]);
  expect(
    untried(
      'landscape/',
      Object.keys(landscape).filter((name) => !onHost.test(name) && !ofTheSame.test(name)),
    ),
  ).toEqual([]);
});
