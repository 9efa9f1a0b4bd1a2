import { registerGradients } from '@segscape/backend';
import { type Params, random } from '@segscape/core';
import { jit } from '@segscape/jit';
import { type Model, unet } from '@segscape/models';
import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, test, vi } from 'vitest';
import { normal } from '../compare.js';

registerGradients();

interface State {
  readonly params: Params;
  readonly first: Params;
  readonly second: Params;
}
type Batch = { readonly images: Tensor; readonly labels: Tensor; readonly rate: Tensor };

/** Cross-entropy and Adam (without the correction of its start) over a U-Net. */
const stepOf =
  (model: Model) =>
  ({ params, first, second, images, labels, rate }: State & Batch): State & { loss: Tensor } => {
    const names = Object.keys(params);
    const objective = (...values: Tensor[]) => {
      const moving = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
      const { logits } = model.forward(moving, images, { training: true });
      const hot = tf.cast(tf.oneHot(labels as never, 2), 'float32');
      return tf.neg(tf.mean(tf.sum(tf.mul(hot, tf.logSoftmax(logits)), -1)));
    };
    const { value, grads } = tf.valueAndGrads(objective as never)(names.map((name) => params[name]!));
    const map = (build: (name: string, grad: Tensor) => Tensor): Params =>
      Object.fromEntries(names.map((name, i) => [name, build(name, grads[i]!)]));
    const nextFirst = map((name, g) => tf.add(tf.mul(first[name]!, 0.9), tf.mul(g, 0.1)));
    const nextSecond = map((name, g) => tf.add(tf.mul(second[name]!, 0.999), tf.mul(tf.square(g), 0.001)));
    const moved = map((name) =>
      tf.sub(params[name]!, tf.mul(rate, tf.div(nextFirst[name]!, tf.add(tf.sqrt(nextSecond[name]!), 1e-3)))),
    );
    return { params: moved, first: nextFirst, second: nextSecond, loss: value };
  };

function batch(): Omit<Batch, 'rate'> & { rate: number } {
  const rng = random(4);
  const labels = Int32Array.from({ length: 2 * 16 * 16 }, () => Number(rng.uniform() < 0.3));
  return { images: normal([2, 16, 16, 3], 3), labels: tf.tensor(labels, [2, 16, 16]), rate: 0.01 };
}

async function train(device: 'cpu' | 'webgpu', steps: number, forEach: (state: State) => void = () => {}) {
  const model = unet({
    inputChannels: 3,
    classes: 2,
    baseChannels: 4,
    depth: 2,
    padding: 'same',
    norm: 'batch',
  });
  const params = Object.fromEntries(
    Object.entries(model.init(1)).filter(([name]) => model.isTrainable(name)),
  );
  const fixed = Object.fromEntries(
    Object.entries(model.init(1)).filter(([name]) => !model.isTrainable(name)),
  );
  const network = {
    ...model,
    forward: (moving: Params, ...rest: never[]) =>
      (model.forward as (...args: unknown[]) => { logits: Tensor })({ ...fixed, ...moving }, ...rest),
  } as unknown as Model;
  const step = jit(stepOf(network), { executor: 'onnxruntime', device });
  const zeros = () =>
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, tf.zerosLike(value)]));
  let state: State = { params, first: zeros(), second: zeros() };
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { loss, ...next } = await step({ ...state, ...batch() } as never);
    losses.push((await loss.data())[0]!);
    state = next;
    forEach(state);
  }
  return { losses, state, stats: step.stats() };
}

test('three steps of a U-Net with batch normalisation, as on the CPU, with no operation left to it', async () => {
  const [cpu, gpu] = [await train('cpu', 3), await train('webgpu', 3)];
  expect(gpu.losses).toBeAllclose(cpu.losses, { rel: 1e-4 });
  for (const part of ['params', 'first', 'second'] as const)
    for (const [name, value] of Object.entries(cpu.state[part]))
      expect(gpu.state[part][name], `${part} of ${name}`).toBeAllclose(value, { abs: 1e-4, rel: 1e-4 });
  expect(cpu.stats.cpuNodes).toBe(0);
  expect(gpu.stats).toMatchObject({ cpuNodes: 0, executor: 'onnxruntime' });
  process.stdout.write(`webgpu: ${gpu.stats.nodes} operations, ${gpu.stats.cpuNodes} of them on the CPU\n`);
});

type Entry = { values: unknown };
const entryOf = (tensor: Tensor) =>
  (tf.findBackend('cpu') as unknown as { data: { get(id: object): Entry } }).data.get(tensor.dataId);

test('state stays on the device from step to step', async () => {
  const reading = () => {
    throw new Error('state was read');
  };
  const { losses } = await train('webgpu', 3, ({ params, first, second }) => {
    for (const value of Object.values({ ...params, ...first, ...second }))
      Object.defineProperty(entryOf(value), 'values', { get: reading });
  });
  expect(losses[2]).toBeLessThan(losses[0]!);
});

test('a result is an ordinary tensor: eager operations, clones, programs of the CPU', async () => {
  const double = jit((x: Tensor) => tf.mul(x, 2), { executor: 'onnxruntime', device: 'webgpu' });
  const y = await double(tf.tensor1d([1, 2]));
  y.clone().dispose();
  expect(tf.add(y, 1)).toBeAllclose([3, 5]);
  expect(await jit((x: Tensor) => tf.neg(x), { executor: 'onnxruntime' })(y)).toBeAllclose([-2, -4]);
  expect(await double(y)).toBeAllclose([4, 8]);
  await double.dispose();
  expect(await y.data()).toEqual(Float32Array.of(2, 4));
  const types = jit((x: Tensor) => ({ i: tf.cast(x, 'int32'), b: tf.greater(x, 1) }), {
    executor: 'onnxruntime',
    device: 'webgpu',
  });
  const { i, b } = await types(tf.tensor1d([1, 2]));
  expect(await i.data()).toEqual(Int32Array.of(1, 2));
  expect(await b.data()).toEqual(Uint8Array.of(0, 1));
});

test('memory of disposed results is freed by the next run, but not while it is read', async () => {
  const twice = jit((x: Tensor) => tf.mul(x, 2), { executor: 'onnxruntime', device: 'webgpu' });
  const one = await twice(tf.tensor1d([1, 2]));
  const freed = vi.spyOn(RuntimeTensor.prototype, 'dispose');
  const later = twice(one);
  // The call has taken its argument, and ONNX Runtime runs after all promises.
  for (let i = 0; i < 8; i++) await Promise.resolve();
  one.dispose();
  const other = await twice(tf.tensor1d([5, 6]));
  expect(await later).toBeAllclose([4, 8]);
  expect(freed).not.toHaveBeenCalled();
  (await twice(other)).dispose();
  expect(freed).toHaveBeenCalledTimes(1);
  freed.mockRestore();
});

test('operations that the provider lacks run on the CPU and are counted', async () => {
  const counted = jit((x: Tensor) => tf.cumprod(x), {
    executor: 'onnxruntime',
    device: 'webgpu',
  });
  expect(await counted(tf.tensor1d([3, 2], 'int32'))).toBeAllclose([3, 6]);
  expect(counted.stats().cpuNodes).toBe(1);
});

type Case = readonly [name: string, fn: (...inputs: never[]) => Tensor, inputs: () => Tensor[]];
const ties = (shape: number[]) => tf.round(normal(shape, 1, 1));

/** Forms that only devices get. */
const cases: Case[] = [
  ['max pooling with ties', (x: Tensor4D) => tf.maxPool(x, 2, 2, 'valid'), () => [ties([2, 7, 6, 3])]],
  ['max pooling in gaps', (x: Tensor4D) => tf.maxPool(x, 2, 3, 'valid'), () => [ties([2, 7, 9, 3])]],
  ['max pooling, overlapping', (x: Tensor4D) => tf.maxPool(x, 3, 1, 'same'), () => [ties([2, 6, 5, 2])]],
  ['max pooling, stride 2', (x: Tensor4D) => tf.maxPool(x, 3, 2, 'same'), () => [ties([2, 6, 5, 2])]],
  ['max pooling of volumes', (x: Tensor5D) => tf.maxPool3d(x, 2, 2, 'valid'), () => [ties([1, 4, 4, 5, 2])]],
  [
    'max pooling of volumes, overlapping',
    (x: Tensor5D) => tf.maxPool3d(x, 2, 1, 'same'),
    () => [ties([1, 3, 4, 3, 2])],
  ],
  [
    'a convolution of volumes, stride 2',
    (x: Tensor5D, w: Tensor5D) => tf.conv3d(x, w, 2, 'valid'),
    () => [normal([2, 5, 5, 4, 2]), normal([2, 2, 2, 2, 3], 2)],
  ],
  [
    'a depthwise convolution of two outputs a channel',
    (x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, 2, 'same'),
    () => [normal([2, 7, 6, 3]), normal([3, 3, 3, 2], 2)],
  ],
  [
    'a convolution from six to four channels',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same'),
    () => [normal([2, 4, 5, 6]), normal([3, 3, 6, 4], 2)],
  ],
  [
    'a convolution from four to six channels',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same'),
    () => [normal([2, 4, 5, 4]), normal([3, 3, 4, 6], 2)],
  ],
  ['abs', (x: Tensor) => tf.abs(x), () => [ties([4, 5])]],
];

describe.each(cases)('%s', (_name, fn, inputs) => {
  const call = fn as (...inputs: Tensor[]) => Tensor;
  test('value and gradients are those of the CPU, first maximum and all', async () => {
    const values = inputs();
    const weights = normal(
      tf.tidy(() => call(...values).shape),
      9,
    );
    const both = (...xs: Tensor[]) => [
      call(...xs),
      ...tf.grads((...ys: Tensor[]) => tf.sum(tf.mul(call(...ys), weights)))(xs),
    ];
    const run = jit((xs: Tensor[]) => both(...xs), { executor: 'onnxruntime', device: 'webgpu' });
    const want = both(...values);
    for (const [i, got] of (await run(values)).entries())
      expect(got, `result ${i}`).toBeAllclose(want[i]!, { abs: 1e-4, rel: 1e-4 });
    expect(run.stats().cpuNodes).toBe(0);
  });
});

test('the largest of several that are alike, infinite or no numbers', async () => {
  const fn = jit((v: Tensor) => [tf.topk(v, 3), tf.topk(v, 7)], {
    executor: 'onnxruntime',
    device: 'webgpu',
  });
  const odd = [
    1,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    3,
    Number.NEGATIVE_INFINITY,
    3,
    Number.POSITIVE_INFINITY,
  ];
  const [few, all] = await fn(tf.tensor1d(odd));
  expect(few!.values).toBeAllclose([Number.POSITIVE_INFINITY, 3, 3]);
  expect(few!.indices).toBeAllclose([6, 3, 5]);
  expect([...(await all!.indices.data())].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(fn.stats().cpuNodes).toBe(0);
});

test('the first of several largest and smallest', async () => {
  const x = tf.tensor2d([3, 1, 3, 1, 3, 1], [2, 3]);
  const fn = jit((v: Tensor) => [tf.argMax(v, 1), tf.argMin(v, 1)], {
    executor: 'onnxruntime',
    device: 'webgpu',
  });
  const [most, least] = await fn(x);
  expect(most).toBeAllclose([0, 1]);
  expect(least).toBeAllclose([1, 0]);
});
