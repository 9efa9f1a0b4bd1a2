import type { Optimizer, Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  add,
  dispose,
  memory,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  Curve,
  CurveEvent,
  CurveOptions,
  CurveState,
  EigenvalueEvent,
  EigenvalueMap,
} from '../src/index.js';
import * as landscape from '../src/index.js';
import { memoryStorage } from './grids/memory-storage.js';

/** What every stream of long work tells. */
type Told =
  | { readonly type: 'done'; readonly stopped: boolean; readonly result: unknown }
  | {
      readonly type: 'progress';
      readonly stage: string;
      readonly completed: number;
      readonly total: number;
      readonly label: string;
    }
  | { readonly type: 'point' | 'picture' | 'surface' | 'pair' };

let params: Params;
let directions: readonly [Params, Params];
let batches: Tensor[];
beforeAll(() => {
  params = { w: tensor([0.3, -0.2, 0.1]) };
  directions = [{ w: tensor([1, 0, 0]) }, { w: tensor([0, 1, 0]) }];
  batches = [tensor([1, 0, 0]), tensor([0, 2, 1])];
});
afterAll(() => dispose([params, directions, batches] as unknown as Tensor[]));

const quartic = ({ w }: Params, batch: Tensor) =>
  sum(add(square(sub(w!, batch)), mul(square(square(w!)), 0.5))) as Scalar;
const objective = (p: Params, batch: Tensor) => ({ quartic: quartic(p, batch) });
const jit = { executor: 'eager' } as const;

const grid = (signal: AbortSignal | undefined, store: ReturnType<typeof memoryStorage>) => ({
  objective,
  batches,
  jit,
  store,
  ...(signal && { signal }),
});

type Storage = ReturnType<typeof memoryStorage>;
const kept: Record<string, (signal: AbortSignal | undefined, store: Storage) => AsyncIterable<Told>> = {
  surface: (signal, store) =>
    landscape.surface({ ...grid(signal, store), params, directions, x: [-1, 1, 4], y: [-1, 1, 3] }),
  'surface, adaptive': (signal, store) =>
    landscape.surface({
      ...grid(signal, store),
      params,
      directions,
      x: [-1, 1, 9],
      y: [-1, 1, 9],
      adaptive: { initial: 3, tolerance: 0.02 },
    }),
  line: (signal, store) =>
    landscape.line({ ...grid(signal, store), params, direction: directions[0], x: [-1, 1, 6] }),
  interpolate: (signal, store) =>
    landscape.interpolate({ ...grid(signal, store), from: params, to: directions[1], x: [0, 1, 6] }),
  alongCurve: (signal, store) =>
    landscape.alongCurve({
      ...grid(signal, store),
      curve: { kind: 'bezier', from: params, to: directions[1], bends: [directions[0]] },
      t: [0, 1, 6],
    }),
  barriers: (signal, store) =>
    landscape.barriers({
      ...grid(signal, store),
      minima: { a: params, b: directions[0], c: directions[1] },
      x: [0, 1, 3],
    }),
  throughTraining: (signal, store) =>
    landscape.throughTraining({
      ...grid(signal, store),
      directions,
      x: [-1, 1, 3],
      y: [-1, 1, 2],
      checkpoints: (async function* () {
        for (const epoch of [0, 1, 2])
          yield { name: `e${epoch}`, epoch, params: { w: tensor([1 / (epoch + 1), epoch, epoch * epoch]) } };
      })(),
    }),
};

/** Runs to the end, and stops before anything comes, after so many `progress` events, or never. */
async function run(events: (signal: AbortSignal) => AsyncIterable<Told>, after = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  if (after === 0) stop.abort();
  const told: Told[] = [];
  let progress = 0;
  for await (const event of events(stop.signal)) {
    told.push(event);
    if (event.type === 'progress' && ++progress === after) stop.abort();
  }
  const last = told.at(-1);
  if (last?.type !== 'done') throw new Error('the last event is not done');
  return { told, progress, ...last };
}

/** Disposes the tensors of a result that the caller was given. */
const release = (result: unknown) => {
  const path = (result as { path?: { directions: Tensor[] } }).path;
  if (path) dispose(path.directions);
};

/** A result without its tensors, which are compared by what was evaluated along them. */
const plain = (result: unknown): unknown =>
  JSON.parse(
    JSON.stringify(result, (key, value: unknown) =>
      key === 'directions' || key === 'attributes'
        ? undefined
        : ArrayBuffer.isView(value)
          ? [...(value as Float32Array)].map(String)
          : value,
    ),
  );

describe.each(Object.keys(kept))('%s', (name) => {
  const events = (store: Storage) => (signal: AbortSignal) => kept[name]!(signal, store);

  test('ends with what it has when stopped, and goes on to the same bits', async () => {
    const whole = await run(events(memoryStorage()));
    expect(whole.stopped).toBe(false);
    const steps = whole.told.flatMap((event) => (event.type === 'progress' ? [event] : []));
    expect(
      steps.every(({ completed, total, label }) => completed > 0 && completed <= total && label !== ''),
    ).toBe(true);
    for (const after of [1, Math.ceil(whole.progress / 2), whole.progress]) {
      const store = memoryStorage();
      const before = memory().numTensors;
      const part = await run(events(store), after);
      release(part.result);
      expect(memory().numTensors).toBe(before);
      expect([part.stopped, part.told.length <= whole.told.length]).toEqual([true, true]);
      const rest = await run(events(store));
      expect(rest.stopped).toBe(false);
      expect(plain(rest.result)).toEqual(plain(whole.result));
      release(rest.result);
    }
    release(whole.result);
  });

  test('of a signal that has fired nothing is begun', async () => {
    const store = memoryStorage();
    const { told, stopped } = await expectTensors(0, () => run(events(store), 0));
    expect([told.length, stopped, store.files.size]).toEqual([1, true, 0]);
  });
});

test('a surface that was stopped holds the points so far', async () => {
  const { result } = await run((signal) => kept.surface!(signal, memoryStorage()), 5);
  const { values } = result as landscape.Surface;
  expect([...values.quartic!].map(Number.isNaN)).toEqual([
    ...Array<boolean>(5).fill(false),
    ...Array<boolean>(7).fill(true),
  ]);
});

/** Momentum, so that there is a state to keep. */
const momentum: Optimizer = {
  init: (p) => Object.fromEntries(Object.entries(p).map(([name, w]) => [name, mul(w, 0)])),
  update(p, grads, state) {
    const moved = Object.entries(p).map(
      ([name]) => [name, add(mul(state[name]!, 0.9), grads[name]!)] as const,
    );
    return {
      params: Object.fromEntries(moved.map(([name, v]) => [name, sub(p[name]!, mul(v, 0.01))])),
      state: Object.fromEntries(moved),
    };
  },
};

const trainers = { bezier: landscape.bezier, polygonalChain: landscape.polygonalChain };

describe.each(['bezier', 'polygonalChain'] as const)('%s', (kind) => {
  const options = (more: Partial<CurveOptions<Tensor>> = {}): CurveOptions<Tensor> => ({
    from: params,
    to: directions[0],
    loss: quartic,
    batches,
    optimizer: momentum,
    steps: 6,
    jit,
    ...more,
  });
  const trained = async (more: Partial<CurveOptions<Tensor>>, after?: number) => {
    const { result, ...rest } = await run((signal) => trainers[kind](options({ signal, ...more })), after);
    const curve = result as Curve;
    const bend = [...(await curve.bends[0]!.w!.data())];
    dispose(curve.bends as unknown as Tensor[]);
    const { state } = rest.told.at(-1) as Extract<CurveEvent, { type: 'done' }>;
    return { bend, state, ...rest };
  };

  test.each([0, 1, 3, 6])('stopped after %i steps and resumed, it gives the same bits', async (after) => {
    const whole = await expectTensors(0, () => trained({}));
    expect([whole.stopped, whole.progress]).toEqual([false, 6]);
    const part = await expectTensors(0, () => trained({}, after));
    expect([part.stopped, part.state.steps]).toEqual([true, after]);
    const rest = await expectTensors(0, () => trained({ resumeFrom: part.state }));
    expect([rest.stopped, rest.progress]).toEqual([false, 6 - after]);
    expect(rest.bend).toEqual(whole.bend);
    expect(rest.state).toEqual(whole.state);
  });

  test('a state of another curve is refused', async () => {
    const { state } = await trained({}, 1);
    const other: CurveState = { ...state, bends: { '1/w': state.bends['0/w']! } };
    await expectTensors(0, () =>
      expect(trained({ resumeFrom: other })).rejects.toThrow(
        `${kind}: resumeFrom is of another curve: 0/w [3] is in one and not in the other.`,
      ),
    );
  });
});

test.each([0, 1, 4, 6])(
  'eigenvalueMap stopped after %i places and resumed gives the same bits',
  async (after) => {
    const mapped =
      (resumeFrom?: EigenvalueMap) =>
      (signal: AbortSignal): AsyncGenerator<EigenvalueEvent> =>
        landscape.eigenvalueMap(
          { loss: quartic, params, batches, jit, signal },
          { directions, x: [-1, 1, 3], y: [0, 1, 2], ...(resumeFrom && { resumeFrom }) },
        );
    const whole = await run(mapped());
    const part = await expectTensors(0, () => run(mapped(), after));
    const found = part.result as EigenvalueMap;
    expect(part.stopped).toBe(true);
    expect(found.min.filter(Number.isFinite)).toHaveLength(after);
    const rest = await expectTensors(0, () => run(mapped(found)));
    expect(rest.told.filter(({ type }) => type === 'point')).toHaveLength(6 - after);
    expect(rest.result).toEqual(whole.result);
  },
);

test('plain promises throw ABORTED, since they have nothing to give', async () => {
  const signal = AbortSignal.abort();
  const problem = { loss: quartic, params, batches, jit, signal };
  const given = { objective, params, batches, jit, signal };
  await expectTensors(0, async () => {
    for (const begin of [
      () => landscape.topEigenvalues(problem),
      () => landscape.hessianTrace(problem),
      () => landscape.sharpness(problem),
      () => landscape.keskarSharpness(problem),
      () => landscape.gradientDirection(problem),
      () => landscape.gradientNoiseScale(problem),
      () => landscape.curvature(given),
      () => landscape.noiseFloor(given),
      () => landscape.sampleNoise(given),
      () => landscape.repeatSurfaces({ ...given, x: [-1, 1, 3], y: [-1, 1, 3] }),
    ])
      await expect(begin()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
