import type { Params } from '@segscape/core';
import { randomRuns, testBackend } from '@segscape/testing';
import { dispose, mul, type Scalar, square, sub, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type GridRunner,
  inline,
  type PictureEvent,
  type PointEvent,
  randomDirection,
  type Surface,
  type SurfaceOptions,
  surface,
} from '../../src/index.js';
import { memoryStorage } from './memory-storage.js';
import { circlePoints, netObjective, type Points, smallNet } from './small-net.js';

async function collect<B extends object>(
  options: SurfaceOptions<B>,
  adaptive: SurfaceOptions<B>['adaptive'] = {},
) {
  const points: PointEvent[] = [];
  const pictures: PictureEvent[] = [];
  for await (const event of surface({ ...options, adaptive }))
    if (event.type === 'done') return { points, pictures, result: event.result };
    else if (event.type === 'picture') pictures.push(event);
    else if (event.type === 'point') points.push(event);
  throw new Error('no done event');
}

async function full<B extends object>(options: SurfaceOptions<B>): Promise<Surface> {
  for await (const event of surface(options)) if (event.type === 'done') return event.result;
  throw new Error('no done event');
}

/** Largest difference, as a share of the range. */
function error(a: Float32Array, b: Float32Array): number {
  const range = Math.max(...b) - Math.min(...b);
  return Math.max(...a.map((v, i) => Math.abs(v - b[i]!))) / range;
}

/** A runner in plain arithmetic, so that a thousand points cost nothing. */
const plain = (f: (x: number, y: number) => Record<string, number>): GridRunner => ({
  name: 'plain',
  async *evaluate({ points }) {
    for (const { index, offsets } of points) yield { index, values: f(offsets[0]!, offsets[1]!) };
  },
  dispose: async () => {},
});

const still = { params: {}, directions: [{}, {}] as [Params, Params], objective: () => ({}) };
const bare = (f: (x: number, y: number) => Record<string, number>, more = {}) => ({
  ...still,
  batches: [{}],
  x: [-1, 1, 51] as const,
  y: [-1, 1, 51] as const,
  runner: plain(f),
  ...more,
});

describe('adaptive surfaces', () => {
  test('a bowl of any orientation: ≤ 40 % of the points, ≤ 1 % error, nx ≠ ny', () =>
    fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        async (a, b, angle) => {
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const bowl = (x: number, y: number) => ({
            bowl: a * (c * x + s * y) ** 2 + b * (c * y - s * x) ** 2,
          });
          const options = bare(bowl, { y: [-1, 1, 41] });
          const { result, points } = await collect(options);
          expect(points.length).toBeLessThanOrEqual(0.4 * 51 * 41);
          expect(result.attributes.adaptivePoints).toBe(points.length);
          const truth = await full(options);
          const off = error(result.values.bowl!, truth.values.bowl!);
          // Parabolas are exact for it.
          expect(off).toBeLessThanOrEqual(1e-5);
          expect(off).toBeLessThanOrEqual((result.attributes.adaptiveError as number) + 1e-5);
        },
      ),
      { numRuns: randomRuns(30) },
    ));

  test('a small network, two losses: ≤ 40 % of 51×51, ≤ 1 % error', async ({ skip }) => {
    skip(testBackend() !== 'cpu', 'thousands of points take a minute on other backends');
    const params = smallNet();
    const directions = [randomDirection(params, { seed: 1 }), randomDirection(params, { seed: 2 })] as const;
    const batch = circlePoints();
    const runner = inline();
    const options: SurfaceOptions<Points> = {
      objective: netObjective,
      params,
      directions,
      batches: [batch],
      x: [-1, 1, 51],
      y: [-1, 1, 51],
      runner,
    };
    const { result, points, pictures } = await collect(options);
    expect(points.length).toBeLessThanOrEqual(0.4 * 51 * 51);
    const truth = await full(options);
    for (const loss of ['ce', 'dice'])
      expect(error(result.values[loss]!, truth.values[loss]!), loss).toBeLessThanOrEqual(0.01);
    // The first picture is early, and each is closer than the one before.
    expect(pictures[0]!.result.attributes.adaptivePoints).toBe(36);
    const errors = [...pictures.map((p) => p.result), result].map((s) =>
      error(s.values.ce!, truth.values.ce!),
    );
    expect(errors.at(-1)).toBeLessThan(errors[0]!);
    await runner.dispose();
    dispose([params, ...directions, batch] as unknown as Tensor[]);
  });

  test('a contour is followed, and a kink is', async () => {
    const bowl = (x: number, y: number) => ({ bowl: x * x + y * y });
    const wide = await collect(bare(bowl), { tolerance: 0.05 });
    const lined = await collect(bare(bowl), { tolerance: 0.05, contours: [0.5] });
    const near = ({ offsets: [x, y] }: PointEvent) => Math.abs(x! ** 2 + y! ** 2 - 0.5) < 0.1;
    expect(lined.points.filter(near).length).toBeGreaterThan(1.5 * wide.points.filter(near).length);

    const kinked = (x: number, y: number) => ({ kink: Math.abs(x + 0.3 * y - 0.13) });
    const { result, points } = await collect(bare(kinked));
    expect(points.length).toBeLessThan(0.6 * 51 * 51);
    // A kink can pass beside the points that are tried: the error is an estimate there.
    const truth = await full(bare(kinked));
    expect(error(result.values.kink!, truth.values.kink!)).toBeLessThanOrEqual(0.02);
  });

  test('where a loss is not finite nothing is interpolated', async () => {
    const cut = (x: number, y: number) => ({ cut: x + y > 0.5 ? Number.NaN : x * x });
    const { result, points } = await collect(bare(cut));
    const truth = await full(bare(cut));
    expect(result.values.cut!.map((v) => Number(Number.isNaN(v)))).toEqual(
      truth.values.cut!.map((v) => Number(Number.isNaN(v))),
    );
    expect(points.length).toBeLessThan(0.6 * 51 * 51);
  });

  test('goes on from the points of a store, a full grid’s too, to the same picture', async () => {
    const f = (x: number, y: number) => ({ wave: Math.sin(2 * x) + y * y });
    const whole = await collect(bare(f));
    const moments = Array.from(
      { length: 20 },
      (_, k) => 1 + Math.floor((k * (whole.points.length - 1)) / 20),
    );
    for (const stopAt of moments) {
      const store = memoryStorage();
      let seen = 0;
      for await (const event of surface({ ...bare(f, { store }), adaptive: {} }))
        if (event.type === 'point' && ++seen === stopAt) break;
      const { result, points } = await collect(bare(f, { store }));
      expect(result).toEqual(whole.result);
      expect(points.filter(({ resumed }) => resumed)).toHaveLength(stopAt);
      expect(points).toHaveLength(whole.points.length);
    }
    const store = memoryStorage();
    await full(bare(f, { store }));
    const { points } = await collect(bare(f, { store }));
    expect(points.every(({ resumed }) => resumed)).toBe(true);
  });

  test('goes on to the same picture where a later round found a peak that widens the range', () =>
    fc.assert(
      fc.asyncProperty(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: 2, max: 40, noNaN: true }),
        fc.double({ min: 0.02, max: 0.15, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (px, py, peak, wide, moment) => {
          const f = (x: number, y: number) => ({
            hill:
              Math.sin(3 * x) * Math.cos(2 * y) +
              peak * Math.exp(-((x - px) ** 2 + (y - py) ** 2) / wide ** 2),
          });
          const whole = await collect(bare(f));
          const store = memoryStorage();
          const stopAt = 1 + Math.floor(moment * whole.points.length);
          let seen = 0;
          for await (const event of surface({ ...bare(f, { store }), adaptive: {} }))
            if (event.type === 'point' && ++seen === stopAt) break;
          const { result } = await collect(bare(f, { store }));
          expect(result).toEqual(whole.result);
        },
      ),
      { numRuns: randomRuns(40) },
    ));

  test('what adaptive grids cannot be drawn by is named', async () => {
    const f = (x: number, y: number) => ({ sum: x + y });
    const twice = collect(bare(f, { x: Float64Array.of(-1, 0, 0, 1) }));
    await expect(twice).rejects.toThrow('surface: x (=[-1,0,0,1]) must have no place twice');
    const misspelt = collect(bare(f), { tolerence: 0.1 } as object);
    await expect(misspelt).rejects.toThrow(
      "surface: adaptive: 'tolerence' is not an option; did you mean 'tolerance'?",
    );
    await expect(collect(bare(f), { contours: [Number.NaN] })).rejects.toThrow(
      'surface: adaptive.contours (=[NaN]) must be finite levels of the losses.',
    );
    await expect(collect(bare(f), true as never)).rejects.toThrow(
      'surface: adaptive (=true) must be an object',
    );
  });

  test('tiny grids are evaluated whole; bad options are named', async () => {
    const f = (x: number, y: number) => ({ sum: x + y });
    for (const [nx, ny] of [
      [1, 1],
      [1, 5],
      [2, 2],
      [3, 1],
    ] as const) {
      const options = bare(f, { x: [-1, 1, nx], y: [-1, 1, ny] });
      expect((await collect(options)).result.values).toEqual((await full(options)).values);
    }
    await expect(collect(bare(f), { tolerance: 0 })).rejects.toThrow(
      'adaptive.tolerance (=0) must be in (0, 1)',
    );
    await expect(collect(bare(f), { initial: 1 })).rejects.toThrow(
      'adaptive.initial (=1) must be a whole number >= 2',
    );
  });

  test('is the same by tensors as by numbers', async () => {
    const params = { w: tensor([0, 0]) };
    const directions = [{ w: tensor([1, 0]) }, { w: tensor([0, 1]) }] as const;
    const batches = [tensor([[0.25, -0.5]])];
    const objective = (p: Params, target: Tensor) => ({
      bowl: sum(mul(square(sub(p.w!, target)), [1, 3])) as Scalar,
    });
    const runner = inline({ executor: 'eager' });
    const options = { objective, params, directions, batches, x: [-1, 1, 9], y: [-1, 1, 7], runner } as const;
    const { result } = await collect(options);
    const { result: numbers } = await collect({
      ...bare((x, y) => ({ bowl: (x - 0.25) ** 2 + 3 * (y + 0.5) ** 2 })),
      x: [-1, 1, 9],
      y: [-1, 1, 7],
    });
    expect(result.values.bowl).toBeAllclose(numbers.values.bowl!);
    await runner.dispose();
    dispose([params, ...directions, batches] as unknown as Tensor[]);
  });
});
