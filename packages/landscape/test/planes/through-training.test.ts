import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, mul, type Scalar, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { inline, type ThroughTrainingOptions, type TrainingMap, throughTraining } from '../../src/index.js';
import { memoryStorage } from '../grids/memory-storage.js';

// Gradient descent on ½(a² + 4b² + c²) from (2, 1, 0.1): the path lies in a plane but for a little.
const scales = [1, 4, 1];
const objective = ({ w }: Params, one: Tensor): Record<string, Scalar> => ({
  bowl: mul(0.5, mul(sum(mul(square(w!), scales)), sum(one))) as Scalar,
});
const value = (w: readonly number[]) => w.reduce((total, x, i) => total + 0.5 * scales[i]! * x * x, 0);
const path = Array.from({ length: 6 }, (_, k) => [
  2 * 0.8 ** k,
  0.2 ** k,
  0.1 * 0.8 ** k - 0.02 * k * (5 - k),
]);

async function* checkpoints() {
  for (const [k, w] of path.entries()) yield { name: `epoch-${k}`, epoch: k, params: { w: tensor(w) } };
}

async function film(more: Partial<ThroughTrainingOptions<Tensor>> = {}) {
  const batches = [tensor([1])];
  const runner = inline({ executor: 'eager' });
  const order: string[] = [];
  let result: TrainingMap | undefined;
  const options = {
    checkpoints: checkpoints(),
    objective,
    batches,
    runner,
    x: [-1, 1, 5],
    y: [-1, 1, 3],
  } as const;
  for await (const event of throughTraining({ ...options, ...more })) {
    if (event.type === 'done') result = event.result;
    else if (event.type === 'point') order.push(`point of ${event.checkpoint}`);
    else if (event.type === 'surface') order.push(event.name);
  }
  await runner.dispose();
  dispose(batches);
  return { result: result!, order };
}

test('a surface for each checkpoint over the same directions, then the path in its plane', async () => {
  const directions = [{ w: tensor([1, 0, 0]) }, { w: tensor([0, 1, 0]) }] as const;
  const { result, order } = await expectTensors(2, () => film({ directions }));
  const { surfaces, scale } = result;
  expect(surfaces.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
  surfaces.forEach(({ surface: { x, y, values, attributes } }, k) => {
    const expected = Array.from(y).flatMap((v) =>
      Array.from(x, (u) => value([path[k]![0]! + u, path[k]![1]! + v, path[k]![2]!])),
    );
    expect(values.bowl).toBeAllclose(expected);
    expect(attributes).toEqual({ checkpoint: `epoch-${k}`, epoch: k });
  });
  const all = surfaces.flatMap(({ surface }) => [...surface.values.bowl!]);
  expect(scale.bowl).toEqual({ minimum: Math.min(...all), maximum: Math.max(...all) });
  expect(order.indexOf('epoch-1')).toBeGreaterThan(order.lastIndexOf('point of epoch-0'));

  const found = result.path!;
  expect(found.points.at(-1)).toEqual([0, 0]);
  expect(found.losses.bowl!.actual).toBeAllclose(path.map(value));
  // The shadow of a checkpoint is its place in the plane through the last.
  const last = path.at(-1)!;
  const units = found.directions.map((d) => [...d.w!.dataSync()]);
  const shadows = found.points.map(([a, b]) =>
    value(last.map((w, i) => w + a * units[0]![i]! + b * units[1]![i]!)),
  );
  expect(found.losses.bowl!.projected).toBeAllclose(shadows, { rel: 1e-4 });
  expect(Math.max(...found.residuals)).toBeGreaterThan(0.01);
  expect(found.surface.x[0]).toBeLessThan(Math.min(...found.points.map(([a]) => a)));
  expect(found.surface.y.at(-1)).toBeGreaterThan(Math.max(...found.points.map(([, b]) => b)));
  expect([found.surface.x.length, found.surface.y.length]).toEqual([5, 3]);
  dispose([found.directions, directions] as unknown as Tensor[]);
});

test('drawn directions are the same at every checkpoint, and nothing is left behind', async () => {
  const { result } = await expectTensors(2, () => film({ directions: { seed: 4, norm: 'none' } }));
  // A parabola's second difference along a direction is the same wherever it is taken.
  const bends = result.surfaces.map(
    ({
      surface: {
        values: { bowl },
      },
    }) => bowl![0]! - 2 * bowl![2]! + bowl![4]!,
  );
  for (const bend of bends) expect(bend).toBeCloseTo(bends[0]!, 4);
  dispose(result.path!.directions as unknown as Tensor[]);
});

test('goes on where it stopped; a break disposes what is held', async () => {
  const store = memoryStorage();
  const directions = [{ w: tensor([1, 0, 0]) }, { w: tensor([0, 1, 0]) }] as const;
  const batches = [tensor([1])];
  await expectTensors(0, async () => {
    const options = { checkpoints: checkpoints(), objective, batches, directions, store } as const;
    let points = 0;
    for await (const event of throughTraining({ ...options, x: [-1, 1, 5], y: [-1, 1, 3] }))
      if (event.type === 'point' && ++points === 20) break;
  });
  const { result } = await film({ directions, store });
  const whole = await film({ directions });
  expect(result.surfaces).toEqual(whole.result.surfaces);
  expect([...store.files.keys()]).toContain('training/epoch-0.points.jsonl');
  dispose([
    result.path!.directions,
    whole.result.path!.directions,
    directions,
    batches,
  ] as unknown as Tensor[]);
});

test('two checkpoints have no plane of their own', async () => {
  async function* two() {
    for await (const checkpoint of checkpoints())
      if (checkpoint.epoch < 2) yield checkpoint;
      else dispose(checkpoint.params);
  }
  const { result } = await expectTensors(0, () => film({ checkpoints: two(), directions: { norm: 'none' } }));
  expect(result.path).toBeUndefined();
  expect(result.surfaces).toHaveLength(2);
});
