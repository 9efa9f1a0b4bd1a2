import { jit } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  add,
  dispose,
  mul,
  neg,
  randomNormal,
  scalar,
  square,
  sum,
  tensor1d,
  tidy,
  unique,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { normal } from './compare.js';

const native = { executor: 'onnxruntime' } as const;

describe('jit', () => {
  test('keeps the structure of arguments and results', async () => {
    const fn = jit(
      ({ pair: [a, b], scale }: { pair: [Tensor, Tensor]; scale: Tensor }) => ({
        sum: add(a, b),
        deep: [mul(a, scale)],
      }),
      native,
    );
    const result = await fn({ pair: [tensor1d([1, 2]), tensor1d([3, 4])], scale: 10 });
    expect(result.sum).toBeAllclose([4, 6]);
    expect(result.deep[0]).toBeAllclose([10, 20]);
  });

  test('a number that changes does not compile again, a shape that changes does', async () => {
    const fn = jit(({ x, rate }: { x: Tensor; rate: Tensor }) => mul(x, rate), native);
    for (const rate of [1, 2, 3])
      expect(await fn({ x: tensor1d([1, 2]), rate })).toBeAllclose([rate, 2 * rate]);
    expect(fn.stats()).toMatchObject({ programs: 1, calls: 3, executor: 'onnxruntime' });
    await fn({ x: tensor1d([1, 2, 3]), rate: 1 });
    expect(fn.stats().programs).toBe(2);
  });

  test('captured tensors survive, on their own backend, and are frozen', async () => {
    const captured = tensor1d([5, 6]);
    const fn = jit((x: Tensor) => add(x, captured), native);
    expect(await fn(tensor1d([1, 1]))).toBeAllclose([6, 7]);
    expect(captured).toBeAllclose([5, 6]);
    captured.dispose();
    expect(await fn(tensor1d([2, 2]))).toBeAllclose([7, 8]);
  });

  test('leaves exactly its results behind', async () => {
    const x = normal([3, 3]);
    const fn = jit((a: Tensor) => ({ y: square(a), z: sum(a) }), native);
    dispose(await expectTensors(2, () => fn(x)));
    dispose(await expectTensors(2, () => fn(x)));
  });

  test('state passed from step to step keeps its values while buffers are used again', async () => {
    let state: Tensor = normal([64, 128]);
    const want = state.dataSync().map((v) => v + 50);
    const step = jit((s: Tensor) => add(s, 1), native);
    const kept: Tensor[] = [];
    for (let i = 0; i < 50; i++) {
      const next = await step(state);
      if (i % 10 === 3) kept.push(next);
      else if (!kept.includes(state)) state.dispose();
      state = next;
    }
    expect(state.dataSync()).toBeAllclose(want, { abs: 1e-4 });
    expect(kept[1]!.dataSync()[0]! - kept[0]!.dataSync()[0]!).toBeCloseTo(10, 3);
  });

  test('concurrent calls do not share their buffers', async () => {
    const fn = jit((x: Tensor) => add(x, 1), native);
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => fn(add(normal([64, 128]), n))));
    const first = normal([1]).dataSync()[0]!;
    for (const [i, result] of results.entries()) expect(result.dataSync()[0]).toBeCloseTo(first + i + 2, 4);
  });

  test('any thread count gives the same bits', async () => {
    const fn = (x: Tensor) => sum(square(x), 0);
    const [one, two] = await Promise.all(
      [1, 2].map((threads) => jit(fn, { ...native, threads })(normal([500, 40]))),
    );
    expect(one!.dataSync()).toEqual(two!.dataSync());
  });

  test('reading a value inside is refused with the remedy', async () => {
    const fn = jit((x: Tensor) => add(x, x.dataSync()[0]!), native);
    await expect(fn(tensor1d([1]))).rejects.toThrow(
      /value was read .* Return the tensor and read it outside/,
    );
  });

  test('randomness inside is refused with the remedy', async () => {
    await expect(jit((x: Tensor) => add(x, Math.random()), native)(tensor1d([1]))).rejects.toThrow(
      /Draw outside, from a seed, and pass the numbers in/,
    );
    await expect(jit((x: Tensor) => add(x, randomNormal([1])), native)(tensor1d([1]))).rejects.toMatchObject({
      code: 'NOT_TRACEABLE',
    });
    expect(Math.random()).not.toBe(Math.random());
  });

  test('a kernel without a rule is named, with the call that led to it', async () => {
    await expect(jit((x: Tensor) => unique(x).values, native)(tensor1d([1]))).rejects.toThrow(
      /kernel Unique has no ONNX rule \(the shape of its result depends on values\).*jit\.test\.ts/,
    );
  });

  test("'auto' goes eager there and tells why", async () => {
    const reasons: string[] = [];
    const fn = jit((x: Tensor) => unique(x).values, { onFallback: (reason) => reasons.push(reason.message) });
    expect(await fn(tensor1d([2, 2, 1]))).toBeAllclose([2, 1]);
    expect(reasons).toHaveLength(1);
    expect(fn.stats().executor).toBe('eager');
  });

  test('eager and native agree on numbers, records and arguments passed through', async () => {
    const fn = ({ x, k }: { x: Tensor; k: Tensor }) => ({ y: mul(x, k), x });
    for (const executor of ['eager', 'onnxruntime'] as const) {
      const x = tensor1d([1, 2]);
      const result = await jit(fn, { executor })({ x, k: 3 });
      result.x.dispose();
      expect(x.isDisposed).toBe(false);
      expect(result.y).toBeAllclose([3, 6]);
    }
  });

  test('a disposed function frees its programs, and results stay valid', async () => {
    const fn = jit((x: Tensor) => square(x), native);
    const y = await fn(tensor1d([3]));
    await fn.dispose();
    await fn.dispose();
    expect(y).toBeAllclose([9]);
  });

  test('wrong arguments are named', async () => {
    await expect(jit((x: unknown) => x as Tensor, native)('text' as never)).rejects.toThrow(
      /the value is string; expected tensors, numbers/,
    );
    expect(() => jit((x: Tensor) => x, { threads: 0 })).toThrow(
      'jit: threads (=0) must be a positive integer.',
    );
  });

  test('the backend in use is the same before and after, even on an error', async () => {
    const x = scalar(1);
    await expect(
      jit(() => {
        throw new Error('mine');
      }, native)(x),
    ).rejects.toThrow('mine');
    expect(tidy(() => add(x, 1).dataSync()[0])).toBe(2);
  });
});

test('eager work lets the event loop turn, so that a stop is heard', async () => {
  const busy = jit(
    (x: Tensor) => {
      const end = performance.now() + 30;
      while (performance.now() < end);
      return neg(x);
    },
    { executor: 'eager' },
  );
  let heard = false;
  setTimeout(() => {
    heard = true;
  }, 0);
  for (let i = 0; i < 4 && !heard; i++) dispose(await busy(1));
  expect(heard).toBe(true);
});
