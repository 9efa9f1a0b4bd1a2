import { jit } from '@segscape/jit';
import '@segscape/testing';
import { add, dispose, memory, mul, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('10,000 steps leave memory flat', async () => {
  const step = jit(
    ({ state, rate }: { state: Tensor; rate: Tensor }) => ({
      next: add(mul(state, 0.999), rate),
      total: sum(state),
    }),
    { executor: 'onnxruntime' },
  );
  let state: Tensor = tensor(new Float32Array(100_000));
  const before = memory().numTensors;
  const resident: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    const { next, total } = await step({ state, rate: i / 10_000 });
    dispose([state, total]);
    state = next;
    if (i % 1000 === 999) resident.push(process.memoryUsage().rss);
  }
  expect(memory().numTensors).toBe(before);
  // The first thousands fill pools; from then on less than 20 MB may come and go.
  expect(Math.max(...resident.slice(3)) - resident[3]!).toBeLessThan(20e6);
  await step.dispose();
});
