import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { conv2d, dispose, square, type Tensor, type Tensor4D, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { activationMaximisation } from '../../src/index.js';

/** Two filters of 1×3: the first looks for steps up from left to right, the second for brightness. */
const kernel = () => tensor([-1, 1 / 3, 0, 1 / 3, 1, 1 / 3], [1, 3, 1, 2]);
const activations = ({ kernel: w }: Params, images: Tensor) =>
  conv2d(images as Tensor4D, w as Tensor4D, 1, 'valid');
const bounded = (params: Params, images: Tensor) => tidy(() => activations(params, square(images)));

const options = { activations, filters: [1, 0], size: [6, 8, 1], steps: 40, seed: 3 } as const;
const meanOf = (values: Float32Array) => values.reduce((total, v) => total + v, 0) / values.length;

test('a picture excites its filter more than the noise that it began as', async () => {
  const params = { kernel: kernel() };
  const [bright, steps] = await expectTensors(0, () => activationMaximisation({ ...options, params }));
  expect([bright!.filter, steps!.filter]).toEqual([1, 0]);
  expect(bright!.image).toHaveLength(48);
  // The penalty holds it where a step is as long as the way back: 0.5 + 0.05 / 0.02.
  expect(meanOf(bright!.image)).toBeGreaterThan(1.5);
  expect(meanOf(bright!.image)).toBeLessThan(3);
  expect(bright!.before).toBeCloseTo(0.5, 1);
  expect(bright!.after).toBeCloseTo(meanOf(bright!.image), 0);
  expect(steps!.after).toBeGreaterThan(steps!.before + 0.1);
  dispose(Object.values(params));
});

test('the same seed gives the same bits, another seed another picture', async () => {
  const params = { kernel: kernel() };
  const draw = async (seed: number) =>
    (await activationMaximisation({ ...options, activations: bounded, params, steps: 3, seed }))[0]!.image;
  const first = await draw(7);
  expect(await draw(7)).toEqual(first);
  expect(await draw(8)).not.toEqual(first);
  dispose(Object.values(params));
});

test('without steps nothing is done but the penalty; it pulls to the middle', async () => {
  const params = { kernel: tensor(new Float32Array(6), [1, 3, 1, 2]) };
  const [found] = await activationMaximisation({
    ...options,
    params,
    middle: 0.2,
    deviation: 1,
    decay: 0.5,
    steps: 30,
  });
  for (const value of found!.image) expect(value).toBeCloseTo(0.2, 5);
  dispose(Object.values(params));
});

test('what cannot be is refused', async () => {
  const params = { kernel: kernel() };
  const refused = (more: object) => activationMaximisation({ ...options, params, ...more });
  await expectTensors(0, async () => {
    await expect(refused({ filters: [2] })).rejects.toThrow(
      'activationMaximisation: there is no filter 2; the features have 2, from 0.',
    );
    for (const more of [{ filters: [] }, { size: [0, 4, 1] }, { steps: 0 }, { jitter: 0.5 }, { rate: 0 }])
      await expect(refused(more)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(refused({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
  dispose(Object.values(params));
});
