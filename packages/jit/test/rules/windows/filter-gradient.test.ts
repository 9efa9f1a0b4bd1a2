import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Lowering } from '../../../src/lowering/lowering.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { isShiftable, pairOf } from '../../../src/rules/windows/shifted-copies.js';
import { shiftedProducts } from '../../../src/rules/windows/shifted-products.js';
import { convolutionWindow } from '../../../src/rules/windows/window.js';
import { normal } from '../../compare.js';

interface Case {
  readonly x: number[];
  readonly filter: number[];
  readonly pad: 'same' | 'valid';
}

/** The filter's gradient of a convolution by a graph of its own, `[kh, kw, in, out]`, and that by TensorFlow.js. */
async function gradients({ x, filter, pad }: Case, threads = 1) {
  const window = convolutionWindow(x, filter, { strides: 1, pad });
  expect(isShiftable(window)).toBe(true);
  const to = new Lowering([]);
  const dims = { x, dy: window.outShape };
  const first = ([n, h, w, c]: readonly number[]) => [n!, c!, h!, w!];
  const value = (name: 'x' | 'dy') => to.value({ shape: dims[name], dtype: 'float32' }, name, 'first');
  const name = shiftedProducts(to, pairOf(to, value('x'), value('dy'), window));
  to.graph.output('gradient', name);
  const inputs = (['x', 'dy'] as const).map((key) => ({
    name: key,
    type: 'float32' as const,
    dims: first(dims[key]),
  }));
  const outputs = [{ name: 'gradient', type: 'float32' as const, dims: filter }];
  const model = to.graph.model('gradient', inputs, outputs);
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: threads });
  // Sines, so that sums are rounded.
  const given = { x: tf.sin(normal(x, 1)), dy: tf.sin(normal([...window.outShape], 2)) };
  const feed = (tensor: tf.Tensor) =>
    new RuntimeTensor(
      'float32',
      tf.transpose(tensor, [0, 3, 1, 2]).dataSync() as Float32Array,
      first(tensor.shape),
    );
  const { gradient } = await session.run({ x: feed(given.x), dy: feed(given.dy) });
  await session.release();
  const convolve = (w: tf.Tensor) => tf.conv2d(given.x as tf.Tensor4D, w as tf.Tensor4D, 1, pad);
  const want = () => tf.grad(convolve)(tf.zeros(filter), given.dy);
  return {
    got: tf.tensor(gradient!.data as Float32Array, filter),
    want,
    given,
    ops: model.nodes.map(({ op }) => op),
  };
}

const small = (most: number) => fc.integer({ min: 1, max: most });
const cases: fc.Arbitrary<Case> = fc
  .record({
    batch: small(2),
    size: fc.tuple(small(7), small(7)),
    filter: fc.tuple(small(4), small(4)),
    inputs: small(5),
    outputs: small(5),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  })
  .map(({ batch, size, filter, inputs, outputs, pad }) => ({
    x: [batch, ...size.map((n, i) => Math.max(n, filter[i]!)), inputs],
    filter: [...filter, inputs, outputs],
    pad,
  }));

test("a filter's gradient is that of TensorFlow.js", () =>
  fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const { got, want } = await gradients(given);
      expect(got).toBeAllclose(want(), { abs: 1e-4, rel: 1e-5 });
    }),
    { seed: 20190613, numRuns: 60 },
  ));

test('also in strips of rows, each gathered by itself', async () => {
  const large: Case = { x: [1, 300, 310, 15], filter: [3, 3, 15, 16], pad: 'same' };
  const { got, given, ops } = await gradients(large);
  const [x, dy, found] = [given.x, given.dy, got].map((tensor) => tensor.dataSync());
  // All of it takes TensorFlow.js a minute: some entries, summed one by one.
  for (const [i, j, input, output] of [
    [0, 0, 0, 0],
    [1, 1, 7, 15],
    [2, 0, 14, 3],
    [0, 2, 3, 9],
  ] as const) {
    let sum = 0;
    for (let row = 0; row < 300; row++)
      for (let column = 0; column < 310; column++) {
        const [y, z] = [row + i - 1, column + j - 1];
        if (y < 0 || z < 0 || y >= 300 || z >= 310) continue;
        sum += x![(y * 310 + z) * 15 + input]! * dy![(row * 310 + column) * 16 + output]!;
      }
    expect(Math.abs(found![((i * 3 + j) * 15 + input) * 16 + output]! - sum)).toBeLessThan(2e-2);
  }
  expect(ops).toContain('Add');
  expect(ops.filter((op) => op === 'Gather').length).toBeGreaterThan(1);
});

test('gathered rows give the same bits for any number of threads', async () => {
  const given: Case = { x: [1, 32, 48, 16], filter: [3, 3, 16, 32], pad: 'same' };
  const runs = [];
  for (const threads of [1, 2, 3]) runs.push((await gradients(given, threads)).got.dataSync());
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).toEqual(runs[0]);
});
