import { useBackend } from '@segscape/backend';
import { beforeAll } from 'vitest';

// As the README asks: TensorFlow.js's own products of odd matrices on WebGL take in what lies beside a matrix in its texture,
// which is 0 in software and NaN on a graphics card.
beforeAll(async () => {
  await useBackend('webgl');
});
