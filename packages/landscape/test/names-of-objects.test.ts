import { isSegscapeError, type Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { type Scalar, square, sum, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { encodeDirections } from '../src/hdf5.js';
import {
  barrierHeight,
  bezier,
  curvePoint,
  eigenvalueMap,
  hessianVectorProduct,
  interpolate,
  line,
  normalizeDirection,
  preciseStatistics,
  topology,
  toVtp,
  trust,
  weightChange,
} from '../src/index.js';

// Every object has a `constructor` and a `toString` that nobody gave it.

const z = Float32Array.of(4, 2, 3, 2, 0, 2, 3, 2, 5);
const axis = Float64Array.of(-1, 0, 1);
const surfaceOf = (name: string) => ({ x: axis, y: axis, values: { [name]: z }, attributes: {} });
const w = (name: string): Params => ({ [name]: tensor([1, 2]) });
const [mine, theirs] = [w('constructor'), w('b')];
/** By another type: to the compiler a `constructor` is a function. */
const dataOf = (params: Params) => params['constructor' as 'w']!.data();
const jit = { executor: 'eager' } as const;

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    const result = await call();
    if (result && typeof result === 'object' && Symbol.asyncIterator in result)
      for await (const event of result as AsyncIterable<unknown>) void event;
    return result;
  } catch (error) {
    return error;
  }
}

describe('of losses', () => {
  test('are none where no loss is called so', () => {
    const odd = (call: () => unknown, message: string) => expect(call).toThrow(message);
    odd(() => toVtp(surfaceOf('ce'), { height: 'toString' }), "height (='toString') must be one of ce.");
    odd(() => topology(surfaceOf('ce'), 'toString'), "loss (='toString') must be one of ce.");
    const drawn = { x: axis, values: { ce: Float32Array.of(1, 2, 3) }, attributes: {} };
    odd(() => barrierHeight(drawn, 'toString'), "loss (='toString') must be one of ce.");
  });

  test('are losses like others, of which nothing was measured where nobody did', async () => {
    const { noiseFloor, images, loss } = await trust(surfaceOf('toString'), { noise: {}, images: {} });
    expect({ noiseFloor, images, loss }).toEqual({
      noiseFloor: undefined,
      images: undefined,
      loss: 'toString',
    });
    expect(toVtp(surfaceOf('toString'))).toContain('NumberOfPolys="4"');
  });
});

describe('of parameters', () => {
  const loss = (params: Params) => sum(square(Object.values(params)[0]!)) as Scalar;
  const objective = (params: Params) => ({ ce: loss(params) });
  const optimizer = { init: () => ({}), update: (params: Params) => ({ params, state: {} }) };
  const curve = { loss, optimizer, batches: [tensor([1])], jit };
  const grid = { objective, batches: [tensor([1])], jit };

  test.each<[string, () => unknown]>([
    ['weightChange', () => weightChange(mine, theirs)],
    ['interpolate', () => interpolate({ ...grid, from: mine, to: theirs })],
    ['bezier', () => bezier({ ...curve, from: mine, to: theirs })],
    ['line', () => line({ ...grid, params: theirs, direction: mine, x: [0, 1, 2] })],
    ['normalizeDirection', () => normalizeDirection(mine, theirs)],
    ['encodeDirections', () => encodeDirections([mine], { params: theirs })],
  ])('%s tells of one that is missing', async (_name, call) => {
    const error = await errorOf(call);
    expect(error).toSatisfy((one) => isSegscapeError(one, 'SHAPE_MISMATCH'));
    expect(String(error)).toContain('missing');
  });

  test('are parameters like others', async () => {
    const params = w('constructor');
    const problem = { loss, params, batches: [tensor([1])], jit };
    const map = await errorOf(() => eigenvalueMap(problem, { directions: [mine], x: [0, 1, 2] }));
    expect(map).not.toBeInstanceOf(Error);
    // Two of them, of which the vector has one: along the other it is 0.
    const both = { ...params, ...theirs };
    const product = await hessianVectorProduct(
      { ...problem, params: both, loss: (all) => sum(square(all.b!)) as Scalar },
      theirs,
    );
    expect(await dataOf(product)).toEqual(Float32Array.of(0, 0));
    const statistics = preciseStatistics(() => w('constructor'), { batches: [tensor([1]), tensor([1])] });
    expect(await dataOf(await statistics(params))).toEqual(Float32Array.of(1, 2));
    await expectTensors(1, () => curvePoint({ kind: 'bezier', from: mine, to: theirs, bends: [{}] }, 0.5));
  });
});
