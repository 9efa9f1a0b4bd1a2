import { jit, toOnnx } from '@segscape/jit';
import '@segscape/testing';
import {
  add,
  concat,
  conv2d,
  conv2dTranspose,
  einsum,
  grad,
  maxPool,
  mul,
  neg,
  relu,
  reshape,
  slice,
  softmax,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tensor1d,
  zeros,
} from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { normal } from './compare.js';

const [first, second, up] = [
  normal([3, 3, 3, 4], 1, 0.3),
  normal([3, 3, 4, 8], 2, 0.3),
  normal([2, 2, 4, 8], 3, 0.3),
] as [Tensor4D, Tensor4D, Tensor4D];

/** A small U: down, up, and a skip. */
const network = ({ images }: { images: Tensor }) => {
  const high = relu(conv2d(images as Tensor4D, first, 1, 'same'));
  const low = relu(conv2d(maxPool(high, 2, 2, 'valid'), second, 1, 'same'));
  const [n, h, w] = high.shape;
  const grown = conv2dTranspose(low, up, [n, h, w, 4], 2, 'same');
  return { probabilities: softmax(concat([grown, high], -1)) };
};

async function run(bytes: Uint8Array, images: Tensor) {
  const session = await InferenceSession.create(bytes);
  const result = await session.run({
    images: new RuntimeTensor('float32', images.dataSync() as Float32Array, images.shape),
  });
  return { session, output: result.probabilities! };
}

describe('toOnnx', () => {
  const bytes = toOnnx(network, { images: zeros([1, 16, 16, 3]) }, { metadata: { classes: 'a,b' } });

  test.each([1, 3])('the model gives the numbers of the function for a batch of %i', async (batch) => {
    const images = normal([batch, 16, 16, 3], 7);
    const { session, output } = await run(bytes, images);
    expect(session.inputNames).toEqual(['images']);
    const expected = await jit(network, { executor: 'eager' })({ images });
    expect(output.dims).toEqual(expected.probabilities.shape);
    expect(output.data as Float32Array).toBeAllclose(expected.probabilities.dataSync(), { abs: 1e-6 });
  });

  test.each([
    [3, first],
    [1, normal([3, 3, 1, 4], 4, 0.3) as Tensor4D],
  ])('axes that are left free take any length, with images of %i channels', async (channels, kernel) => {
    const whole = ({ images }: { images: Tensor }) => {
      const high = relu(conv2d(images as Tensor4D, kernel, 1, 'same'));
      const low = relu(conv2d(maxPool(high, 2, 2, 'valid'), second, 1, 'same'));
      const [n, h, w] = high.shape;
      const grown = conv2dTranspose(low, up, [n, h, w, 4], 2, 'same');
      return { probabilities: softmax(concat([grown, high], -1)) };
    };
    const free = toOnnx(
      whole,
      { images: zeros([1, 16, 16, channels]) },
      { freeAxes: { images: { 1: 'height', 2: 'width' } } },
    );
    const images = normal([2, 12, 26, channels], 7);
    const { session, output } = await run(free, images);
    expect(session.inputMetadata[0]).toMatchObject({ shape: ['batch', 'height', 'width', channels] });
    expect(session.outputMetadata[0]).toMatchObject({ shape: ['batch', 'height', 'width', 8] });
    const expected = await jit(whole, { executor: 'eager' })({ images });
    expect(output.data as Float32Array).toBeAllclose(expected.probabilities.dataSync(), { abs: 1e-6 });
  });

  test('an axis that the graph depends on stays as in the example, the others are free', async () => {
    const flat = toOnnx(
      ({ images }: { images: Tensor }) => ({
        probabilities: sum(reshape(images, [-1, 16, images.shape[2]! * 2]), 1),
      }),
      { images: zeros([1, 16, 8, 2]) },
      { freeAxes: { images: { 1: 'height', 2: 'width' } } },
    );
    const { inputMetadata } = await InferenceSession.create(flat);
    expect(inputMetadata[0]).toMatchObject({ shape: ['batch', 'height', 8, 2] });
    const wrong = (freeAxes: Record<string, Record<number, string>>) => () =>
      toOnnx(network, { images: zeros([1, 16, 16, 3]) }, { freeAxes });
    expect(wrong({ image: { 1: 'height' } })).toThrow('name a tensor of the example: images');
    expect(wrong({ images: { 4: 'depth' } })).toThrow('be the place of an axis after the batch');
  });

  test('a function whose graph depends on the batch keeps the batch of the example', async () => {
    const mixed = toOnnx(
      ({ images }: { images: Tensor }) => ({
        probabilities: sum(reshape(images, [images.shape[0]! * 4, 4]), 1),
      }),
      { images: zeros([2, 4, 4, 1]) },
    );
    const { output } = await run(mixed, normal([2, 4, 4, 1]));
    expect(output.dims).toEqual([8]);
  });

  test('names that are those of values between are free to use', async () => {
    const named = toOnnx(
      ({ v0, c1, y }: { v0: Tensor; c1: Tensor; y: Tensor }) => ({
        y: mul(add(relu(v0), c1), tensor1d([1, 2])),
        y_out: neg(y),
        v1: neg(relu(y)),
      }),
      { v0: zeros([1, 2]), c1: zeros([1, 2]), y: zeros([1, 2]) },
    );
    const session = await InferenceSession.create(named);
    expect(session.inputNames).toEqual(['v0', 'c1', 'y']);
    expect(session.outputNames).toEqual(['y_out', 'y_out_out', 'v1']);
    const row = (a: number, b: number) => new RuntimeTensor('float32', [a, b], [1, 2]);
    const result = await session.run({ v0: row(-1, 2), c1: row(10, 20), y: row(3, -4) });
    const values = Object.values(result).map(({ data }) => [...(data as Float32Array)]);
    expect(values).toEqual([
      [10, 44],
      [-3, 4],
      [-3, -0],
    ]);
  });

  test('axes of results have the name of a free axis where they have its length, else one of their own', async () => {
    const sized = toOnnx(
      ({ x }: { x: Tensor }) => ({
        same: relu(x),
        half: maxPool(x as Tensor4D, 2, 2, 'valid'),
        rows: reshape(x, [-1, 4]),
      }),
      { x: zeros([1, 8, 8, 4]) },
      { freeAxes: { x: { 1: 'height', 2: 'width' } } },
    );
    const { outputMetadata } = await InferenceSession.create(sized);
    expect(outputMetadata.map((output) => 'shape' in output && output.shape)).toEqual([
      ['batch', 'height', 'width', 4],
      ['batch', 'half_dim_1', 'half_dim_2', 4],
      ['rows_dim_0', 4],
    ]);
  });

  test('gradients are written in what every ONNX tool knows', async () => {
    const x = normal([2, 6, 6, 3]);
    const slope = ({ w }: { w: Tensor }) => ({
      dw: grad((k: Tensor) => sum(square(conv2d(x as Tensor4D, k as Tensor4D, 1, 'same'))))(w),
    });
    const w = normal([3, 3, 3, 4], 2, 0.3);
    const file = toOnnx(slope, { w });
    expect(new TextDecoder('latin1').decode(file)).not.toContain('com.microsoft');
    const session = await InferenceSession.create(file);
    const { dw } = await session.run({
      w: new RuntimeTensor('float32', w.dataSync() as Float32Array, w.shape),
    });
    const want = await jit(slope, { executor: 'eager' })({ w });
    expect(dw!.data as Float32Array).toBeAllclose(want.dw.dataSync(), { abs: 1e-4, rel: 1e-5 });
  });

  test('an axis whose length the function fails at is no fault of it', async () => {
    const fixed = toOnnx(
      ({ images }: { images: Tensor }) => ({
        probabilities: sum(slice(images, [0, 5, 0, 0], [-1, 3, -1, -1])),
      }),
      { images: zeros([1, 8, 8, 1]) },
      { freeAxes: { images: { 1: 'height' } } },
    );
    expect((await InferenceSession.create(fixed)).inputMetadata[0]).toMatchObject({
      shape: ['batch', 'height', 8, 1],
    });
    const strict = toOnnx(
      ({ images }: { images: Tensor }) => ({ y: einsum('bhwc,h->bwc', images, tensor1d([1, 2, 3, 4])) }),
      { images: zeros([1, 4, 8, 1]) },
      { freeAxes: { images: { 1: 'height' } } },
    );
    expect((await InferenceSession.create(strict)).inputMetadata[0]).toMatchObject({
      shape: ['batch', 4, 8, 1],
    });
  });

  test.each<[string, () => unknown, string]>([
    ['no function', () => toOnnx(7 as never, zeros([1])), 'toOnnx: expected a function, got number.'],
    [
      'an async one',
      () => toOnnx(async (x: Tensor) => x, zeros([1])),
      'toOnnx: the function is async; a traced function is synchronous.',
    ],
    [
      'a free axis by the name of the batch',
      () => toOnnx(network, { images: zeros([1, 16, 16, 3]) }, { freeAxes: { images: { 1: 'batch' } } }),
      "toOnnx: freeAxes.images.1 (='batch') must be another name than that of the batch.",
    ],
  ])('%s is refused', (_name, write, message) => {
    expect(write).toThrow(message);
    expect(write).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  test('is the same bytes for the same function', () => {
    expect(toOnnx(network, { images: zeros([1, 16, 16, 3]) }, { metadata: { classes: 'a,b' } })).toEqual(
      bytes,
    );
  });
});
