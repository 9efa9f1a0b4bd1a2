import { type Params, random } from '@segscape/core';
import { expectTensors, randomRuns } from '@segscape/testing';
import { dispose, mul, type Scalar, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hessianPlane,
  logSpacedEpochs,
  planeOf,
  planeThrough,
  projector,
  randomDirection,
  randomPlane,
  trajectoryPlane,
} from '../../src/index.js';

const release = (...all: unknown[]) => dispose(all as Tensor[]);
const normals = (seed: number, size: number) => {
  const rng = random(seed);
  return Array.from({ length: size }, () => rng.normal());
};
const weightsOf = (seed: number): Params => ({
  kernel: tensor(normals(seed, 12), [2, 3, 2]),
  bias: tensor(normals(seed + 1, 2)),
  running: tensor(normals(seed + 2, 2)),
});
const isTrainable = (name: string) => name !== 'running';
const lengthOf = (params: Params) =>
  Math.hypot(...Object.entries(params).flatMap(([name, w]) => (isTrainable(name) ? [...w.dataSync()] : [])));

/** origin + x·dx + y·dy, in numbers. */
const at = (plane: { origin: Params; directions: readonly [Params, Params] }, x: number, y: number) =>
  Object.fromEntries(
    Object.entries(plane.origin).map(([name, w]) => {
      const [u, v] = plane.directions.map((d) => d[name]?.dataSync());
      return [name, [...w.dataSync()].map((value, i) => value + x * (u?.[i] ?? 0) + y * (v?.[i] ?? 0))];
    }),
  );

describe('projector', () => {
  test('gives back the coordinates of points of any plane, and the distance of those outside', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        async (seed, x, y) => {
          const origin = weightsOf(seed);
          const plane = planeOf(origin, [
            randomDirection(origin, { seed, norm: 'none', isTrainable }),
            randomDirection(origin, { seed: seed + 1, norm: 'layer', isTrainable }),
          ]);
          const there = at(plane, x, y);
          const weights = {
            kernel: tensor(there.kernel!, [2, 3, 2]),
            bias: tensor(there.bias!),
            running: tensor([100, 100]),
          };
          const found = await (await projector(plane))(weights);
          expect(found.x).toBeCloseTo(x, 3);
          expect(found.y).toBeCloseTo(y, 3);
          expect(found.residual).toBeLessThan(1e-4);
          release(origin, plane.directions, weights);
        },
      ),
      { numRuns: randomRuns(20) },
    ));

  test('parallel directions, and weights of another shape, are named', async () => {
    const origin = { w: tensor([1, 2, 3]) };
    const [u, v] = [{ w: tensor([1, 0, 0]) }, { w: tensor([0, 1, 0]) }];
    await expect(projector(planeOf(origin, [u, u]))).rejects.toThrow('parallel or zero');
    const project = await projector(planeOf(origin, [u, v]));
    const outside = { w: tensor([2, 4, 8]) };
    expect(await project(outside)).toMatchObject({ x: 1, y: 2, residual: 5, distance: Math.sqrt(30) });
    await expect(project({})).rejects.toThrow("'w' is [3] in the plane, missing in the weights");
    release(origin, u, v, outside);
  });
});

describe('planeThrough', () => {
  test('three minima lie in it, paths are projected, and the statistics are carried or frozen', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), async (seed) => {
        const minima = { dice: weightsOf(seed), ce: weightsOf(seed + 10), focal: weightsOf(seed + 20) };
        const paths = { dice: [minima.ce, minima.dice], ce: (async function* () {})() };
        // 3 tensors of the origin and 2 × 3 of the directions.
        const plane = await expectTensors(9, () => planeThrough(minima, { paths, isTrainable }));
        for (const [name, weights] of Object.entries(minima)) {
          const { x, y, residual } = plane.minima[name]!;
          expect(residual).toBeLessThan(1e-4);
          const there = at(plane, x, y);
          for (const key of Object.keys(weights))
            expect(weights[key as 'kernel']!.dataSync()).toBeAllclose(there[key]!, { abs: 1e-4 });
        }
        expect(plane.paths.dice![1]).toEqual(plane.minima.dice);
        expect(plane.paths.ce).toEqual([]);
        expect(plane.explainedVariance[0]! + plane.explainedVariance[1]!).toBeCloseTo(1, 5);
        expect(plane.attributes).toMatchObject({ plane: 'minima', batchNorm: 'carried' });
        for (const direction of plane.directions) expect(lengthOf(direction)).toBeCloseTo(1, 4);
        const listed = await planeThrough(Object.values(minima), { isTrainable });
        expect(Object.values(listed.minima)).toEqual(Object.values(plane.minima));
        listed.dispose();
        const frozen = await planeThrough(minima, { isTrainable, statistics: 'frozen' });
        expect(Object.keys(frozen.directions[0])).toEqual(['kernel', 'bias']);
        expect(frozen.minima.ce!.residual).toBeLessThan(1e-4);
        plane.dispose();
        plane.dispose();
        frozen.dispose();
        release(minima);
      }),
      { numRuns: randomRuns(15) },
    ));

  test('of four minima the plane is the nearest: no other through their mean leaves less outside', async () => {
    const minima = Object.fromEntries([1, 2, 3, 4].map((k) => [`m${k}`, { w: tensor(normals(k, 5)) }]));
    const plane = await planeThrough(minima);
    const left = (all: readonly { residual: number }[]) => all.reduce((sum, p) => sum + p.residual ** 2, 0);
    const best = left(Object.values(plane.minima));
    expect(best).toBeGreaterThan(0.01);
    for (let seed = 10; seed < 20; seed++) {
      const other = planeOf(plane.origin, [
        { w: tensor(normals(seed, 5)) },
        { w: tensor(normals(-seed, 5)) },
      ]);
      const project = await projector(other);
      expect(left(await Promise.all(Object.values(minima).map(project)))).toBeGreaterThan(best);
      release(other.directions);
    }
    plane.dispose();
    release(minima);
  });

  test('two minima, three on a line, and others of another shape are named', async () => {
    const on = (t: number) => ({ w: tensor([t, 2 * t, 1]) });
    const minima = { a: on(0), b: on(1), c: on(3) };
    await expectTensors(0, () => expect(planeThrough(minima)).rejects.toThrow('lie on one line'));
    await expect(planeThrough({ a: minima.a, b: minima.b })).rejects.toThrow('at least 3 minima, got 2');
    const short = { w: tensor([1]) };
    await expect(planeThrough({ ...minima, d: short })).rejects.toThrow(
      "'w' is [3] in the first minimum, [1] in 'd'",
    );
    release(minima, short);
  });
});

test('a random plane has the directions of its seeds; a path’s plane holds its end', async () => {
  const params = weightsOf(5);
  const plane = await expectTensors(4, () => randomPlane(params, { seed: 3, isTrainable }));
  const second = randomDirection(params, { seed: 4, isTrainable });
  expect(plane.directions[1].kernel).toBeAllclose(second.kernel!, { abs: 0, rel: 0 });
  const path = [weightsOf(1), weightsOf(2), weightsOf(3), params];
  const found = await trajectoryPlane(path, { isTrainable });
  expect(found.points.at(-1)).toEqual([0, 0]);
  expect(plane.attributes).toEqual({ plane: 'random', directionSeed: 3, norm: 'filter' });
  expect(found.attributes.explainedVarianceX).toBe(found.explainedVariance[0]);
  const first = await (await projector(found))(path[0]!);
  expect([first.x, first.y]).toBeAllclose([...found.points[0]!], { abs: 1e-4 });
  plane.dispose();
  found.dispose();
  release(path, second);
});

test('the plane of the Hessian’s eigenvectors', async () => {
  const params = { w: tensor([1, 2, 3, 4]) };
  const problem = {
    loss: ({ w }: Params) => mul(0.5, sum(mul(square(w!), [1, 9, 4, 2]))) as Scalar,
    params,
    batches: [tensor([1])],
    jit: { executor: 'eager' as const },
  };
  const plane = await expectTensors(2, () => hessianPlane(problem));
  expect(plane.eigenvalues).toBeAllclose([9, 4], { rel: 1e-3 });
  expect(Math.abs(plane.directions[0].w!.dataSync()[1]!)).toBeCloseTo(1, 3);
  expect(Math.abs(plane.directions[1].w!.dataSync()[2]!)).toBeCloseTo(1, 2);
  plane.dispose();
  release(params, problem.batches);
});

test('epochs spaced by a constant factor', () => {
  expect(logSpacedEpochs(100, 8)).toEqual([0, 1, 3, 6, 13, 26, 51, 100]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 2, max: 40 }), (last, count) => {
      const epochs = logSpacedEpochs(last, count);
      expect(epochs[0]).toBe(0);
      expect(epochs.at(-1)).toBe(last);
      expect(epochs.every((epoch, i) => i === 0 || epoch > epochs[i - 1]!)).toBe(true);
      expect(epochs.length).toBeLessThanOrEqual(count);
    }),
  );
  expect(() => logSpacedEpochs(0)).toThrow('last (=0) must be a whole number >= 1');
});
