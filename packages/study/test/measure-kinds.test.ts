import type { Raster } from '@segscape/core';
import {
  brierScore,
  centrelineDice,
  classCalibrationErrors,
  cohenKappa,
  countScore,
  fBeta,
  generalizedDiceScore,
  matthewsCorrcoef,
  panopticQuality,
  randScore,
  segmentsOfMembranes,
  surfaceOverlap,
} from '@segscape/metrics';
import { connectedComponents } from '@segscape/morphology';
import { kindsOf, type MeasuredImage, parseStudyConfig, studyRegistry } from '@segscape/study';
import { expect, test } from 'vitest';

const [height, width] = [12, 16];
const plane = (inside: (y: number, x: number) => number): Raster => ({
  data: Uint8Array.from({ length: height * width }, (_, i) => inside(Math.floor(i / width), i % width)),
  height,
  width,
  channels: 1,
});
/** A cross, two squares, and a column that no class claims. */
const labels = plane((y, x) =>
  x === 15 ? 255 : Number(y === 5 || x === 7) + 2 * Number(y > 8 && x % 6 < 3 && y !== 5 && x !== 7),
);
const prediction = plane(
  (y, x) => Number(y === 6 || x === 7) + 2 * Number(y > 7 && x % 7 < 3 && y !== 6 && x !== 7),
);
const probabilities: Raster = {
  ...prediction,
  channels: 3,
  data: Float32Array.from({ length: 3 * height * width }, (_, i) =>
    prediction.data[Math.floor(i / 3)] === i % 3 ? 0.75 : 0.125,
  ),
};
const image: MeasuredImage = {
  id: 'a',
  classes: ['ground', 'line', 'cell'],
  labels,
  prediction,
  probabilities,
  ignoreIndex: 255,
};
const measured = (kind: string, options: object = {}) => studyRegistry.measures[kind]!({ ...options })(image);
/** A class as a mask. */
const of = ({ data, ...rest }: Raster, label: number): Raster => ({
  ...rest,
  data: Uint8Array.from(data, (value, i) => Number(value === label && labels.data[i] !== 255)),
});
const pair = (label: number) => [of(labels, label), of(prediction, label)] as const;
const shape = [1, height, width];
const grids = [
  { data: labels.data, shape },
  { data: prediction.data, shape },
] as const;
const counted = { classes: 3, ignoreIndex: 255 };

test('each kind gives what @segscape/metrics gives, a column for each class but the first', () => {
  const both = (value: (label: number) => number, name: string) => ({
    [`${name}.line`]: value(1),
    [`${name}.cell`]: value(2),
  });
  const row = (scores: unknown, name: string) => both((label) => (scores as number[])[label]!, name);
  expect(measured('clDice')).toEqual(both((label) => centrelineDice(...pair(label)), 'clDice'));
  expect(measured('surfaceOverlap', { tolerance: 2 })).toEqual({
    ...both((label) => surfaceOverlap(...pair(label), { tolerance: 2 }).truth, 'surfaceRecall'),
    ...both((label) => surfaceOverlap(...pair(label), { tolerance: 2 }).prediction, 'surfacePrecision'),
  });
  const objects = (label: number) =>
    pair(label).map((mask) => connectedComponents(mask).labels) as [Raster, Raster];
  expect(measured('panopticQuality', { overlap: 0.3, connectivity: 1 })).toEqual(
    both((label) => panopticQuality(...objects(label), { threshold: 0.3 }).quality, 'panopticQuality'),
  );
  const segments = (label: number) => {
    const [truth, predicted] = pair(label);
    return [segmentsOfMembranes(truth), segmentsOfMembranes(predicted)] as const;
  };
  expect(measured('randScore')).toEqual(both((label) => randScore(...segments(label)).score, 'randScore'));
  // Above 0.1 all pixels are of every class; above 0.5 those that are likeliest of it.
  expect(measured('randScore', { threshold: 0.5 })).toEqual(measured('randScore'));
  const everywhere = measured('informationScore', { threshold: 0.1 }) as Record<string, number>;
  expect(everywhere).not.toEqual(measured('informationScore'));
  expect(() => parseStudyConfig({ measures: [{ kind: 'randScore', threshold: 1 }] })).toThrow(
    "measure 'randScore': threshold (=1) must be in (0, 1).",
  );
  expect(measured('count', { measure: 'falsePositiveRate' })).toEqual(
    row(countScore('falsePositiveRate', ...grids, { ...counted, reduction: 'none' }), 'falsePositiveRate'),
  );
  expect(measured('fBeta', { beta: 2 })).toEqual(
    row(fBeta(...grids, { ...counted, reduction: 'none', beta: 2 }), 'fBeta'),
  );
  expect(measured('cohenKappa', { weights: 'linear' })).toBe(
    cohenKappa(...grids, { ...counted, weights: 'linear' }),
  );
  expect(measured('matthews')).toBe(matthewsCorrcoef(...grids, counted));
  expect(measured('generalizedDice')).toBe((generalizedDiceScore(...grids, counted) as number[])[0]);
  const chances = { data: probabilities.data, shape: [...shape, 3] };
  expect(measured('brierScore')).toBe(brierScore(grids[0], chances, { ignoreIndex: 255 }));
  expect(measured('calibrationError', { of: 'classes', bins: 5 })).toEqual(
    row(classCalibrationErrors(grids[0], chances, { bins: 5, ignoreIndex: 255 }), 'calibrationError'),
  );
});

test('every kind has a description, and numbers of an image', () => {
  const kinds = kindsOf(studyRegistry).measure;
  for (const [kind, schema] of Object.entries(kinds)) {
    expect(schema, kind).toMatchObject({ type: 'object' });
    const value = measured(kind, kind === 'count' ? { measure: 'matthews' } : {});
    const numbers = typeof value === 'number' ? [value] : Object.values(value);
    expect(numbers.length, kind).toBeGreaterThan(0);
    for (const number of numbers) expect(Number.isFinite(number), `${kind}: ${number}`).toBe(true);
  }
});

test('counts that every study has anyway, and unknown ones, are refused', () => {
  const parsed = (measure: string) => () => parseStudyConfig({ measures: [{ kind: 'count', measure }] });
  expect(parsed('falsePositiveRate')).not.toThrow();
  expect(parsed('iou')).toThrow(/measure/);
  expect(parsed('falsePositveRate')).toThrow("measure (='falsePositveRate') must be one of");
});
