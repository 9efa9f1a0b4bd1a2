import type { Raster, SegscapeError } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as metrics from '../src/index.js';

type Form = metrics.Values;
type Pair = (labels: Form, second: Form, options?: object) => unknown;

/** How each function of labels and predictions is called; two classes. */
const ofMasks: Readonly<Record<string, Pair>> = {
  averageSurfaceDistance: (a, b, o) => metrics.averageSurfaceDistance(a, b, o),
  balancedAccuracy: (a, b, o) => metrics.balancedAccuracy(a, b, { classes: 2, ...o }),
  boundaryIou: (a, b, o) => metrics.boundaryIou(a, b, o),
  centrelineDice: (a, b, o) => metrics.centrelineDice(a, b, o),
  byImageAndClass: (a, b, o) =>
    metrics.byImageAndClass(a, b, { classes: 2, ...o }, (t, p) => [...t.data, ...p.data]),
  classCounts: (a, b, o) => metrics.classCounts(a, b, { classes: 2, ...o }),
  cohenKappa: (a, b, o) => metrics.cohenKappa(a, b, { classes: 2, ...o }),
  confusionMatrix: (a, b, o) => metrics.confusionMatrix(a, b, { classes: 2, ...o }),
  countScore: (a, b, o) => metrics.countScore('recall', a, b, { classes: 2, ...o }),
  diceCoefficient: (a, b, o) => metrics.diceCoefficient(a, b, { classes: 2, ...o }),
  fBeta: (a, b, o) => metrics.fBeta(a, b, { classes: 2, beta: 2, ...o }),
  generalizedDiceScore: (a, b, o) => metrics.generalizedDiceScore(a, b, { classes: 2, ...o }),
  hausdorffDistance: (a, b, o) => metrics.hausdorffDistance(a, b, o),
  informationScore: (a, b, o) => metrics.informationScore(a, b, o),
  instanceScores: (a, b, o) => metrics.instanceScores(a, b, o),
  iou: (a, b, o) => metrics.iou(a, b, { classes: 2, ...o }),
  matthewsCorrcoef: (a, b, o) => metrics.matthewsCorrcoef(a, b, { classes: 2, ...o }),
  panopticQuality: (a, b, o) => metrics.panopticQuality(a, b, o),
  pixelAccuracy: (a, b, o) => metrics.pixelAccuracy(a, b, o),
  randScore: (a, b, o) => metrics.randScore(a, b, o),
  surfaceDice: (a, b, o) => metrics.surfaceDice(a, b, o),
  surfaceDistances: (a, b, o) => metrics.surfaceDistances(a, b, o),
  surfaceOverlap: (a, b, o) => metrics.surfaceOverlap(a, b, o),
};
/** The same with probabilities as the second. */
const ofProbabilities: Readonly<Record<string, Pair>> = {
  brierScore: (a, b, o) => metrics.brierScore(a, b, o),
  classCalibrationErrors: (a, b, o) => metrics.classCalibrationErrors(a, b, o),
  confidenceMap: (a, b, o) => metrics.confidenceMap(a, b, o),
  expectedCalibrationError: (a, b, o) => metrics.expectedCalibrationError(a, b, o),
  reliability: (a, b, o) => metrics.reliability(a, b, o),
};
/** Functions of no pair of masks. */
const others = [
  'bootstrapInterval',
  'compareAll',
  'classMeasures',
  'countMeasures',
  'holm',
  'pairedTest',
  'readGrid',
  'scoreRecord',
  'segmentationMetrics',
  'segmentsOfMembranes',
  'compareCrossed',
  'crossedInterval',
  'crossedTest',
  'powerOf',
];

test('every exported function is among those tried', () => {
  const tried = [...Object.keys(ofMasks), ...Object.keys(ofProbabilities), ...others];
  const functions = Object.keys(metrics).filter((name) => !name.endsWith('Schema'));
  expect(tried.sort()).toEqual(functions.sort());
});

const shape = [1, 3, 4];
const rows = (data: readonly number[]) => [0, 1, 2].map((y) => data.slice(4 * y, 4 * y + 4));
const bits = fc.array(fc.nat(1), { minLength: 12, maxLength: 12 });

/** One batch of one image in every form that says its shape. */
const formsOf = (data: readonly number[]): Readonly<Record<string, Form>> => ({
  grid: { data: [...data], shape },
  'typed grid': { data: Uint8Array.from(data), shape },
  'boolean grid': { data: data.map((value) => value === 1), shape },
  nested: [rows(data)],
  'nested booleans': [rows(data).map((row) => row.map((value) => value === 1))],
  'nested typed rows': [rows(data).map((row) => Float32Array.from(row))],
  raster: { data: Uint8Array.from(data), height: 3, width: 4, channels: 1 } as Raster,
  tensor: tensor([...data], [1, 3, 4], 'int32') as Tensor,
  'boolean tensor': tensor(
    data.map((value) => value === 1),
    [1, 3, 4],
    'bool',
  ) as Tensor,
});

function errorOf(action: () => unknown): SegscapeError {
  try {
    action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}

describe.each(Object.entries(ofMasks))('%s', (_, measure) => {
  test('gives one answer for every form of the same masks', () =>
    fc.assert(
      fc.asyncProperty(bits, bits, async (a, b) => {
        const [first, second] = [formsOf(a), formsOf(b)];
        const expected = measure(first.grid as Form, second.grid as Form);
        expect(expected).not.toBeInstanceOf(Promise);
        for (const form of Object.keys(first))
          expect(await measure(first[form] as Form, second[form] as Form)).toEqual(expected);
        expect(await measure(first.nested as Form, second.tensor as Form)).toEqual(expected);
      }),
      { numRuns: 5 },
    ));
});

describe.each(Object.entries(ofProbabilities))('%s', (_, measure) => {
  test('gives one answer for every form of the same labels and probabilities', () =>
    fc.assert(
      fc.asyncProperty(bits, fc.array(fc.nat(4), { minLength: 12, maxLength: 12 }), async (a, q) => {
        const data = q.flatMap((p) => [1 - p / 4, p / 4]);
        const first = formsOf(a);
        const pixels = q.map((_, i) => data.slice(2 * i, 2 * i + 2));
        const second: Readonly<Record<string, Form>> = {
          grid: { data, shape: [1, 3, 4, 2] },
          nested: [[0, 1, 2].map((y) => pixels.slice(4 * y, 4 * y + 4))],
          raster: { data: Float32Array.from(data), height: 3, width: 4, channels: 2 } as Raster,
          tensor: tensor(data, [1, 3, 4, 2]) as Tensor,
        };
        const expected = measure(first.grid as Form, second.grid as Form);
        for (const [name, labels] of Object.entries(first))
          expect(await measure(labels, (second[name] ?? second.grid) as Form)).toEqual(expected);
      }),
      { numRuns: 5 },
    ));
});

test('segmentationMetrics and segmentsOfMembranes read every form too', async () => {
  const data = [0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1];
  const forms = formsOf(data);
  const results = await Promise.all(
    Object.values(forms).map(async (form) => {
      const scores = metrics.segmentationMetrics({ classes: 2 });
      await scores.updatePredictions(form, form);
      await scores.update(form, [rows(data).map((row) => row.map((value) => [0, value]))]);
      return scores.compute();
    }),
  );
  for (const result of results) expect(result).toEqual(results[0]);
  const segments = Object.entries(forms)
    .filter(([name]) => !name.includes('tensor'))
    .map(([, form]) => metrics.segmentsOfMembranes(form as Raster).data);
  for (const found of segments) expect(found).toEqual(segments[0]);
});

describe('what does not say its shape or its values is refused', () => {
  const fine = { data: new Uint8Array(12), shape };
  const odd: readonly (readonly [unknown, string])[] = [
    [3, 'got 3. Masks and scores have a shape.'],
    [null, 'got null. Masks and scores have a shape.'],
    ['0011', "got '0011'. Masks and scores have a shape."],
    [new Uint8Array(12), 'got a typed array of 12 values. Give its sizes too: { data, shape }.'],
    [[[1, 0], [1]], 'got rows of 2 and 1 values. Make all rows of one length.'],
    [[[1, 0], 1], 'got 1 among rows. Make all rows of one length.'],
    [[], 'got an empty array. Give at least one value.'],
    [[['1', '0']], "got '1' among the values. Give numbers or booleans."],
    [[[1n, 0n]], 'got 1n among the values. Give numbers or booleans.'],
    [[[null, 0]], 'got null among the values. Give numbers or booleans.'],
    [
      { data: new Uint8Array(11), shape },
      'got 11 values of shape [1, 3, 4]. The sizes multiply to the number of values.',
    ],
    [
      { data: new Uint8ClampedArray(48), height: 3, width: 4 },
      'got an object of data, height, width. A raster has data, height, width and channels; plain values have data and shape.',
    ],
    [
      {},
      'got an object of nothing. A raster has data, height, width and channels; plain values have data and shape.',
    ],
  ];

  test.each(Object.entries({ ...ofMasks, ...ofProbabilities }))('by %s', (name, measure) => {
    for (const [given, said] of odd)
      for (const attempt of [() => measure(given as Form, fine), () => measure(fine, given as Form)]) {
        const { code, message } = errorOf(attempt);
        expect(code).toBe('SHAPE_MISMATCH');
        const where = name === 'countScore' ? 'recall' : name;
        expect(message).toBe(
          `${where}: expected a tensor, a raster, { data, shape } or nested arrays of numbers, ${said}`,
        );
      }
  });

  test('a raster of another length than its sizes', () => {
    const short = { data: new Uint8Array(5), height: 3, width: 4, channels: 1 };
    expect(() => metrics.hausdorffDistance(short, short)).toThrow(
      'a raster of [3, 4, 1] needs 12 values, got 5.',
    );
  });
});

describe('class indices without `classes` are never read as one-hot', () => {
  const indices = { data: [0, 1, 1, 0], shape: [1, 2, 2] };
  const volume: Raster = { data: new Uint8Array(8), depth: 2, height: 2, width: 2, channels: 1 };

  test.each([
    'iou',
    'diceCoefficient',
    'balancedAccuracy',
    'classCounts',
    'generalizedDiceScore',
    'fBeta',
  ] as const)('%s', (name) => {
    const measure: Pair = (a, b) => (ofMasks[name] as Pair)(a, b, { classes: undefined });
    for (const given of [
      [
        [0, 1],
        [1, 1],
      ],
      [0, 1],
      indices,
      volume,
    ] as Form[]) {
      const { code, message } = errorOf(() => measure(given, given));
      expect(code).toBe('SHAPE_MISMATCH');
      expect(message).toMatch(
        /: expected one-hot labels \[batch, height, width, classes\] without `classes`, got \[(2|2, 2|1, 2, 2|1, 2, 2, 2)\]\. Give `classes` \(2 for a binary mask\) with class indices\.$/,
      );
    }
  });

  test('values that are no shares are refused', () => {
    const given = { data: [0, 255, 1, 0], shape: [1, 1, 2, 2] };
    expect(errorOf(() => metrics.iou(given, given)).message).toBe(
      'iou: label 255 is not in [0, 1]. Give one-hot or soft values, or class indices with `classes`.',
    );
  });
});

describe('unknown options are refused in plain calls', () => {
  test.each(Object.entries({ ...ofMasks, ...ofProbabilities }))('by %s', (name, measure) => {
    const where = name === 'countScore' ? 'recall' : name;
    const { code, message } = errorOf(() =>
      measure({ data: [0], shape: [1, 1] }, { data: [0], shape: [1, 1] }, { pold: true }),
    );
    expect(code).toBe('BAD_OPTION');
    expect(message).toMatch(new RegExp(`^${where}: 'pold' is not an option; (did you mean|known:) `));
  });

  test('by the others', () => {
    const wrong = { sed: 3 } as object;
    expect(() => metrics.bootstrapInterval([1, 2], wrong)).toThrow(
      "bootstrapInterval: 'sed' is not an option; did you mean 'seed'?",
    );
    expect(() => metrics.pairedTest([1], [2], wrong)).toThrow("pairedTest: 'sed' is not an option; known:");
    expect(() => metrics.compareAll({ a: [1], b: [2] }, wrong)).toThrow("'sed' is not an option");
    expect(() => metrics.segmentationMetrics({ classes: 2, ...wrong })).toThrow("'sed' is not an option");
    expect(() => metrics.segmentationMetrics({ classes: 2 }).compute(wrong)).toThrow(
      "'sed' is not an option",
    );
    expect(() => metrics.segmentationMetrics({ classes: 2 }).perImage(wrong)).toThrow(
      "segmentationMetrics.perImage: 'sed' is not an option; known: includeBackground.",
    );
    expect(() => metrics.segmentsOfMembranes([[1]], wrong)).toThrow("'sed' is not an option");
  });

  test.each([Number.NaN, 0.5, 'x'])('ignoreIndex %s by all that have one', (ignoreIndex) => {
    const given = { data: [0, 1], shape: [1, 1, 2] };
    const having = [
      'iou',
      'confusionMatrix',
      'pixelAccuracy',
      'byImageAndClass',
      'classCounts',
      'cohenKappa',
    ];
    for (const name of having)
      expect(errorOf(() => (ofMasks[name] as Pair)(given, given, { ignoreIndex })).code).toBe('BAD_OPTION');
    for (const measure of Object.values(ofProbabilities))
      expect(errorOf(() => measure(given, given, { ignoreIndex })).message).toMatch(
        /ignoreIndex .* must be a whole number\.$/,
      );
  });

  test('weights that are negative, NaN or all 0', () => {
    const given = { data: [0, 1], shape: [1, 1, 2] };
    for (const [classWeights, problem] of [
      [[1, -1], 'classWeights[1] (=-1) must be at least 0.'],
      [[0, 0], 'classWeights (=[0,0]) must have at least one entry to be positive.'],
      [[Number.NaN, 1], 'classWeights[0] (=NaN) must be a finite number.'],
    ] as const)
      expect(
        errorOf(() => metrics.iou(given, given, { classes: 2, reduction: 'weighted', classWeights })).message,
      ).toBe(`iou: ${problem}`);
  });
});

describe('lists of numbers', () => {
  test('anything else among them is refused', () => {
    expect(() => metrics.bootstrapInterval(['0.5', '0.6'] as never)).toThrow(
      "bootstrapInterval: values[0] (='0.5') must be a number; NaN is one that is missing.",
    );
    expect(() => metrics.pairedTest([1, null] as never, [1, 2])).toThrow(
      'pairedTest: first[1] (=null) must be a number',
    );
    expect(() => metrics.holm([0.1, true] as never)).toThrow('holm: pValues[1] (=true) must be a number');
    expect(() => metrics.holm(0.1 as never)).toThrow('holm: pValues (=0.1) must be a list of numbers.');
    expect(() => metrics.holm([0.1, 2])).toThrow('holm: pValues[1] (=2) must be in [0, 1].');
    expect(() => metrics.holm([-0.01])).toThrow('holm: pValues[0] (=-0.01) must be in [0, 1].');
    expect(() => metrics.compareAll(null as never)).toThrow(
      'compareAll: columns (=null) must be an object of scores by name.',
    );
    expect(() => metrics.compareCrossed([[[1]]] as never)).toThrow(
      'compareCrossed: columns (=[[[1]]]) must be',
    );
  });

  test('typed arrays are lists', () => {
    const values = [0.5, 0.25, 0.75];
    const typed = Float64Array.from(values) as unknown as number[];
    expect(metrics.bootstrapInterval(typed, { resamples: 20 })).toEqual(
      metrics.bootstrapInterval(values, { resamples: 20 }),
    );
    expect(metrics.pairedTest(typed, values)).toEqual(metrics.pairedTest(values, values));
    expect(Array.from(metrics.holm(typed))).toEqual(metrics.holm(values));
  });
});
