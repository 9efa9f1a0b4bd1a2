import '@tensorflow/tfjs-backend-cpu';
import { expectTensors } from '@segscape/testing';
import {
  add,
  dispose,
  logSoftmax,
  mean,
  mul,
  neg,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import {
  bezier,
  type Curve,
  fisherProduct,
  gaussNewtonProduct,
  gradientCosines,
  gradientDirection,
  hessianMatrix,
  sharpness,
} from '../../src/index.js';

/** `(w₀ − 1)² + (w₁ − 2)² + 3·linear`, which does not look at `head`. */
const params = { w: tensor([2, 4]), head: tensor([7, 8, 9]), linear: tensor([0.5]) };
const batches = [{ y: tensor([1, 2]) }];
type Weights = Record<string, Tensor>;
const loss = (p: Weights, { y }: { y: Tensor }) =>
  add(sum(square(sub(p.w!, y))), sum(mul(p.linear!, 3))) as Scalar;
afterAll(() => dispose([params, batches] as unknown as Tensor[]));

describe.each(['eager', 'auto'] as const)('weights that a loss does not read, %s', (executor) => {
  const problem = { loss, params, batches, jit: { executor } };

  test('have a gradient and a curvature of 0', async () => {
    const matrix = await expectTensors(0, () => hessianMatrix(problem));
    expect(matrix.map((row) => [...row])).toEqual(
      [2, 2, 0, 0, 0, 0].map((diagonal, i) => Array.from({ length: 6 }, (_, j) => (i === j ? diagonal : 0))),
    );
    const { direction, gradientNorm } = await gradientDirection(problem);
    expect(gradientNorm).toBeCloseTo(Math.sqrt(4 + 16 + 9), 6);
    expect([...(await direction.head!.data())].map(Math.abs)).toEqual([0, 0, 0]);
    dispose(direction);
    expect((await sharpness(problem)).gradientNorm).toBeCloseTo(Math.sqrt(29), 6);
  });

  test('a loss that reads none is flat', async () => {
    const flat = { ...problem, loss: (_: Weights, { y }: { y: Tensor }) => mean(y) as Scalar };
    expect((await hessianMatrix(flat)).flatMap((row) => [...row]).every((value) => value === 0)).toBe(true);
  });

  test('do not bend a curve', async () => {
    const to = { w: tensor([0, 0]), head: tensor([1, 2, 3]), linear: tensor([1.5]) };
    const descent = {
      init: () => ({}),
      update: (p: Weights, g: Weights, state: Weights) => ({
        params: Object.fromEntries(Object.entries(p).map(([name, w]) => [name, sub(w, mul(g[name]!, 0.1))])),
        state,
      }),
    };
    let curve: Curve | undefined;
    const options = { from: params, to, loss, batches, optimizer: descent, steps: 4, jit: { executor } };
    for await (const event of bezier(options)) if (event.type === 'done') curve = event.result;
    expect([...(await curve!.bends[0]!.head!.data())]).toEqual([4, 5, 6]);
    expect([...(await curve!.bends[0]!.w!.data())]).not.toEqual([1, 2]);
    dispose([to, curve!.bends] as unknown as Tensor[]);
  });

  test('nor do they stop the Gauss–Newton matrix, the Fisher or the cosines of gradients', async () => {
    const scene = [{ x: tensor([1, 2], [2, 1]), labels: tensor([1, 0, 0, 1], [2, 2]) }];
    type Scene = (typeof scene)[number];
    const ce = (z: Tensor, { labels }: Scene) => neg(mean(sum(mul(labels, logSoftmax(z)), -1))) as Scalar;
    const weights = { w: tensor([[1, -1]]), head: tensor([1]) };
    const scored = {
      params: weights,
      batches: scene,
      logits: (p: Weights, { x }: Scene) => mul(x, p.w!),
      jit: { executor },
    };
    const vector = { w: tensor([[1, 0]]) };
    for (const product of [gaussNewtonProduct, fisherProduct]) {
      const along = await product({ ...scored, lossOfLogits: ce }, vector);
      expect((await along.w!.data())[0]).toBeGreaterThan(0);
      expect((await along.head!.data())[0]).toBe(0);
      dispose(along);
    }
    // A loss that does not look at the scores has no gradient, and no angle to another.
    const constant = (_: Tensor, { x }: Scene) => mean(x) as Scalar;
    const { cosines, lengths } = await gradientCosines({ ...scored, losses: { ce, constant } });
    expect(lengths.ce).toBeGreaterThan(0);
    expect(lengths.constant).toBe(0);
    expect(cosines[0]![1]).toBeNaN();
    dispose([scene, weights, vector] as unknown as Tensor[]);
  });
});
