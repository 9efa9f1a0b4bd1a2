import { isNative } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import { adam, type FitOptions, fit, type TrainEvent, type TrainState } from '@segscape/train';
import { add, matMul, mean, mul, square, sub, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** A line through points, with a statistic that follows the batches it sees. */
const model: FitOptions['model'] = {
  isTrainable: (name) => name !== 'seen',
  init: () => ({ slope: zeros([1, 1]), offset: zeros([1]), seen: tensor(0) }),
  forward: (params, images, { training }) => ({
    logits: add(matMul(images as Tensor & { rank: 2 }, params.slope as Tensor & { rank: 2 }), params.offset!),
    updates: training ? { seen: add(mul(params.seen!, 0.5), mean(images)) } : {},
  }),
};
const points = [-1, 0.5, 2, 3, -2, 1, 0.25];

/** The points in batches of so many, the last what is left. */
const inBatchesOf = (size: number) =>
  async function* () {
    for (let from = 0; from < points.length; from += size) {
      const batch = points.slice(from, from + size).map((x) => [x]);
      const images = tensor(batch);
      yield { images, labels: tidy(() => add(mul(images, 3), square(images))) };
    }
  };

const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss: ({ labels }, logits) => mean(square(sub(labels, logits))),
  optimizer: adam({ learningRate: 0.05 }),
  data: inBatchesOf(2),
  epochs: 3,
  seed: 1,
  checkpoints: [],
  ...more,
});

async function events(given: FitOptions, each?: (event: TrainEvent) => void): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of fit(given)) {
    all.push(event);
    each?.(event);
  }
  return all;
}

const end = (all: readonly TrainEvent[]): TrainState => {
  const last = all.at(-1)!;
  if (last.type !== 'done') throw new Error('expected done');
  return last.result.state;
};

describe('accumulate', async () => {
  test.each(['eager', ...((await isNative()) ? (['onnxruntime'] as const) : [])] as const)(
    'small batches train as large ones do, an unequal last one too (%s)',
    async (executor) => {
      const jit = { executor };
      const small = await expectTensors(0, () => events(options({ accumulate: 2, averageDecay: 0.5, jit })));
      const large = await events(options({ data: inBatchesOf(4), averageDecay: 0.5, jit }));
      for (const part of ['params', 'average'] as const)
        for (const name of ['slope', 'offset'])
          expect(end(small)[part]![name]!.data[0]).toBeCloseTo(end(large)[part]![name]!.data[0]!, 5);
      const told = (all: readonly TrainEvent[]) =>
        all.flatMap((event) => (event.type === 'batch' ? [event] : []));
      expect(told(small).map(({ batch }) => batch)).toEqual([2, 4, 2, 4, 2, 4]);
      expect(told(small).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
      told(small).forEach(({ loss }, i) => {
        expect(loss).toBeCloseTo(told(large)[i]!.loss, 4);
      });
      // The statistic has seen every batch, not every update.
      let seen = 0;
      for (let epoch = 0; epoch < 3; epoch++)
        for (let from = 0; from < points.length; from += 2) {
          const batch = points.slice(from, from + 2);
          seen = 0.5 * seen + batch.reduce((a, b) => a + b, 0) / batch.length;
        }
      expect(end(small).params.seen!.data[0]).toBeCloseTo(seen, 5);
    },
  );

  test('stopped and resumed, it gives the same bits', async () => {
    const given = options({ accumulate: 3 });
    const whole = end(await events(given));
    const stop = new AbortController();
    const first = await expectTensors(0, () =>
      events({ ...given, signal: stop.signal }, (event) => {
        if (event.type === 'batch' && event.step === 3) stop.abort();
      }),
    );
    expect(end(first)).toMatchObject({ epoch: 1, batch: 3, step: 3 });
    expect(end(await events({ ...given, resumeFrom: end(first) })).params).toEqual(whole.params);
  });

  test('more than an epoch has are what it has', async () => {
    const all = await events(options({ accumulate: 99, epochs: 2 }));
    expect(all.flatMap((event) => (event.type === 'batch' ? [event.batch] : []))).toEqual([4, 4]);
  });

  test('a group that fails leaves nothing behind', async () => {
    const broken = async function* () {
      yield* inBatchesOf(2)();
      throw new Error('the disk is gone');
    };
    await expectTensors(0, () =>
      expect(events(options({ accumulate: 3, data: broken }))).rejects.toThrow('the disk is gone'),
    );
  });

  test.each([0, 1.5, Number.NaN])('%d is refused', async (accumulate) => {
    const message = 'must be a positive integer, in batches';
    await expect(events(options({ accumulate }))).rejects.toThrow(message);
  });
});
