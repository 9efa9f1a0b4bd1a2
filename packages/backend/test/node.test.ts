import { listBackends, useBackend } from '@segscape/backend';
import {
  avgPool,
  avgPool3d,
  conv2d,
  depthwiseConv2d,
  gather,
  maxPool,
  maxPool3d,
  setBackend,
  type Tensor4D,
  type Tensor5D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '@segscape/testing';
import { assertDevice } from '../src/tensorflow/candidates.js';
import { registerTensorflowKernels } from '../src/tensorflow/kernels.js';
import { type Case, noise } from './cases/case.js';
import { derivatives, worstDifference } from './cases/derivatives.js';
import { elementwise } from './cases/elementwise.js';
import { images } from './cases/images.js';
import { reductions } from './cases/reductions.js';
import { shapes } from './cases/shapes.js';
import { types } from './cases/types.js';
import { standInForTensorflow } from './tensorflow-stand-in.js';

const isHere = (await listBackends({ threads: 1 })).some(({ name, canTrain }) => name === 'node' && canTrain);

const image = (t: unknown) => t as Tensor4D;
const volume = (t: unknown) => t as Tensor5D;
const pooled = [() => noise([2, 7, 5, 2])];
const convolved = [() => noise([2, 7, 5, 3]), () => noise([3, 2, 3, 2], 7)];

/** Paddings in pixels, also uneven ones, on strides that leave pixels over. */
const padded: readonly Case[] = (
  [
    [1, 1, undefined],
    [2, 1, undefined],
    [
      2,
      [
        [0, 0],
        [1, 0],
        [0, 1],
        [0, 0],
      ],
      undefined,
    ],
    [2, 1, 'ceil'],
  ] as const
).flatMap(([strides, pad, round]): Case[] => {
  const of = (name: string) => `${name}, strides ${strides}, padding ${JSON.stringify(pad)}, ${round}`;
  const border = pad as never;
  const made = (inputs: readonly (() => ReturnType<typeof noise>)[]) => () => inputs.map((make) => make());
  return [
    [of('maxPool'), (x) => maxPool(image(x), 3, strides, border, round), made(pooled)],
    [of('avgPool'), (x) => avgPool(image(x), [3, 2], strides, border, round), made(pooled)],
    [of('conv2d'), (x, w) => conv2d(image(x), image(w), strides, border, 'NHWC', 1, round), made(convolved)],
    [
      of('depthwiseConv2d'),
      (x, w) => depthwiseConv2d(image(x), image(w), strides, border, 'NHWC', 1, round),
      made(convolved),
    ],
  ];
});

const others: readonly Case[] = [
  ['maxPool3d, padding 1', (x) => maxPool3d(volume(x), 3, 2, 1, 'floor'), () => [noise([1, 4, 5, 6, 2])]],
  ['avgPool3d, padding 1', (x) => avgPool3d(volume(x), 3, 2, 1, 'floor'), () => [noise([1, 4, 5, 6, 2])]],
  ['gather, last axis', (x) => gather(x, tensor1d([2, 0, 2], 'int32'), -1), () => [noise([2, 3])]],
];

describe(isHere ? 'TensorFlow in Node' : 'a stand-in for TensorFlow in Node, which is not installed', () => {
  let remove = () => {};
  beforeAll(async () => {
    if (isHere) await useBackend('node');
    else {
      remove = standInForTensorflow();
      registerTensorflowKernels();
    }
  });
  afterAll(async () => {
    await setBackend('cpu');
    remove();
  });

  // Of the stand-in all but images are the cpu backend's own.
  const cases = [
    ...padded,
    ...others,
    ...images,
    ...(isHere ? [...elementwise, ...reductions, ...shapes] : []),
  ];

  test.each(cases)(
    'has the value, gradient and Hessian-vector product of cpu: %s',
    async (_name, fn, inputs) => {
      const cpu = await derivatives('cpu', fn, inputs);
      expect(worstDifference(cpu, await derivatives('tensorflow', fn, inputs))).toBeLessThan(3e-5);
    },
  );

  test.each(types)('has the values and the type of cpu: %s', async (_name, make) => {
    const on = async (engineName: string) => {
      await setBackend(engineName);
      return tidy(() => {
        const made = make();
        return [made.dtype, ...made.dataSync()];
      });
    };
    const cpu = await on('cpu');
    expect(await on('tensorflow')).toEqual(cpu);
  });
});

describe('the two packages of TensorFlow in Node', () => {
  const cpuPackage = { isGPUPackage: false, isUsingGpuDevice: false };
  const gpuPackage = { isGPUPackage: true, isUsingGpuDevice: true };

  test('each is taken for what it is', () => {
    expect(() => assertDevice(cpuPackage, false)).not.toThrow();
    expect(() => assertDevice(gpuPackage, true)).not.toThrow();
  });

  test('the one that was loaded first is named when the other is asked for', () => {
    expect(() => assertDevice(cpuPackage, true)).toThrow(
      'this process has loaded @tensorflow/tfjs-node already, and can have only one of the two',
    );
    expect(() => assertDevice(gpuPackage, false)).toThrow(
      'this process has loaded @tensorflow/tfjs-node-gpu already',
    );
  });

  test('that for GPUs is not taken where it finds none', () => {
    expect(() => assertDevice({ ...gpuPackage, isUsingGpuDevice: false }, true)).toThrow(
      'TensorFlow found no GPU',
    );
  });
});
