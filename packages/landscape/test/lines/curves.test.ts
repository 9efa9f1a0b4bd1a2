import type { Optimizer, Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  add,
  dispose,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alongCurve,
  barrierHeight,
  barriers,
  bezier,
  type Curve,
  type CurveOptions,
  curveCoefficients,
  curvePoint,
  gradientDirection,
  interpolate,
  type Line,
  type PairBarrier,
  polygonalChain,
  weightChange,
} from '../../src/index.js';

const release = (...all: unknown[]) => dispose(all as Tensor[]);
const descent = (rate: number): Optimizer => ({
  init: () => ({ steps: tensor(0) }),
  update: (params, grads, { steps }) => ({
    params: Object.fromEntries(
      Object.entries(params).map(([name, w]) => [name, sub(w, mul(grads[name]!, rate))]),
    ),
    state: { steps: add(steps!, 1) },
  }),
});

// A ring of minima: straight from one side to the other lies a hill of height 1.
const ring = ({ w }: Params, one: Tensor) => mul(square(sub(sum(square(w!)), 1)), sum(one)) as Scalar;
const ends = () => ({
  from: { w: tensor([1, 0]), fixed: tensor([2]), count: tensor(1, [], 'int32') },
  to: { w: tensor([-0.96, 0.28]), fixed: tensor([4]), count: tensor(2, [], 'int32') },
});
const eager = { executor: 'eager' as const };

async function trained(
  make: typeof bezier,
  options: CurveOptions<Tensor>,
): Promise<{ curve: Curve; losses: number[] }> {
  const losses: number[] = [];
  for await (const event of make(options))
    if (event.type === 'done') return { curve: event.result, losses };
    else losses.push(event.loss);
  throw new Error('no done event');
}

async function result(events: AsyncGenerator<{ type: string; result?: Line }>): Promise<Line> {
  for await (const event of events) if (event.type === 'done') return event.result!;
  throw new Error('no done event');
}

describe('curves', () => {
  test.each(['bezier', 'polygonalChain'] as const)(
    '%s: coefficients sum to 1 and end at the ends',
    (kind) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 5 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (bends, t) => {
            const sumOf = (values: number[]) => values.reduce((a, b) => a + b, 0);
            expect(sumOf(curveCoefficients(kind, bends, t))).toBeCloseTo(1, 10);
            expect(curveCoefficients(kind, bends, 0)[0]).toBe(1);
            expect(curveCoefficients(kind, bends, 1).at(-1)).toBe(1);
          },
        ),
      );
      // Garipov et al., formulas 4 and 5: 2t(1 − t) and, up to t = ½, 2t of the bend.
      expect(curveCoefficients(kind, 1, 0.25)[1]).toBeCloseTo(kind === 'bezier' ? 0.375 : 0.5, 10);
    },
  );

  test.each([
    ['bezier', bezier, 1],
    ['polygonalChain', polygonalChain, 3],
  ] as const)('%s goes around the hill', async (kind, make, bends) => {
    const { from, to } = ends();
    const batches = [tensor([1])];
    const isTrainable = (name: string) => name === 'w';
    const options = {
      from,
      to,
      loss: ring,
      batches,
      optimizer: descent(0.05),
      bends,
      steps: 400,
      isTrainable,
      jit: eager,
    };
    const { curve, losses } = await expectTensors(bends, () => trained(make, options));
    expect(losses).toHaveLength(400);
    const objective = (params: Params, one: Tensor) => ({
      ring: ring(params, one),
      fixed: mul(sum(params.fixed!), sum(one)) as Scalar,
    });
    const straight = await result(interpolate({ objective, from, to, batches, x: [0, 1, 21] }));
    const bent = await expectTensors(0, () =>
      result(alongCurve({ objective, curve, batches, t: [0, 1, 21] })),
    );
    expect(barrierHeight(straight, 'ring').height).toBeGreaterThan(0.9);
    expect(barrierHeight(bent, 'ring').height).toBeLessThan(0.35);
    // What does not bend lies on the straight line.
    expect(bent.values.fixed).toBeAllclose(Array.from(bent.x, (t) => 2 + 2 * t));
    expect(bent.attributes).toEqual({ curve: kind });

    const there = await expectTensors(3, async () => curvePoint(curve, 0.35));
    const loss = tidy(() => ring(there, batches[0]!).dataSync()[0]!);
    const near = await result(alongCurve({ objective, curve, batches, t: Float64Array.of(0.35) }));
    expect(near.values.ring![0]).toBeCloseTo(loss, 4);
    release(from, to, batches, curve.bends, there);
  });

  test('the bend’s gradient is that of the loss times its coefficient', async () => {
    // One step of descent on Σw: the bend moves by −rate · coefficient.
    const from = { w: tensor([0, 0]) };
    const to = { w: tensor([2, 2]) };
    const batches = [tensor([1])];
    const loss = ({ w }: Params, one: Tensor) => mul(sum(w!), sum(one)) as Scalar;
    const options = { from, to, loss, batches, optimizer: descent(1), steps: 1, seed: 3, jit: eager };
    const { curve, losses } = await trained(bezier, options);
    // Σw on the straight line is 4t.
    const t = losses[0]! / 4;
    expect(curve.bends[0]!.w).toBeAllclose([1 - 2 * t * (1 - t), 1 - 2 * t * (1 - t)], { abs: 1e-5 });
    release(from, to, batches, curve.bends);
  });

  test('a break leaves nothing behind; bad options are named', async () => {
    const { from, to } = ends();
    const batches = [tensor([1])];
    const options = {
      from,
      to,
      loss: ring,
      batches,
      optimizer: descent(0.1),
      jit: eager,
      isTrainable: (n: string) => n === 'w',
    };
    await expectTensors(0, async () => {
      for await (const event of bezier(options))
        if (event.type === 'progress' && event.completed === 3) break;
    });
    await expect(trained(bezier, { ...options, bends: 0 })).rejects.toThrow(
      'bends (=0) must be a whole number >= 1',
    );
    await expect(trained(bezier, { ...options, to: {} })).rejects.toThrow(
      "bezier: 'w' is [2] in from, missing in to",
    );
    release(from, to, batches);
  });
});

describe('barriers', () => {
  const lineOf = (values: number[]): Line => ({
    x: Float64Array.from(values, (_, i) => i / (values.length - 1)),
    values: { loss: Float32Array.from(values) },
    attributes: {},
  });

  test('are heights above the chord, or above the higher end', () => {
    expect(barrierHeight(lineOf([0, 3, 2]), 'loss')).toEqual({ height: 2, at: 0.5 });
    expect(barrierHeight(lineOf([0, 3, 2]), 'loss', { above: 'ends' })).toEqual({ height: 1, at: 0.5 });
    expect(barrierHeight(lineOf([0, -1, 2]), 'loss').height).toBe(0);
    expect(() => barrierHeight(lineOf([0, 1]), 'dice')).toThrow("loss (='dice') must be one of loss");
    expect(() => barrierHeight(lineOf([0, Number.NaN, 1]), 'loss')).toThrow("'loss' is not finite at 0.5");
    const beyond = { ...lineOf([0, 1, 2]), x: Float64Array.of(0.1, 0.5, 1) };
    expect(() => barrierHeight(beyond, 'loss')).toThrow('the line has no place at 0');
  });

  test('of all pairs of minima, each loss its own', async () => {
    const minima = { a: { w: tensor([1, 0]) }, b: { w: tensor([-1, 0]) }, c: { w: tensor([1, 0.001]) } };
    const batches = [tensor([1])];
    const objective = (p: Params, one: Tensor) => ({
      ring: ring(p, one),
      bowl: mul(sum(square(p.w!)), sum(one)) as Scalar,
    });
    const found: PairBarrier[] = [];
    for await (const event of barriers({ minima, objective, batches, x: [0, 1, 5] }))
      if (event.type === 'pair') found.push(event);
    expect(found.map(({ from, to }) => from + to)).toEqual(['ab', 'ac', 'bc']);
    expect(found[0]!.barriers.ring).toEqual({ height: 1, at: 0.5 });
    expect(found[0]!.barriers.bowl!.height).toBe(0);
    expect(found[1]!.barriers.ring!.height).toBeLessThan(1e-5);
    release(minima, batches);
  });
});

test('how far each layer moved', async () => {
  const from = {
    'a.kernel': tensor([3, 0]),
    'a.bias': tensor([4]),
    'b/w': tensor([0]),
    n: tensor([1], [1], 'int32'),
  };
  const to = { 'a.kernel': tensor([3, 1]), 'a.bias': tensor([4]), 'b/w': tensor([2]) };
  const [a, b] = await weightChange(from, to);
  expect(a).toMatchObject({ layer: 'a', size: 3, length: 5, change: 1, relative: 0.2 });
  expect(a!.cosine).toBeCloseTo(25 / (5 * Math.sqrt(26)), 6);
  expect(b).toMatchObject({ layer: 'b', relative: Number.POSITIVE_INFINITY, cosine: Number.NaN });
  await expect(weightChange(from, {})).rejects.toThrow("'a.kernel' is [2] in from, missing in to");
  release(from, to);
});

test('the direction straight down is the unit gradient’s opposite', async () => {
  const params = { w: tensor([3, 4]) };
  const problem = {
    loss: ({ w }: Params) => sum(square(w!)) as Scalar,
    params,
    batches: [tensor([1])],
    jit: eager,
  };
  const { direction, gradientNorm, loss } = await expectTensors(1, () => gradientDirection(problem));
  expect(direction.w).toBeAllclose([-0.6, -0.8]);
  expect(gradientNorm).toBeCloseTo(10, 4);
  expect(loss).toBeCloseTo(25, 4);
  const still = { w: tensor([0, 0]) };
  await expect(gradientDirection({ ...problem, params: still })).rejects.toMatchObject({
    code: 'NOT_FINITE',
  });
  release(params, problem.batches, direction, still);
});
