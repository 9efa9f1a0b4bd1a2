import { useBackend } from '@segscape/backend';
import { adamStep, followed } from '@segscape/backend/updates';
import {
  add,
  div,
  grad,
  matMul,
  memory,
  mul,
  profile,
  type Scalar,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

beforeAll(() => useBackend('webgl'));

const shapes = [[], [1], [7], [3, 5], [1, 1, 5, 3], [3, 3, 2, 4], [2, 3, 3, 3, 1], [41, 67]] as const;
const waves = (shape: readonly number[], step: number, shift = 0) => {
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => shift + Math.sin(step * i + step)),
    [...shape],
  );
};
const values = (x: Tensor) => Array.from(x.dataSync());

const composed = (
  value: Tensor,
  moments: { mean: Tensor; squares: Tensor; stride: Tensor; epsilon: Tensor },
) => sub(value, mul(div(moments.mean, add(sqrt(moments.squares), moments.epsilon)), moments.stride));

describe.each(shapes.map((shape) => ({ shape, name: `[${shape}]` })))('weights $name', ({ shape }) => {
  const given = () => ({
    value: waves(shape, 0.7),
    moments: {
      mean: waves(shape, 0.3),
      squares: waves(shape, 0.9, 1),
      stride: div(scalar(0.02), scalar(2)) as Scalar,
      epsilon: scalar(1e-8),
    },
  });
  test('a running average, of samples and of their squares', () => {
    const [average, sample] = [waves(shape, 0.2), waves(shape, 1.1)];
    for (const squared of [false, true]) {
      const of = squared ? square(sample) : sample;
      const expected = values(add(average, mul(sub(of, average), 0.1)));
      const found = values(followed(average, sample, 0.1, { squared }));
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 6);
      });
    }
  });
  test('a step of Adam, which may go into a matrix product', () => {
    const { value, moments } = given();
    const [found, expected] = [adamStep(value, moments), composed(value, moments)];
    const wanted = values(expected);
    values(found).forEach((entry, i) => {
      expect(entry).toBeCloseTo(wanted[i]!, 6);
    });
    if (shape.length !== 2) return;
    const product = (x: Tensor) => values(matMul(x as Tensor2D, x as Tensor2D, false, true));
    const [ours, theirs] = [product(found), product(expected)];
    ours.forEach((entry, i) => {
      expect(entry).toBeCloseTo(theirs[i]!, 3);
    });
  });
});

test('one kernel each, no tensor left behind', async () => {
  const weights = waves([3, 3, 2, 4], 0.5);
  const before = memory().numTensors;
  const { kernelNames } = await profile(() => followed(weights, weights, 0.1, { squared: true }).dispose());
  expect(kernelNames).toEqual(['SegscapeFollowed']);
  expect(memory().numTensors).toBe(before);
});

test('differentiated, the operations stand one by one', () => {
  const average = waves([4], 0.6);
  const slope = grad((at: Tensor) => sum(followed(average, at, 0.25)))(waves([4], 0.4));
  expect(values(slope)).toEqual([0.25, 0.25, 0.25, 0.25]);
});
