import * as losses from '@segscape/losses';
import { type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { everyLoss } from '../every-loss.js';

const labels = tensor([0, 1, 1, 0], [1, 2, 2], 'int32');
const logits = zeros([1, 2, 2, 2]);
const { dice, boundary, crossEntropy, weightedSum } = losses;

describe.each(Object.entries(everyLoss))('%s refuses', (_, loss) => {
  test.each([
    ['nested arrays', [[[0, 1]]]],
    ['a typed array', new Int32Array(4)],
    ['nothing', undefined],
    ['null', null],
    ['an object without labels', { distances: logits }],
  ])('%s in place of labels', (__, given) => {
    expect(errorOf(() => loss(given as never, zeros([1, 2, 2, 3]))).code).toBe('BAD_OPTION');
  });

  test.each([
    ['nested arrays', [[[[0, 1, 1]]]]],
    ['a typed array', new Float32Array(12)],
    ['nothing', undefined],
  ])('%s in place of logits', (__, given) => {
    expect(errorOf(() => loss(labels, given as never)).code).toBe('BAD_OPTION');
  });

  test.each([[[0, 2, 2, 3]], [[1, 0, 2, 3]]])('logits of no pixel, %j', (shape) => {
    const none = zeros(shape.slice(0, -1), 'int32');
    expect(errorOf(() => loss(none, zeros(shape))).code).toBe('SHAPE_MISMATCH');
  });
});

const messages: readonly (readonly [said: string, call: () => Tensor])[] = [
  [
    'dice: labels (=[[[0,1]]]) must be a tensor, as tensor(values, shape) makes one, and not be disposed before.',
    () => dice()([[[0, 1]]] as never, logits),
  ],
  [
    'dice: labels (=undefined) must be a tensor, as tensor(values, shape) makes one, and not be disposed before.',
    () => dice()(undefined as never, logits),
  ],
  [
    'crossEntropy: logits (=[0,0,0,0,0,0,0,0]) must be a tensor, as tensor(values, shape) makes one, and not be disposed before.',
    () => crossEntropy()(labels, new Float32Array(8) as never),
  ],
  [
    'boundary: distances (=[1]) must be a tensor, as tensor(values, shape) makes one, and not be disposed before.',
    () => boundary()({ labels, distances: [1] as never }, logits),
  ],
  [
    'weightedSum: labels (=null) must be a tensor, as tensor(values, shape) makes one, and not be disposed before.',
    () => weightedSum([[dice(), 1]])(null as never, logits),
  ],
  [
    'dice: expected logits [batch, …space, classes] of at least one pixel, got [].',
    () => dice()(tensor(0), tensor(1)),
  ],
  [
    'dice: expected logits [batch, …space, classes] of at least one pixel, got [0, 2, 2, 2].',
    () => dice()(zeros([0, 2, 2], 'int32'), zeros([0, 2, 2, 2])),
  ],
];

test.each(messages)('%s', (said, call) => {
  expect(errorOf(call).message).toBe(said);
});

test('logits that have been disposed', () => {
  const gone = zeros([1, 2, 2, 2]);
  gone.dispose();
  expect(errorOf(() => dice()(labels, gone)).message).toBe(
    "dice: logits (='disposed') must be a tensor, as tensor(values, shape) makes one, and not be disposed before.",
  );
});
