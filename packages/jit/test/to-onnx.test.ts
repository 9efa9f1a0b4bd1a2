import { jit, toOnnx } from '@segscape/jit';
import '@segscape/testing';
import {
  concat,
  conv2d,
  conv2dTranspose,
  maxPool,
  relu,
  reshape,
  softmax,
  sum,
  type Tensor,
  type Tensor4D,
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

  test('is the same bytes for the same function', () => {
    expect(toOnnx(network, { images: zeros([1, 16, 16, 3]) }, { metadata: { classes: 'a,b' } })).toEqual(
      bytes,
    );
  });
});
