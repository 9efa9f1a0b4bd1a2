import { useBackend } from '@segscape/backend';
import { backend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('a driver of 32-bit textures is taken for one, with the epsilon of 32 bits', async () => {
  expect(await useBackend('webgl')).toMatchObject({ precision: 'float32', canTrain: true });
  expect([backend().floatPrecision(), backend().epsilon()]).toEqual([32, 1e-7]);
});
