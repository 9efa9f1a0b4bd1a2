import { useBackend } from '@segscape/backend';
import { random } from '@segscape/core';
import { lossFromConfig, lossSchemas } from '@segscape/losses';
import '@segscape/testing';
import { setBackend, type Tensor, tensor, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';

afterAll(() => setBackend('cpu'));

const rng = random(3);
const scores = Float32Array.from({ length: 2 * 6 * 6 * 3 }, () => 2 * rng.normal());
const classes = Int32Array.from({ length: 2 * 6 * 6 }, () => rng.integer(0, 3));

/** Losses that a name alone makes. */
const names = Object.keys(lossSchemas).filter(
  (name) => !['weightedSum', 'pixelWeighted', 'boundary'].includes(name),
);

describe('losses on wasm give the values and gradients of cpu', () => {
  test.each(names)('%s', async (name) => {
    const results: Float32Array[][] = [];
    for (const backend of ['cpu', 'wasm'] as const) {
      await useBackend(backend, { threads: 1 });
      const loss = lossFromConfig({ name });
      results.push(
        tidy(() => {
          const labels = tensor(classes, [2, 6, 6], 'int32');
          const { value, grad } = valueAndGrad((logits: Tensor) => loss(labels, logits))(
            tensor(scores, [2, 6, 6, 3]),
          );
          return [value.dataSync() as Float32Array, grad.dataSync() as Float32Array];
        }),
      );
    }
    const [cpu, wasm] = results as [Float32Array[], Float32Array[]];
    expect(wasm[0]).toBeAllclose(cpu[0]!, { rel: 2e-5 });
    expect(wasm[1]).toBeAllclose(cpu[1]!, { abs: 2e-6, rel: 1e-4 });
  });
});
