import { isSegscapeError, SegscapeError } from '@segscape/core';
import { isNative } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import { adam, clipByGlobalNorm, cosine, type FitOptions, fit, sgd, type TrainEvent } from '@segscape/train';
import {
  add,
  matMul,
  mean,
  mul,
  reshape,
  scalar,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** A line, with a statistic that follows the batches it sees. */
const model: FitOptions['model'] = {
  isTrainable: (name) => name !== 'seen',
  init: () => ({ slope: zeros([1, 1]), seen: scalar(0) }),
  forward: (params, images, { training }) => ({
    logits: matMul(images as Tensor2D, params.slope as Tensor2D),
    updates: training ? { seen: add(mul(params.seen!, 0.5), mean(images)) } : {},
  }),
};
const points = [-1, 0.5, 2, 3];

function batchesOf(size: number) {
  return Array.from({ length: points.length / size }, (_, i) => {
    const images = tensor(points.slice(i * size, (i + 1) * size).map((x) => [x]));
    return { images, labels: mul(images, 3), ids: [`pair ${i}`] };
  });
}

const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss: ({ labels }, logits) => mean(square(sub(labels, logits))),
  optimizer: adam({ learningRate: 0.05 }),
  // A plain list: generators and streams are not all that is iterable.
  data: () => batchesOf(2),
  epochs: 2,
  seed: 1,
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

const steps = (all: readonly TrainEvent[]) => all.flatMap((event) => (event.type === 'batch' ? [event] : []));
const end = (all: readonly TrainEvent[]) => {
  const last = all.at(-1)!;
  if (last.type !== 'done') throw new Error('expected done');
  return last.result.state;
};
const executors = ['eager', ...((await isNative()) ? (['onnxruntime'] as const) : [])] as const;

describe.each(executors)('records (%s)', (executor) => {
  const jit = { executor };

  test('gradient norm of the first step by hand: |d/ds mean((3x − sx)²)| at s = 0 is 6 mean(x²)', async () => {
    const all = await expectTensors(0, () => events(options({ records: true, jit })));
    const [first] = steps(all);
    expect(first!.gradientNorm).toBeCloseTo((6 * (1 + 0.25)) / 2, 5);
    expect(first!.learningRate).toBeCloseTo(0.05, 7);
    expect(first!.ids).toEqual(['pair 0']);
  });

  test('does not change what is trained, and is silent unless it is asked for', async () => {
    const [plain, recorded] = [await events(options({ jit })), await events(options({ records: true, jit }))];
    expect(end(recorded)).toEqual(end(plain));
    for (const event of steps(plain)) {
      expect(event).not.toHaveProperty('gradientNorm');
      expect(event).not.toHaveProperty('learningRate');
    }
  });

  test('the norm is that before clipping, the rate that of the schedule, groups of batches included', async () => {
    const optimizer = clipByGlobalNorm(sgd({ learningRate: cosine({ initial: 0.1, steps: 4 }) }), {
      maxNorm: 0.5,
    });
    const plain = steps(await events(options({ optimizer, records: true, jit })));
    expect(plain[0]!.gradientNorm).toBeGreaterThan(0.5);
    const expected = [0, 1, 2, 3].map((step) => 0.05 * (1 + Math.cos((Math.PI * step) / 4)));
    plain.forEach(({ learningRate }, i) => {
      expect(learningRate).toBeCloseTo(expected[i]!, 6);
    });
    const grouped = steps(await events(options({ optimizer, accumulate: 2, records: true, jit })));
    expect(grouped[0]!.gradientNorm).toBeCloseTo((6 * (1 + 0.25 + 4 + 9)) / 4, 4);
  });
});

test.each(executors)(
  'a parameter that the loss does not read stays, and the others train as without it (%s)',
  async (executor) => {
    const headed: FitOptions['model'] = {
      ...model,
      init: () => ({ ...model.init(1), head: tensor([4, 5]) }),
      forward: ({ head: _, ...params }, images, given) => model.forward(params, images, given),
    };
    await expectTensors(0, async () => {
      const [plain, beside] = [
        end(await events(options({ jit: { executor } }))),
        end(await events(options({ model: headed, jit: { executor } }))),
      ];
      expect(Array.from(beside.params.head!.data)).toEqual([4, 5]);
      expect(beside.params.slope).toEqual(plain.params.slope);
    });
  },
);

describe('terms', () => {
  test('each split tells the mean of every part of the loss', async () => {
    const all = await expectTensors(0, () =>
      events(
        options({
          validation: { held: () => batchesOf(4) },
          terms: {
            square: ({ labels }, logits) => mean(square(sub(labels, logits))),
            sum: (_, l) => mean(l),
          },
        }),
      ),
    );
    const first = all.find((event) => event.type === 'epoch')!;
    const { held } = first.measures;
    expect(held!['loss.square']).toBe(held!.loss);
    expect(held!['loss.sum']).toBe(0);
    expect(held!.loss).toBeCloseTo((9 * (1 + 0.25 + 4 + 9)) / 4, 4);
  });
});

describe('statistics', () => {
  const given = { averageDecay: 0.5, validation: { held: () => batchesOf(4) } };
  const statistics = ({ slope }: Record<string, Tensor>) => ({
    seen: tidy(() => add(mul(reshape(slope!, []), 2), 7)),
  });

  test('take the place of the running ones in every checkpoint, those of the average too; weights train the same', async () => {
    const all = await expectTensors(0, () => events(options({ ...given, statistics })));
    const plain = await events(options(given));
    for (const event of all)
      if (event.type === 'checkpoint')
        for (const record of [event.state.params, event.state.average!])
          expect(record.seen!.data[0]).toBeCloseTo(2 * record.slope!.data[0]! + 7, 5);
    expect(end(all).params.slope).toEqual(end(plain).params.slope);
    expect(end(all).average!.slope).not.toEqual(end(all).params.slope);
  });

  test('stopped at any batch and resumed, the same bits', async () => {
    const whole = end(await events(options({ ...given, statistics })));
    for (const stopAt of [1, 2, 3]) {
      const controller = new AbortController();
      const half = await events(options({ ...given, statistics, signal: controller.signal }), (event) => {
        if (event.type === 'batch' && event.step === stopAt) controller.abort();
      });
      expect(end(await events(options({ ...given, statistics, resumeFrom: end(half) })))).toEqual(whole);
    }
  });
});

describe('memory and devices at their end', () => {
  const failing = (message: string): FitOptions =>
    options({
      loss: () => {
        throw new Error(message);
      },
      jit: { executor: 'eager' },
      validation: {},
    });

  test.each([
    ['Failed to allocate memory for requested buffer of size 1024', 'memory'],
    ['std::bad_alloc', 'memory'],
    ['OOM when allocating tensor with shape[4,64,256,256]', 'memory'],
    ['GPUOutOfMemoryError: a buffer', 'memory'],
    ['Cannot enlarge memory arrays to size 2147483648 bytes', 'memory'],
    ['WebGL context was lost', 'context'],
  ])('%s', async (message, reason) => {
    const error = await events(failing(message)).catch((caught: unknown) => caught);
    if (!isSegscapeError(error, 'BACKEND_UNAVAILABLE')) throw error;
    expect(error.details).toMatchObject({ reason, batchSize: 2, tryBatchSize: 1, step: 1 });
    expect(error.message).toContain('Try a batch size of 1 (accumulate: 2 trains as before)');
    expect((error.cause as Error).message).toContain(message);
  });

  test('what ONNX Runtime says of memory, where the compiler has blamed a kernel for it', async () => {
    const cause = new Error('Failed to allocate memory for requested buffer of size 1024');
    const blamed = (why: Error): FitOptions => ({
      ...failing(''),
      loss: () => {
        throw new SegscapeError('NOT_TRACEABLE', 'jit: ONNX Runtime failed in ONNX operation Conv.', {
          cause: why,
        });
      },
    });
    const error = await events(blamed(cause)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      details: { reason: 'memory', tryBatchSize: 1 },
    });
    const other = await events(blamed(new Error('shapes differ'))).catch((caught: unknown) => caught);
    expect(other).toMatchObject({ code: 'NOT_TRACEABLE' });
  });

  test('in an evaluation, too: its batches may be larger than those of training', async () => {
    const few = options();
    const large = () => {
      const images = tensor(Array.from({ length: 8 }, (_, i) => [i]));
      return { images, labels: mul(images, 3) };
    };
    const failing: FitOptions = {
      ...few,
      jit: { executor: 'eager' },
      loss: (given, logits) => {
        if (logits.shape[0] === 8)
          throw new Error('Failed to allocate memory for requested buffer of size 1024');
        return few.loss(given, logits);
      },
      validation: { test: () => [large()] },
    };
    const error = await events(failing).catch((caught: unknown) => caught);
    if (!isSegscapeError(error, 'BACKEND_UNAVAILABLE')) throw error;
    expect(error.details).toMatchObject({ reason: 'memory', batchSize: 8, tryBatchSize: 4, split: 'test' });
    expect(error.message).toContain(
      "fit: there was not enough memory in the evaluation of 'test' after step 0, with 8 images a batch. Try a batch size of 4, or smaller crops;",
    );
  });

  test('any other error stays what it is', async () => {
    await expect(events(failing('no such thing'))).rejects.toThrow(/no such thing/);
    const error = await events(failing('no such thing')).catch((caught: unknown) => caught);
    expect(isSegscapeError(error, 'BACKEND_UNAVAILABLE')).toBe(false);
  });
});
