import { moveParams, useBackend, withBackend } from '@segscape/backend';
import { expectTensors } from '@segscape/testing';
import {
  dispose,
  engine,
  getBackend,
  grad,
  setBackend,
  square,
  sum,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';

const one = { threads: 1 };

beforeEach(() => useBackend('cpu'));
afterAll(() => setBackend('cpu'));

test('a backend is current while the function runs, and the one before it afterwards', async () => {
  const inside = await withBackend('wasm', () => Promise.resolve().then(getBackend), one);
  expect([inside, getBackend()]).toEqual(['wasm', 'cpu']);
});

test('calls nest', async () => {
  const seen: string[] = [];
  await withBackend(
    'wasm',
    async () => {
      await withBackend('cpu', () => seen.push(getBackend()));
      seen.push(getBackend());
    },
    one,
  );
  expect([...seen, getBackend()]).toEqual(['cpu', 'wasm', 'cpu']);
});

test('an error comes through, and the backend before is current again', async () => {
  const failing = withBackend('wasm', () => Promise.reject(new RangeError('mine')), one);
  await expect(failing).rejects.toThrow(new RangeError('mine'));
  expect(getBackend()).toBe('cpu');
});

test('a backend that is not there is an error before anything runs', async () => {
  let ran = false;
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '');
  await expect(withBackend('node-gpu', () => (ran = true))).rejects.toThrow(
    /'node-gpu' is not available here/,
  );
  vi.unstubAllEnvs();
  expect([ran, getBackend()]).toEqual([false, 'cpu']);
});

test('parameters go there and back, with names, order, shapes and types', async () => {
  const params = {
    kernel: tensor([1.5, -2, 3, 4], [2, 2]),
    steps: tensor1d([7, -8], 'int32'),
    flags: tensor1d([true, false], 'bool'),
  };
  const there = await expectTensors(3, () => moveParams(params, 'wasm'));
  expect(Object.keys(there)).toEqual(Object.keys(params));
  expect(getBackend()).toBe('cpu');
  const backendOf = (t: typeof there.kernel) =>
    engine().state.tensorInfo.get(t.dataId)!.backend === engine().findBackend('wasm');
  expect(Object.values(there).map(backendOf)).toEqual([true, true, true]);
  const back = await withBackend('wasm', () => moveParams(there, 'cpu'), one);
  for (const [name, value] of Object.entries(back)) {
    const original = params[name as keyof typeof params];
    expect([value.dtype, value.shape]).toEqual([original.dtype, original.shape]);
    expect(Array.from(value.dataSync())).toEqual(Array.from(original.dataSync()));
  }
  dispose([params, there, back]);
});

test('without a name they are copied to the current backend', async () => {
  const params = { kernel: tensor1d([1, 2]) };
  const copy = await moveParams(params);
  params.kernel.dispose();
  expect(copy.kernel).toBeAllclose([1, 2]);
  copy.kernel.dispose();
});

test('what moved trains there', async () => {
  const params = { kernel: tensor1d([1, -2]) };
  const moved = await moveParams(params, 'wasm');
  const slope = await withBackend('wasm', () => grad((x) => sum(square(x)))(moved.kernel).data(), one);
  expect(slope).toBeAllclose([2, -4]);
  dispose([params, moved]);
});

test('what cannot be moved is named', async () => {
  const gone = tensor1d([1]);
  gone.dispose();
  await expect(moveParams({ kernel: gone }, 'wasm')).rejects.toThrow(
    'moveParams: params.kernel has been disposed; expected a tensor that is still there.',
  );
  await expect(moveParams({ kernel: [1, 2] as never })).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: 'moveParams: params.kernel is no tensor; expected a tensor that is still there.',
  });
});
