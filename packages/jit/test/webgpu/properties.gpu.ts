import '@segscape/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyProperty } from '../rules/properties/every.js';
import { expectEager } from '../rules/properties/sample.js';

const numRuns = Number(process.env.JIT_GPU_RUNS ?? 1);

describe.each(everyProperty)('%s: on the device as eager, gradients included', (_theme, properties) => {
  test.each(properties.map((property) => [...property] as const))('%s', async (_name, samples) => {
    const property = fc.asyncProperty(samples, async (sample) => {
      expect(await expectEager(sample, 'webgpu'), 'operations left to the CPU').toBe(0);
    });
    await fc.assert(property, { seed: 20190613, numRuns, endOnFailure: true });
  });
});
