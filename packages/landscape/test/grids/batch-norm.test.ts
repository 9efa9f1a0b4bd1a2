import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  add,
  dispose,
  mean,
  mul,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type BatchNorm, inline, line, preciseStatistics } from '../../src/index.js';

// One weight, one statistic: the loss is (mean of (w·x − statistic))² + w, and w·x̄ the true statistic.
const objective = ({ w, running }: Params, x: Tensor): Record<string, Scalar> => ({
  loss: add(square(mean(sub(mul(x, w!), running!))), w!) as Scalar,
});

async function along(batchNorm?: BatchNorm) {
  const params = { w: tensor(1), running: tensor(2) };
  const direction = { w: tensor(1), running: tensor(1) };
  const batches = [tensor([1, 2]), tensor([4])];
  const runner = inline({ executor: 'eager' });
  try {
    const options = { objective, params, direction, x: [0, 1, 3] as const, batches, runner };
    for await (const event of line(batchNorm ? { ...options, batchNorm } : options))
      if (event.type === 'done') return event.result;
    throw new Error('no done event');
  } finally {
    await runner.dispose();
    dispose([params, direction, batches] as unknown as Tensor[]);
  }
}

// (w·x̄ of each batch − s)² weighed by samples, plus w.
const expected = (w: number, s: number) => (2 * (1.5 * w - s) ** 2 + (4 * w - s) ** 2) / 3 + w;

test('carried moves the statistics, frozen keeps them, precise computes them anew; each is recorded', async () => {
  const isStatistic = (name: string) => name === 'running';
  const carried = await along({ mode: 'carried' });
  expect(carried.values.loss).toBeAllclose([expected(1, 2), expected(1.5, 2.5), expected(2, 3)]);
  expect(carried.attributes).toEqual({ batchNorm: 'carried' });
  const unsaid = await along();
  expect(unsaid.values).toEqual(carried.values);
  expect(unsaid.attributes).toEqual({});

  const frozen = await along({ mode: 'frozen', isStatistic });
  expect(frozen.values.loss).toBeAllclose([expected(1, 2), expected(1.5, 2), expected(2, 2)]);

  const all = [tensor([1, 2]), tensor([4])];
  const recompute = preciseStatistics(
    ({ w }: Params, x: Tensor): Params => tidy(() => ({ running: mean(mul(x, w!)) })),
    { batches: all },
  );
  const precise = await expectTensors(0, () => along({ mode: 'precise', recompute }));
  const mean3 = 7 / 3;
  expect(precise.values.loss).toBeAllclose([
    expected(1, mean3),
    expected(1.5, 1.5 * mean3),
    expected(2, 2 * mean3),
  ]);
  expect(precise.attributes).toEqual({ batchNorm: 'precise' });
  dispose(all);
});

test('another mode, and statistics that no parameter holds, are named', async () => {
  await expect(along({ mode: 'moving' as 'carried' })).rejects.toThrow(
    "line: batchNorm.mode (='moving') must be 'carried', 'frozen' or 'precise'.",
  );
  await expect(along({ mode: 'frozen' } as never)).rejects.toThrow(
    'line: batchNorm.isStatistic (=undefined) must be a function.',
  );
  await expect(along({ mode: 'precise' } as never)).rejects.toThrow(
    'line: batchNorm.recompute (=undefined) must be a function.',
  );
  await expect(along({ mode: 'precise', recompute: () => ({ runing: tensor(1) }) })).rejects.toThrow(
    "recompute gave 'runing' shaped [], the parameters have none of this name",
  );
});
