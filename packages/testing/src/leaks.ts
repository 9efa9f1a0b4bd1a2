import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Runs `action` and expects it to leave exactly `more` tensors beyond what was there. */
export async function expectTensors<T>(more: number, action: () => T | Promise<T>): Promise<T> {
  const before = memory().numTensors;
  const result = await action();
  expect(memory().numTensors - before, 'tensors left behind').toBe(more);
  return result;
}
