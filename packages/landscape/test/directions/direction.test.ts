import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, norm, randomUniform, slice, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalizeDirection, randomDirection, trajectory, trajectoryPlane } from '../../src/index.js';

let params: Params;
beforeAll(() => {
  params = {
    'encoder.0.conv.0.kernel': randomUniform([3, 3, 2, 4], -1, 1, 'float32', 1),
    'encoder.0.conv.0.bias': tensor([1, 2, 3, 4]),
    'decoder.0.up.kernel': randomUniform([2, 2, 3, 5], -1, 1, 'float32', 2),
    step: tensor(3, [], 'int32'),
  };
});
afterAll(() => dispose(params));

const lengths = (x: Tensor, axis: number) =>
  Array.from({ length: x.shape[axis]! }, (_, i) => {
    const begin = x.shape.map((__, a) => (a === axis ? i : 0));
    const size = x.shape.map((n, a) => (a === axis ? 1 : n));
    return norm(slice(x, begin, size)).dataSync()[0]!;
  });

describe('randomDirection', () => {
  test('gives each filter the length of the weights, biases nothing, and one direction a seed', async () => {
    const direction = await expectTensors(3, () => randomDirection(params, { seed: 4 }));
    const kernel = 'encoder.0.conv.0.kernel';
    expect(lengths(direction[kernel]!, 3)).toBeAllclose(lengths(params[kernel]!, 3), { rel: 1e-4 });
    expect(direction['encoder.0.conv.0.bias']).toBeAllclose([0, 0, 0, 0]);
    expect(direction.step).toBeUndefined();
    const again = randomDirection(params, { seed: 4 });
    const other = randomDirection(params, { seed: 5 });
    expect(again[kernel]).toBeAllclose(direction[kernel]!, { abs: 0, rel: 0 });
    expect(other[kernel]).not.toBeAllclose(direction[kernel]!);
    dispose([direction, again, other] as unknown as Tensor[]);
  });

  test('a transposed kernel has its filters on the axis before the last', () => {
    const name = 'decoder.0.up.kernel';
    const direction = randomDirection(params);
    expect(lengths(direction[name]!, 2)).toBeAllclose(lengths(params[name]!, 2), { rel: 1e-4 });
    // Axes are counted from the front: −1 would scale whole tensors instead of filters.
    for (const axis of [-1, 4, 0.5])
      expect(() => randomDirection(params, { filterAxis: () => axis })).toThrow(
        `direction: filterAxis (=${axis}) must be an axis of [3,3,2,4], counted from 0.`,
      );
    const last = randomDirection(params, { filterAxis: () => 3 });
    expect(lengths(last[name]!, 3)).toBeAllclose(lengths(params[name]!, 3), { rel: 1e-4 });
    dispose([direction, last] as unknown as Tensor[]);
  });

  test('leaves out what is not trainable, and takes every norm', () => {
    const only = randomDirection(params, { isTrainable: (name) => name.endsWith('bias'), ignore: 'none' });
    expect(Object.keys(only)).toEqual(['encoder.0.conv.0.bias']);
    expect(only['encoder.0.conv.0.bias']).toBeAllclose([1, 2, 3, 4]);
    const layer = randomDirection(params, { norm: 'layer' });
    const name = 'decoder.0.up.kernel';
    expect(norm(layer[name]!)).toBeAllclose(norm(params[name]!), { rel: 1e-4 });
    const unit = randomDirection(params, { norm: 'dlayer' });
    expect(norm(unit[name]!)).toBeAllclose(1, { rel: 1e-4 });
    expect(() => randomDirection(params, { norm: 'filters' as 'filter' })).toThrow(
      "norm (='filters') must be one of filter, layer",
    );
    dispose([only, layer, unit] as unknown as Tensor[]);
  });

  test('model: one factor for all that moves, so that the whole has the length of the weights', async () => {
    const w = { k: tensor([[3, 0]]), b: tensor([4]) };
    const d = { k: tensor([[0, 2]]), b: tensor([0]) };
    // ‖w‖ = 5 and ‖d‖ = 2 with the bias, 3 and 2 without.
    const all = await expectTensors(2, () => normalizeDirection(d, w, { norm: 'model', ignore: 'none' }));
    expect(all.k).toBeAllclose([[0, 5]]);
    expect(all.b).toBeAllclose([0]);
    const kernels = normalizeDirection(d, w, { norm: 'model' });
    expect(kernels.k).toBeAllclose([[0, 3]]);
    expect(kernels.b).toBeAllclose([0]);
    const two = normalizeDirection(w, w, { norm: 'model', ignore: 'none' });
    expect(two.b).toBeAllclose([4]);
    dispose([w, d, all, kernels, two] as unknown as Tensor[]);
  });

  test('a direction of zeros stays zero; a strange one is named', () => {
    const zero = { w: tensor([[0, 0]]) };
    const w = { w: tensor([[3, 4]]) };
    for (const kind of ['filter', 'layer', 'model', 'weight', 'dfilter', 'dlayer', 'none'] as const)
      expect(normalizeDirection(zero, w, { norm: kind }).w).toBeAllclose([[0, 0]]);
    expect(() => normalizeDirection({ v: zero.w }, w)).toThrow(
      "'v' of the direction is [1,2], of the parameters missing",
    );
    dispose([zero, w] as unknown as Tensor[]);
  });
});

describe('trajectory', () => {
  const at = (x: number, y: number) => ({ w: tensor([[x, y]]), b: tensor([y]) });

  test('a straight path has one component, with the distances along it', async () => {
    const path = [at(0, 0), at(3, 0), at(4, 0)];
    const { directions, points, explainedVariance } = await expectTensors(4, () =>
      trajectory(path, { components: 2 }),
    );
    expect(explainedVariance[0]).toBeCloseTo(1, 6);
    expect(points.map(([x]) => Math.abs(x!))).toBeAllclose([4, 1, 0]);
    expect(Math.abs(directions[0]!.w!.dataSync()[0]!)).toBeCloseTo(1, 6);
    dispose([path, directions] as unknown as Tensor[]);
  });

  test('directions are at right angles, and zeros beyond what the path spans', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), {
          minLength: 3,
          maxLength: 9,
        }),
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 5, maxLength: 5 }), {
          minLength: 3,
          maxLength: 3,
        }),
        async (rank, steps, axes) => {
          // Whole numbers, so that single precision holds the path as it is.
          const flat = steps.map((step) =>
            axes[0]!.map((_, i) =>
              axes.slice(0, rank).reduce((sum, axis, k) => sum + step[k]! * axis[i]!, 0),
            ),
          );
          const path = flat.map((row) => ({ w: tensor([row]) }));
          const components = Math.min(2, path.length - 1);
          const { directions, points, singularValues } = await trajectory(path, { components });
          const units = directions.map(({ w }) => [...w!.dataSync()]);
          const product = (a: readonly number[], b: readonly number[]) =>
            a.reduce((sum, value, i) => sum + value * b[i]!, 0);
          for (const [k, unit] of units.entries()) {
            expect(product(unit, unit)).toBeCloseTo(singularValues[k] === 0 ? 0 : 1, 5);
            if (k > 0) expect(Math.abs(product(units[0]!, unit))).toBeLessThan(1e-4);
          }
          // A path of rank 1 has no second coordinate; one of up to 2 lies in its plane.
          const last = flat.at(-1)!;
          for (const [i, row] of flat.entries()) {
            const rest = row.map(
              (value, j) => value - last[j]! - points[i]!.reduce((sum, at, k) => sum + at * units[k]![j]!, 0),
            );
            const moved = Math.hypot(...row.map((value, j) => value - last[j]!));
            if (rank === 1 && components > 1) expect(points[i]![1]).toBe(0);
            if (rank <= components) expect(Math.hypot(...rest)).toBeLessThan(1e-4 * (1 + moved));
          }
          dispose([path, directions] as unknown as Tensor[]);
        },
      ),
      { numRuns: 200 },
    ));

  test('projects on given directions by least squares, oblique ones too', async () => {
    const path = [at(2, 5), at(0, 0)];
    const directions: [Params, Params] = [{ w: tensor([[1, 0]]) }, { w: tensor([[1, 1]]) }];
    const found = await trajectory(path, { directions, isTrainable: (name) => name === 'w' });
    expect(found.points[0]).toBeAllclose([-3, 5]);
    await expect(trajectory(path, { directions: [directions[0], directions[0]] })).rejects.toThrow(
      'parallel or zero',
    );
    dispose([path, directions, found.directions] as unknown as Tensor[]);
  });

  test('checkpoints on one line span no plane', async () => {
    for (const path of [
      [at(0, 0), at(3, 0), at(4, 0)],
      [at(2, 1), at(2, 1), at(2, 1)],
    ]) {
      await expectTensors(0, () =>
        expect(trajectoryPlane(path)).rejects.toThrow(
          'trajectoryPlane: the checkpoints lie on one line, which spans no plane, or are not finite.',
        ),
      );
      dispose(path as unknown as Tensor[]);
    }
  });

  test('needs two checkpoints of one shape', async () => {
    const path = [at(0, 0), { w: tensor([1]), b: tensor([1]) }];
    await expect(trajectory(path.slice(0, 1))).rejects.toThrow('expected at least 2 checkpoints, got 1');
    await expect(trajectory(path, { components: 1 })).rejects.toThrow(
      "'w' is [1] in the last checkpoint, [1,2] in number 0",
    );
    await expect(trajectory([path[0]!, path[0]!])).rejects.toThrow(
      'components (=2) must be a whole number from 1 to 1',
    );
    dispose(path as unknown as Tensor[]);
  });
});
