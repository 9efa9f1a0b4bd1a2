import { type Params, random } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, mean, mul, type Scalar, square, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  crossedInterval,
  inline,
  meanInterval,
  noiseFloor,
  planeOf,
  repeatSurfaces,
  type Surface,
  sampleNoise,
  trust,
} from '../../src/index.js';

const release = (...all: unknown[]) => dispose(all as Tensor[]);
const axis = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 10);
const surfaceOf = (f: (x: number, y: number) => number): Surface => ({
  x: axis,
  y: axis,
  values: { dice: Float32Array.from({ length: 441 }, (_, i) => f(axis[i % 21]!, axis[Math.floor(i / 21)]!)) },
  attributes: {},
});
const bowl = surfaceOf((x, y) => x * x + y * y);

describe('trust', () => {
  test('shares and cosines are those of the plane, oblique directions too', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 4, maxLength: 4 }),
        fc.constantFrom(-2, -0.8, 0, 0.5, 1),
        async (g, slant) => {
          fc.pre(Math.hypot(...g) > 0.1);
          const origin = { w: tensor([1, 1, 1]), b: tensor([0]) };
          const directions = [{ w: tensor([2, 0, 0]) }, { w: tensor([slant, 1, 0]) }] as const;
          const plane = planeOf(origin, [...directions]);
          const gradient = { w: tensor(g.slice(0, 3)), b: tensor(g.slice(3)) };
          const eigenpairs = [{ value: 5, vector: gradient }];
          const found = await expectTensors(0, () => trust(bowl, { plane, gradient, eigenpairs }));
          const share = (g[0]! ** 2 + g[1]! ** 2) / g.reduce((sum, v) => sum + v * v, 0);
          expect(found.gradientShare).toBeCloseTo(share, 4);
          expect(found.eigenvectors![0]!.cosine).toBeCloseTo(Math.sqrt(share), 4);
          release(origin, directions, gradient);
        },
      ),
      { numRuns: 30 },
    ));

  test('a slice that holds 3 % of the path says so', async () => {
    const at = (x: number, z: number) => ({ w: tensor([x, 0, z]) });
    // Variances in and out of the plane stand as 3 to 97.
    const path = [at(Math.sqrt(3), Math.sqrt(97)), at(-Math.sqrt(3), -Math.sqrt(97))];
    const plane = planeOf(path[0]!, [{ w: tensor([1, 0, 0]) }, { w: tensor([0, 1, 0]) }]);
    const { pathShare, sentence } = await trust(bowl, { plane, path });
    expect(pathShare).toBeCloseTo(0.03, 4);
    expect(sentence).toBe(
      "This slice holds 3.0 % of the path's variance, so it hardly shows what training saw.",
    );
    release(path, plane.directions);
  });

  test('statistics over pairs of directions, and roughness without its rounding', async () => {
    const rng = random(1);
    const noisy = (sigma: number) => surfaceOf((x, y) => x * x + y * y + sigma * rng.normal());
    const repeats = [noisy(0.01), noisy(0.01), noisy(0.01)];
    const noise = { dice: { floor: 0.02, value: 0 } };
    const found = await trust(noisy(0.02), { repeats, noise });
    expect(found.statistics.roughness!.count).toBe(4);
    expect(found.statistics.roughness!.low).toBeLessThan(found.statistics.roughness!.mean);
    const smooth = await trust(bowl);
    expect(found.roughness.measured).toBeGreaterThan(2 * smooth.roughness.measured);
    expect(found.roughness.corrected).toBeLessThan(1.6 * smooth.roughness.measured);
    expect(found.sentence).toMatch(
      /^Over 4 pairs of directions its roughness is 0\.\d+ ± 0\.\d+; differences below 0\.02 are rounding\.$/,
    );
    // The one true minimum is left of many when shallow ones are rounding.
    expect(found.statistics.minima!.mean).toBeLessThan(2);
  });

  test('says when nothing was measured, and when all is noise', async () => {
    expect((await trust(bowl)).sentence).toMatch(/^Nothing was measured/);
    const images = { dice: { mean: 1, standardError: 4, low: -7, high: 9, images: 5 } };
    const noise = { dice: { floor: 1, value: 0 } };
    expect((await trust(bowl, { images, noise })).sentence).toBe(
      'Differences below 1 are rounding, and the whole relief is only 2; on other images the loss at the centre would differ by about 4, more than the whole relief (5 images).',
    );
    await expect(trust(bowl, { loss: 'ce' })).rejects.toThrow("trust: loss (='ce') must be one of dice");
  });
});

test('repeats lie over other directions around the same weights', async () => {
  const params = { w: tensor([[3, 4]]) };
  const batches = [tensor([1])];
  const objective = ({ w }: Params, one: Tensor) => ({ dice: mul(mean(square(w!)), mean(one)) as Scalar });
  const runner = inline({ executor: 'eager' });
  const options = { objective, params, batches, runner, x: [-1, 1, 5], y: [-1, 1, 3], pairs: 3 } as const;
  const repeats = await expectTensors(0, () => repeatSurfaces(options));
  expect(repeats.map(({ attributes }) => attributes.directionSeed)).toEqual([1000, 1002, 1004]);
  for (const { values } of repeats) expect(values.dice![7]).toBeCloseTo(12.5, 4);
  expect(repeats[0]!.values.dice![0]).not.toBeCloseTo(repeats[1]!.values.dice![0]!, 3);
  const { statistics, networks } = await trust(repeats[0]!, { repeats: repeats.slice(1) });
  expect(statistics.maximum!.count).toBe(3);
  expect(statistics.maximum!.spread).toBeGreaterThan(0);
  expect(networks).toBeUndefined();
  // Another network whose surfaces lie twice as high.
  const higher = repeats.map((one) => ({ ...one, values: { dice: one.values.dice!.map((v) => 2 * v) } }));
  const crossed = await trust(repeats[0]!, { repeats: repeats.slice(1), networks: [higher] });
  expect(crossed.networks!.centre).toMatchObject({ count: 2, planes: 3 });
  expect(crossed.networks!.centre!.mean).toBeCloseTo(1.5 * 12.5, 3);
  expect(crossed.networks!.centre!.spread).toBeCloseTo(12.5 / Math.SQRT2, 3);
  expect(crossed.statistics).toEqual(statistics);
  await expect(trust(repeats[0]!, { networks: [higher] })).rejects.toThrow(
    'networks (=[3]) must hold 1 surfaces each, of this plane and of those of repeats',
  );
  await expect(repeatSurfaces({ ...options, pairs: 0 })).rejects.toThrow(
    'pairs (=0) must be a whole number >= 1',
  );
  await runner.dispose();
  release(params, batches);
});

test('intervals are Student’s', () => {
  // Of 1, 2, 3: t = 4.3027 with 2 degrees of freedom.
  const { mean: m, spread, low, high } = meanInterval([1, 2, 3]);
  expect([m, spread]).toEqual([2, 1]);
  expect(high - 2).toBeCloseTo(4.3027 / Math.sqrt(3), 4);
  expect(2 - low).toBeCloseTo(4.3027 / Math.sqrt(3), 4);
  expect(meanInterval([5])).toMatchObject({ mean: 5, spread: 0, low: Number.NEGATIVE_INFINITY });
  const many = Array.from({ length: 101 }, (_, i) => i);
  const wide = meanInterval(many);
  expect((wide.high - wide.mean) / (wide.spread / Math.sqrt(101))).toBeCloseTo(1.984, 3);
  expect(() => meanInterval([])).toThrow('values (=[]) must hold at least one number');
});

describe('intervals over networks and planes', () => {
  test('of one plane they are Student’s over the networks, of one network over the planes', () => {
    expect(crossedInterval([[1], [2], [3]])).toEqual({ ...meanInterval([1, 2, 3]), planes: 1 });
    const { low, high } = meanInterval([1, 2, 3]);
    expect(crossedInterval([[1, 2, 3]])).toEqual({ mean: 2, spread: 0, low, high, count: 1, planes: 3 });
    expect(
      crossedInterval([
        [4, 4],
        [4, 4],
      ]),
    ).toMatchObject({ mean: 4, low: 4, high: 4 });
  });
  test('a variance of the mean that is each part’s own: by hand', () => {
    // Rows 2 and 4, columns 1, 3, 5, without residual: 2 / 2 and 4 / 3, and t with 2.88 degrees of freedom, 2 of them whole.
    const {
      mean: m,
      spread,
      low,
      high,
    } = crossedInterval([
      [0, 2, 4],
      [2, 4, 6],
    ]);
    expect([m, spread]).toEqual([3, Math.SQRT2]);
    const half = 4.3027 * Math.sqrt(1 + 4 / 3);
    expect((high - low) / 2).toBeCloseTo(half, 3);
  });
  test('they hold the truth in 95 of 100, and more: 4 networks, 3 planes, effects of all sizes', () => {
    for (const [ofNetwork, ofPlane, rest] of [
      [1, 1, 1],
      [1, 0, 0.3],
      [0, 1, 0.3],
      [0.1, 0.1, 1],
    ] as const) {
      const rng = random(7);
      let held = 0;
      for (let n = 0; n < 1000; n++) {
        const columns = [0, 1, 2].map(() => ofPlane * rng.normal());
        const values = [0, 1, 2, 3].map(() => {
          const row = ofNetwork * rng.normal();
          return columns.map((column) => row + column + rest * rng.normal());
        });
        const { low, high } = crossedInterval(values);
        held += Number(low <= 0 && high >= 0);
      }
      expect(held).toBeGreaterThan(936); // 2 standard errors below 95 %.
    }
  });
  test.each([[[]], [[[]]], [[[1, 2], [1]]]])('%j is refused', (values) => {
    expect(() => crossedInterval(values)).toThrow('hold rows of one length, at least a number each');
  });
});

describe('noise', () => {
  const objective = ({ w }: Params, { x }: { x: Tensor }): Record<string, Scalar> => ({
    squared: mean(square(sub(x, w!))) as Scalar,
    constant: mul(mean(square(sub(w!, w!))), 1) as Scalar,
  });
  const normals = (seed: number, size: number, scale: number) => {
    const rng = random(seed);
    return tensor(
      Array.from({ length: size }, () => scale * rng.normal()),
      [size, 1],
    );
  };

  test('the floor is rounding: tiny, and more for larger numbers', async () => {
    const params = { w: tensor([[0.3]]) };
    const batches = [{ x: normals(1, 500, 1) }, { x: normals(2, 300, 1) }];
    const runner = inline({ executor: 'eager' });
    const { squared, constant } = await expectTensors(0, () =>
      noiseFloor({ objective, params, batches, runner }),
    );
    expect(squared!.value).toBeGreaterThan(0.9);
    expect(squared!.floor).toBeGreaterThanOrEqual(2 ** -24 * squared!.value);
    expect(squared!.floor).toBeLessThan(1e-5);
    expect(constant).toEqual({ floor: 0, value: 0 });
    await expect(noiseFloor({ objective, params, batches, orders: 1 })).rejects.toThrow(
      'orders (=1) must be a whole number >= 2',
    );
    await runner.dispose();
    release(params, batches);
  });

  test('the choice of images: the bootstrap’s error is that of the mean', async () => {
    const params = { w: tensor([[0]]) };
    const batches = [{ x: normals(3, 30, 2) }, { x: normals(4, 34, 2) }];
    const values = batches.flatMap(({ x }) => [...x.dataSync()].map((v) => v * v));
    const m = values.reduce((sum, v) => sum + v, 0) / 64;
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / 64);
    const runner = inline({ executor: 'eager' });
    const { squared } = await expectTensors(0, () => sampleNoise({ objective, params, batches, runner }));
    expect(squared!.images).toBe(64);
    expect(squared!.mean).toBeCloseTo(m, 4);
    expect(squared!.standardError / (sd / 8)).toBeGreaterThan(0.9);
    expect(squared!.standardError / (sd / 8)).toBeLessThan(1.1);
    expect(squared!.low).toBeLessThan(m);
    expect(squared!.high).toBeGreaterThan(m);
    await runner.dispose();
    release(params, batches);
  });
});
