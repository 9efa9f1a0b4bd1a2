import type { Params, Storage } from '@segscape/core';
import { isNative } from '@segscape/jit';
import { expectTensors, testBackend } from '@segscape/testing';
import {
  add,
  dispose,
  log,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type GridEvent,
  inline,
  interpolate,
  line,
  type PointEvent,
  type Surface,
  surface,
} from '../../src/index.js';

/** Σ (w − target)² and its double, for a batch of one target. */
const objective = (params: Params, batch: Tensor): Record<string, Scalar> => {
  const distance = sum(square(sub(params.w!, batch))) as Scalar;
  return { near: distance, twice: mul(distance, 2) as Scalar };
};

let params: Params;
let dx: Params;
let dy: Params;
let batches: Tensor[];
beforeAll(() => {
  params = { w: tensor([0, 0]), fixed: tensor([5]) };
  dx = { w: tensor([1, 0]) };
  dy = { w: tensor([0, 1]) };
  batches = [tensor([[1, 0]]), tensor([[0, 2]])];
});
afterAll(() => dispose([params, dx, dy, batches] as unknown as Tensor[]));

const grid = (more: object = {}) =>
  surface({ objective, params, directions: [dx, dy], x: [-1, 1, 3], y: [0, 2, 2], batches, ...more });

async function collect<R>(
  events: AsyncGenerator<GridEvent<R>>,
): Promise<{ points: PointEvent[]; result: R }> {
  const points: PointEvent[] = [];
  for await (const event of events) {
    if (event.type === 'done') return { points, result: event.result };
    if (event.type === 'point') points.push(event);
  }
  throw new Error('no done event');
}

/** Goes on to the next point. */
async function nextPoint(events: AsyncGenerator<GridEvent<Surface>>): Promise<void> {
  for (;;) {
    const { value, done } = await events.next();
    if (done || value.type === 'point') return;
  }
}

/** A storage in memory that counts what is appended. */
function memory(): Storage & { files: Map<string, string> } {
  const files = new Map<string, string>();
  const text = (content: Uint8Array | string) =>
    typeof content === 'string' ? content : new TextDecoder().decode(content);
  return {
    files,
    async read(path) {
      const found = files.get(path);
      if (found !== undefined) return new TextEncoder().encode(found);
      const { SegscapeError } = await import('@segscape/core');
      throw new SegscapeError('NOT_FOUND', path);
    },
    write: async (path, content) => void files.set(path, text(content)),
    append: async (path, content) => void files.set(path, (files.get(path) ?? '') + text(content)),
    list: async () => [...files.keys()],
    remove: async (path) => void files.delete(path),
  };
}

// Mean over the targets (1, 0) and (0, 2) of (x − tx)² + (y − ty)².
const expected = (x: number, y: number) => ((x - 1) ** 2 + y ** 2 + x ** 2 + (y - 2) ** 2) / 2;

describe.each(['eager', 'onnxruntime'] as const)('surface, %s', (executor) => {
  beforeEach(async ({ skip }) => {
    skip(executor === 'onnxruntime' && !(await isNative()), 'ONNX Runtime is not here');
  });

  test('is the mean over the batches at every point, x fastest, many losses at once', async () => {
    const { points, result } = await expectTensors(0, () =>
      collect(grid({ executor: inline({ executor }) })),
    );
    expect(result.x).toEqual(Float64Array.of(-1, 0, 1));
    expect(result.y).toEqual(Float64Array.of(0, 2));
    const wanted = [0, 2].flatMap((y) => [-1, 0, 1].map((x) => expected(x, y)));
    expect(result.values.near).toBeAllclose(wanted);
    expect(result.values.twice).toBeAllclose(wanted.map((value) => 2 * value));
    expect(points.map(({ completed }) => completed)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(points[1]).toMatchObject({ index: 1, offsets: [0, 0], total: 6, resumed: false });
  });

  test('a value that is not finite is NaN, and the others stand', async ({ skip }) => {
    skip(testBackend() === 'webgl', 'the logarithm of 0 may be finite on a GPU');
    const risky = (weights: Params) => ({ loss: log(sum(weights.w!)) as Scalar });
    const { result } = await collect(
      line({
        objective: risky,
        params,
        direction: dx,
        x: [-1, 1, 3],
        batches,
        executor: inline({ executor }),
      }),
    );
    expect([...result.values.loss!]).toEqual([Number.NaN, Number.NaN, 0]);
  });
});

describe('a grid', () => {
  test('weighs batches by their samples, or as told', async () => {
    const mean = async (weights?: number[]) =>
      (
        await collect(
          line({ objective, params, direction: dx, x: [0, 1, 1], batches, ...(weights && { weights }) }),
        )
      ).result;
    expect((await mean([3, 1])).values.near![0]).toBeCloseTo((3 * 0.25 + 1 * 4.25) / 4);
    const unequal = [
      tensor([[1, 0]]),
      tensor([
        [0, 2],
        [0, 2],
        [0, 2],
      ]),
    ];
    const shapes = {
      objective: (p: Params, b: Tensor) => ({ n: sum(add(mul(p.w!, 0), mul(b, 0.5))) as Scalar }),
    };
    const { result } = await collect(
      line({ ...shapes, params, direction: dx, x: [0, 1, 1], batches: unequal }),
    );
    expect(result.values.n![0]).toBeCloseTo((0.5 * 1 + 3 * 3) / 4);
    dispose(unequal);
  });

  test('resumes from its store to the same bits, without computing a point twice', async () => {
    const whole = (await collect(grid())).result;
    const store = memory();
    const events = grid({ store, key: 'landscapes/a' });
    for (let k = 0; k < 4; k++) await nextPoint(events);
    await events.return(undefined);
    const lines = store.files.get('landscapes/a.points.jsonl')!;
    expect(lines.split('\n').length - 2).toBe(4);
    store.files.set('landscapes/a.points.jsonl', lines.slice(0, -5)); // killed while it wrote
    const resumed = await collect(grid({ store, key: 'landscapes/a' }));
    expect(resumed.points.map((event) => event.resumed)).toEqual([true, true, true, false, false, false]);
    expect(resumed.result).toEqual(whole);
  });

  test('no flipped bit of the stored points reaches the surface', async () => {
    const whole = (await collect(grid())).result;
    const store = memory();
    const events = grid({ store, key: 'a' });
    for (let k = 0; k < 4; k++) await nextPoint(events);
    await events.return(undefined);
    const sound = store.files.get('a.points.jsonl')!;
    let named = 0;
    for (let bit = 0; bit < 7 * sound.length; bit += 13) {
      const at = Math.floor(bit / 7);
      const flipped = String.fromCharCode(sound.charCodeAt(at) ^ (1 << (bit % 7)));
      store.files.set('a.points.jsonl', sound.slice(0, at) + flipped + sound.slice(at + 1));
      try {
        expect((await collect(grid({ store, key: 'a' }))).result).toEqual(whole);
      } catch (error) {
        expect((error as Error).message).toMatch(
          /^landscape: 'a\.points\.jsonl' is damaged at line \d \(.*\)\. Remove it to compute the points again\.$/,
        );
        named++;
      }
    }
    expect(named).toBeGreaterThan(20);
  });

  test('a loss may be called __proto__, and infinities stay what they are', async () => {
    const objective = (p: Params) => Object.fromEntries([['__proto__', sum(p.w!) as Scalar]]);
    const store = memory();
    const options = { objective, store, key: 'odd' };
    const whole = (await collect(grid(options))).result;
    expect(Object.keys(whole.values)).toEqual(['__proto__']);
    expect((await collect(grid(options))).result).toEqual(whole);
    expect(({} as Record<string, unknown>)[0]).toBeUndefined();
  });

  test('points of another grid are not used', async () => {
    const store = memory();
    await collect(grid({ store }));
    const moved = { w: tensor([1, 1]), fixed: params.fixed! };
    const other = await collect(grid({ store, params: moved }));
    expect(other.points.some((event) => event.resumed)).toBe(false);
    dispose(moved.w);
    const again = await collect(grid({ store, y: [0, 3, 2] }));
    expect(again.points.some((event) => event.resumed)).toBe(false);
  });

  test('interpolate goes from one set of weights to the other', async () => {
    const to = { w: tensor([1, 2]), fixed: tensor([5]) };
    const run = () => collect(interpolate({ objective, from: params, to, x: [0, 1, 3], batches }));
    const { result } = await expectTensors(0, run);
    expect(result.values.near).toBeAllclose([0, 0.5, 1].map((t) => expected(t, 2 * t)));
    dispose(to);
  });

  test('bad input is named', async () => {
    const fails = async (more: object) => {
      try {
        await collect(grid(more));
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    expect(await fails({ x: [1, -1, 3] })).toBe(
      'surface: x: expected [min, max, count] with min < max and a whole count >= 1, got [1,-1,3].',
    );
    expect(await fails({ batches: [] })).toContain('expected at least one batch');
    expect(await fails({ weights: [1] })).toContain('one weight >= 0 for each');
    expect(await fails({ directions: [{ w: params.fixed }, dy] })).toBe(
      "surface: 'w' of a direction is [1], of the parameters [2].",
    );
    expect(await fails({ adaptiv: {} })).toBe(
      "surface: 'adaptiv' is not an option; did you mean 'adaptive'?",
    );
    expect(await fails({ jit: { executer: 'eager' } })).toBe(
      "surface: 'jit.executer' is not an option; did you mean 'executor'?",
    );
    expect(await fails({ jit: { executor: 'fast' } })).toContain('jit.executor');
    expect(await fails({ jit: {}, runner: inline() })).toContain('jit (={}) must not stand beside a runner');
    expect(await fails({ runner: inline({ thread: 1 } as object) })).toBe(
      "inline: 'jit.thread' is not an option; did you mean 'threads'?",
    );
    expect(await fails({ objective: { kind: 'zoo', config: 1 } })).toContain("named objective 'zoo'");
  });

  test('takes places as they are', async () => {
    const { result } = await collect(
      grid({ x: Float64Array.of(0, 0.1, 5) }) as AsyncGenerator<GridEvent<Surface>>,
    );
    expect(result.x).toEqual(Float64Array.of(0, 0.1, 5));
  });
});
