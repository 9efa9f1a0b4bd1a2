import { expectTensors } from '@segscape/testing';
import { dispose, engine, type NamedAttrMap, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { onWasm, type Shape } from './as-on-cpu.js';

onWasm();

test.each<[string, Shape[], object]>([
  [
    'Conv3D',
    [
      [1, 4, 4, 4, 2],
      [3, 3, 3, 2, 3],
    ],
    { strides: 1, pad: 'same', dilations: 1 },
  ],
  ['MaxPool', [[1, 4, 4, 2]], { filterSize: 2, strides: 2, pad: 'valid' }],
  ['MaxPool3D', [[1, 4, 4, 4, 2]], { filterSize: 2, strides: 2, pad: 'valid' }],
  ['Tile', [[2, 20, 20]], { reps: [2, 1, 3] }],
  ['StridedSlice', [[4, 20, 20]], { begin: [0, 1, 19], end: [4, 20, 0], strides: [1, 3, -2] }],
  ['DepthToSpace', [[1, 4, 4, 8]], { blockSize: 2, dataFormat: 'NHWC' }],
])('%s leaves nothing behind but its result', async (kernel, shapes, attrs) => {
  await setBackend('wasm');
  const [x, filter] = shapes.map((shape) => noise(shape)) as [Tensor, Tensor | undefined];
  const before = engine().backend.numDataIds();
  const result = await expectTensors(1, () =>
    tidy(() => engine().runKernel(kernel, filter ? { x, filter } : { x }, attrs as NamedAttrMap) as Tensor),
  );
  expect(engine().backend.numDataIds()).toBe(before + 1);
  dispose([x, ...(filter ? [filter] : []), result]);
});

test.each([
  ['BatchMatMul', [3, 40, 20], [3, 20, 30], { transposeA: false, transposeB: false }],
  ['Equal', [2, 20, 1], [1, 20, 30], {}],
] as const)('%s of two leaves nothing behind but its result', async (kernel, left, right, attrs) => {
  await setBackend('wasm');
  const [a, b] = [noise(left), noise(right, 2)];
  const before = engine().backend.numDataIds();
  const result = await expectTensors(1, () =>
    tidy(() => engine().runKernel(kernel, { a, b }, attrs) as Tensor),
  );
  expect(engine().backend.numDataIds()).toBe(before + 1);
  dispose([a, b, result]);
});
