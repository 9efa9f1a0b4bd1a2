import { listBackends, useBackend } from '@segscape/backend';
import { backend, env, fill, getBackend, square } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

// As on phones whose drivers draw to no 32-bit textures; read once, when the backend starts.
env().set('WEBGL_FORCE_F16_TEXTURES', true);

const reason = /^float16: its driver draws to no 32-bit textures, .*; (cpu|webgpu) has float32$/;

test('half precision by name: it works, and says what it is', async () => {
  expect(await useBackend('webgl')).toMatchObject({ precision: 'float16', canTrain: true });
  expect([getBackend(), backend().floatPrecision(), backend().epsilon()]).toEqual(['webgl', 16, 1e-4]);
  const [third] = await square(fill([32, 32], 1 / 3)).data();
  expect(Math.abs(third! - 1 / 9)).toBeGreaterThan(1e-7);
});

test('listBackends says it', async () => {
  const infos = await listBackends();
  expect(infos.find(({ name }) => name === 'webgl')).toMatchObject({
    available: true,
    canTrain: true,
    precision: 'float16',
    reason: expect.stringMatching(reason),
  });
});

test("'auto' passes it over for any other that trains", async () => {
  const { name, precision, passedOver } = await useBackend('auto', { fresh: true });
  expect(name).not.toBe('webgl');
  expect(precision).toBe('float32');
  expect(passedOver?.find((info) => info.name === 'webgl')?.reason).toMatch(reason);
});
