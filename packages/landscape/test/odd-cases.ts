import type { Optimizer, Params } from '@segscape/core';
import {
  abs,
  clone,
  conv2d,
  mean,
  mul,
  ones,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import * as landscape from '../src/index.js';

const jit = { executor: 'eager' } as const;
const w = (value: number): Params => ({
  w: tensor([
    [value, 1],
    [2, value + 1],
  ]),
});
/** What the functions that are given do with a record without weights is their own affair. */
const weightsOf = (params: Params) => params.w ?? tensor(0);
const loss = (params: Params) => sum(square(weightsOf(params))) as Scalar;
const objective = (params: Params) => ({ ce: loss(params), dice: sum(abs(weightsOf(params))) as Scalar });
const batches = [{ x: tensor([1, 2]) }, { x: tensor([3]) }];
const problem = { loss, params: w(1), batches, jit };
const output = {
  logits: (params: Params, { x }: { x: Tensor }) => mul(mean(x), weightsOf(params)),
  lossOfLogits: (z: Tensor) => mean(square(z)) as Scalar,
  params: w(1),
  batches,
  jit,
};
const grid = { objective, params: w(1), batches, jit };
const axes = { x: [-1, 1, 3], y: [-1, 1, 3] };
const descent: Optimizer = {
  init: () => ({}),
  update: (params, slopes) => ({
    params: Object.fromEntries(Object.entries(params).map(([name, p]) => [name, sub(p, slopes[name]!)])),
    state: {},
  }),
};
const curve = { from: w(0), to: w(2), loss, batches, optimizer: descent, steps: 1, bends: 1, seed: 0, jit };
const images = tensor([1, 0, 2, 1], [1, 2, 2, 1]);
const activations = tensor([1, 0, 2, 1], [2, 2]);
const labels = tensor([0, 0, 1, 0], [1, 2, 2], 'int32');
const forensics = {
  params: { w: tensor([0.1, -0.2]) },
  batches: [{ images, labels }],
  logits: (params: Params, batch: { images: Tensor }) => mul(batch.images, params.w!),
  losses: { brier: (z: Tensor) => mean(square(z)) as Scalar },
  jit,
};
const byClass = landscape.byClass(['a', 'b'], (batch: { labels: Tensor }) => batch.labels);
const drawn = {
  x: Float64Array.of(0, 1, 2),
  y: Float64Array.of(0, 1, 2),
  values: { ce: Float32Array.of(1, 2, 3, 4, 0, 6, 7, 8, 9) },
  attributes: {},
};
const line = { x: Float64Array.of(0, 1), values: { ce: Float32Array.of(1, 2) }, attributes: {} };

interface Case {
  /** Arguments by name, each of which is made odd in turn. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly call: (given: Record<string, never>) => unknown;
}

const all = landscape as unknown as Record<string, (...given: unknown[]) => unknown>;
/** The part of a record that has the names of another. */
const pick = (like: object, record: Record<string, never>) =>
  Object.fromEntries(Object.keys(like).map((key) => [key, record[key]]));
/** A function of one record of options. */
const of = (name: string, given: object): [string, Case] => [
  name,
  { given: given as Case['given'], call: (options) => all[name]!(options) },
];
/** A function of arguments, the last of which are options. */
const after = (name: string, given: object, options: object = {}): [string, Case] => [
  name,
  {
    given: { ...given, ...options },
    call: (record) => all[name]!(...Object.values(pick(given, record)), pick(options, record)),
  },
];
/** Options behind arguments that stay as they are. */
const behind = (name: string, first: readonly unknown[], options: object): [string, Case] => [
  name,
  { given: options as Case['given'], call: (record) => all[name]!(...first, record) },
];
/** A function of a problem and options. */
const measured = (
  name: string,
  parts: object,
  options?: object,
  between: readonly unknown[] = [],
): [string, Case] => [
  name,
  {
    given: { ...parts, ...options } as Case['given'],
    call: (record) =>
      all[name]!(pick(parts, record), ...between, ...(options ? [pick(options, record)] : [])),
  },
];
const lanczos = { count: 1, which: 'largest', iterations: 3, tolerance: 1e-4, seed: 0, accuracy: 'exact' };

/** How each function is called, with arguments that it takes. */
export const cases: Readonly<Record<string, Case>> = Object.fromEntries([
  of('surface', { ...grid, ...axes, directions: [w(3), w(4)], adaptive: { initial: 2 } }),
  of('line', { ...grid, direction: w(3), x: axes.x, batchNorm: { mode: 'carried' }, weights: [1, 1] }),
  of('interpolate', { objective, from: w(0), to: w(1), batches, jit, x: [0, 1, 3] }),
  of('alongCurve', {
    objective,
    batches,
    jit,
    curve: { kind: 'bezier', from: w(0), to: w(1), bends: [w(2)] },
    t: [0, 1, 3],
  }),
  of('barriers', { objective, batches, jit, minima: { a: w(0), b: w(1) }, x: [0, 1, 3], above: 'chord' }),
  of('bezier', curve),
  of('polygonalChain', curve),
  of('noiseFloor', { ...grid, orders: 2, seed: 0 }),
  of('sampleNoise', { ...grid, resamples: 100, seed: 0 }),
  of('lineNoise', { ...grid, direction: w(3), x: axes.x, resamples: 100, seed: 0 }),
  of('repeatSurfaces', { ...grid, ...axes, pairs: 1, directions: { seed: 4 } }),
  of('curvature', {
    ...grid,
    losses: ['ce'],
    accuracy: 'exact',
    eigenvalues: { count: 1 },
    trace: { probes: 2 },
    density: { steps: 2 },
    sharpness: { rho: 0.1 },
  }),
  of('activationMaximisation', {
    activations: (params: Params, x: Tensor) =>
      conv2d(x as Tensor4D, (params.k ?? ones([1, 1, 1, 2])) as Tensor4D, 1, 'same'),
    params: { k: tensor([1, 2], [1, 1, 1, 2]) },
    filters: [0],
    size: [2, 2, 1],
    middle: 0.5,
    deviation: 0.1,
    steps: 1,
    rate: 0.1,
    decay: 0,
    jitter: 1,
    seed: 0,
    jit,
  }),
  after('randomDirection', { params: w(1) }, { seed: 0, norm: 'filter', ignore: 'biasbn' }),
  after('randomPlane', { params: w(1) }, { seed: 0, norm: 'filter', ignore: 'biasbn' }),
  after('normalizeDirection', { direction: w(1), params: w(2) }, { norm: 'filter', ignore: 'biasbn' }),
  after(
    'planeThrough',
    { minima: [w(1), w(2), { w: tensor([1, 5, 7, 3], [2, 2]) }] },
    { statistics: 'carried' },
  ),
  after(
    'trajectory',
    { checkpoints: [w(1), w(2), w(4)] },
    { directions: 'pca', components: 1, ignore: 'none' },
  ),
  after(
    'trajectoryPlane',
    { checkpoints: [w(1), w(2), { w: tensor([1, 5, 7, 3], [2, 2]) }] },
    { ignore: 'none' },
  ),
  after('weightChange', { from: w(0), to: w(1) }),
  after('cka', { a: { one: activations }, b: { one: activations } }, { debiased: false }),
  behind('surfaceStatistics', [drawn, 'ce'], { rise: 0.1 }),
  behind('topology', [drawn, 'ce'], { threshold: 0 }),
  behind('barrierHeight', [line, 'ce'], { above: 'chord' }),
  behind('toVtp', [drawn], { height: 'ce', maximum: 3 }),
  behind('trust', [drawn], { loss: 'ce' }),
  behind('namePlateaus', [[]], { flatness: 0.05, dominance: 0.5 }),
  after('logSpacedEpochs', { last: 10, count: 4 }),
  measured('topEigenvalues', problem, lanczos),
  measured('topEigenpairs', output, { ...lanczos, matrix: 'gaussNewton' }),
  measured('hessianPlane', problem, { which: 'largest', iterations: 3, tolerance: 1e-4, seed: 0 }),
  measured('hessianTrace', problem, { probes: 2, seed: 0, accuracy: 'exact' }),
  measured('hessianMatrix', problem, { accuracy: 'exact' }),
  measured('hessianEigenvalues', problem, { accuracy: 'exact' }),
  measured('hessianVectorProduct', problem, { accuracy: 'exact' }, [w(1)]),
  measured('compareHessianProducts', problem, { accuracy: 'fast' }, [w(1)]),
  measured('curvatureProduct', output, { matrix: 'fisher', accuracy: 'exact' }, [w(1)]),
  measured('gradientDirection', problem),
  measured('gradientNoiseScale', problem),
  measured('spectralDensity', problem, {
    probes: 1,
    steps: 3,
    points: 8,
    width: 0.01,
    seed: 0,
    matrix: 'hessian',
  }),
  measured('curvatureTrace', problem, { probes: 3, seed: 0, estimator: 'hutch++', matrix: 'hessian' }),
  measured('layerTraces', problem, { probes: 3, seed: 0, matrix: 'hessian' }),
  measured('sharpness', problem, { rho: 0.1, steps: 1 }),
  measured('keskarSharpness', problem, { epsilon: 0.1, steps: 1 }),
  measured('eigenvalueMap', problem, {
    directions: [w(3), w(4)],
    ...axes,
    iterations: 3,
    tolerance: 1e-3,
    slack: 0.01,
    seed: 0,
    accuracy: 'exact',
  }),
  measured('gradientShares', forensics, { groupings: { class: byClass }, of: 'logits' }),
  measured('gradientCosines', forensics),
  [
    'throughTraining',
    {
      // The film disposes what it is given.
      given: { objective, batches, jit, ...axes, directions: { seed: 1 }, margin: 0.2, checkpoints: 'three' },
      call: ({ checkpoints, ...rest }: Record<string, unknown>) => {
        const three = [0, 1, 3].map((epoch) => ({
          name: `${epoch}`,
          epoch,
          params: { w: clone(w(epoch).w!) },
        }));
        const list = checkpoints === 'three' ? three : checkpoints;
        return all.throughTraining!({ ...rest, checkpoints: list });
      },
    },
  ],
] as [string, Case][]);
