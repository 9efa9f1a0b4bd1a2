import { useBackend } from '@segscape/backend';
import { random } from '@segscape/core';
import { lossFromConfig, lossSchemas } from '@segscape/losses';
import '@segscape/testing';
import { setBackend, type Tensor, tensor, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

afterAll(() => setBackend('cpu'));

const rng = random(3);
const scores = Float32Array.from({ length: 2 * 6 * 6 * 3 }, () => 2 * rng.normal());
const classes = Int32Array.from({ length: 2 * 6 * 6 }, () => rng.integer(0, 3));

/** Losses that a name alone makes. */
const names = Object.keys(lossSchemas).filter(
  (name) => !['weightedSum', 'pixelWeighted', 'boundary'].includes(name),
);

/** A loss and its gradient by the logits, on the backend that is set. */
function valueAndGradient(name: string): Float32Array[] {
  const loss = lossFromConfig({ name });
  return tidy(() => {
    const labels = tensor(classes, [2, 6, 6], 'int32');
    const { value, grad } = valueAndGrad((logits: Tensor) => loss(labels, logits))(
      tensor(scores, [2, 6, 6, 3]),
    );
    return [value.dataSync() as Float32Array, grad.dataSync() as Float32Array];
  });
}

describe('losses on wasm give the values and gradients of cpu', () => {
  const expected = new Map<string, readonly Float32Array[]>();
  // Each backend is prepared once: all losses on the one, then all on the other.
  beforeAll(async () => {
    await useBackend('cpu');
    for (const name of names) expected.set(name, valueAndGradient(name));
    await useBackend('wasm', { threads: 1 });
  });

  test.each(names)('%s', (name) => {
    const [value, gradient] = valueAndGradient(name);
    expect(value).toBeAllclose(expected.get(name)![0]!, { rel: 2e-5 });
    expect(gradient).toBeAllclose(expected.get(name)![1]!, { abs: 2e-6, rel: 1e-4 });
  });
});
