import { isSegscapeError, type Params, type PlainTensor, random } from '@segscape/core';
import { isNative } from '@segscape/jit';
import { expectTensors, testBackend } from '@segscape/testing';
import * as train from '@segscape/train';
import { adam, type FitOptions, fit, type TrainEvent, type TrainState, trainStep } from '@segscape/train';
import {
  cast,
  conv2d,
  equal,
  expandDims,
  greater,
  logSoftmax,
  type MemoryInfo,
  mean,
  memory,
  mul,
  neg,
  oneHot,
  relu,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** Two convolutions with dropout between: small, and everything that a real network needs. */
const model: FitOptions['model'] = {
  isTrainable: (name) => name !== 'seen',
  init(seed) {
    const rng = random(seed);
    const normal = (shape: number[], scale: number) =>
      tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal() * scale),
        shape,
      );
    return { k1: normal([3, 3, 1, 4], 0.3), k2: normal([1, 1, 4, 2], 0.5), seen: tensor(0) };
  },
  forward: (params, images, { training, seed }) =>
    tidy(() => {
      const hidden = relu(conv2d(images as Tensor4D, params.k1 as Tensor4D, 1, 'same'));
      const dropped = training ? mul(hidden, cast(greater(sub(seed!, 4), -1e9), 'float32')) : hidden;
      return {
        logits: conv2d(dropped as Tensor4D, params.k2 as Tensor4D, 1, 'same'),
        updates: (training
          ? { seen: sum(oneHot(reshape(cast(equal(params.seen!, params.seen!), 'int32'), [1]), 2)) }
          : {}) as Params,
      };
    }),
};

const loss = ({ labels }: { labels: Tensor }, logits: Tensor) =>
  tidy(() => neg(mean(sum(mul(cast(oneHot(cast(labels, 'int32'), 2), 'float32'), logSoftmax(logits)), -1))));

async function* data(epoch: number) {
  const rng = random(5).fork(epoch);
  for (let b = 0; b < 5; b++) {
    const pixels = Float32Array.from({ length: 2 * 8 * 8 }, () => rng.uniform());
    yield {
      images: tensor(pixels, [2, 8, 8, 1]),
      labels: tensor(
        Int32Array.from(pixels, (v) => Number(v > 0.6)),
        [2, 8, 8],
        'int32',
      ),
      ids: [`${b}a`, `${b}b`],
    };
  }
}

const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss,
  optimizer: adam({ learningRate: 0.01 }),
  data,
  epochs: 3,
  seed: 1,
  validation: { test: () => data(1000) },
  ...more,
});

async function collect(
  stream: AsyncIterable<TrainEvent>,
  each?: (event: TrainEvent) => void,
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of stream) {
    events.push(event);
    each?.(event);
  }
  return events;
}

const bits = (record: Readonly<Record<string, PlainTensor>>) =>
  Object.entries(record).map(([name, { data: values }]) => [name, ...values]);
const final = (events: TrainEvent[]): TrainState => {
  const last = events.at(-1)!;
  if (last.type !== 'done') throw new Error('expected done');
  return last.result.state;
};

describe('fit', async () => {
  test('learns, tells of every batch and epoch, and leaks nothing', async () => {
    const events = await expectTensors(0, () => collect(fit(options({ epochs: 6 }))));
    const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event] : []));
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(events.filter(({ type }) => type === 'batch')).toHaveLength(30);
    expect(epochs.at(-1)!.measures.test!.loss!).toBeLessThan(0.9 * epochs[0]!.measures.test!.loss!);
    expect(events.at(-1)).toMatchObject({ type: 'done', result: { stopped: false } });
  });

  test.each([2, 7, 10])('stopped after %i steps and resumed, it gives the same bits', async (stopAt) => {
    const whole = final(await collect(fit(options())));
    const stop = new AbortController();
    const first = await collect(fit(options({ signal: stop.signal })), (event) => {
      if (event.type === 'batch' && event.step === stopAt) stop.abort();
    });
    expect(first.at(-1)).toMatchObject({ type: 'done', result: { stopped: true } });
    const second = await collect(fit(options({ resumeFrom: final(first) })));
    expect(bits(final(second).params)).toEqual(bits(whole.params));
    expect(bits(final(second).optimizer)).toEqual(bits(whole.optimizer));
    expect(final(second).step).toBe(15);
  });

  test('stopped in an evaluation and resumed, it gives the same bits and measures', async () => {
    const epochs = (events: TrainEvent[]) => events.filter(({ type }) => type === 'epoch');
    const whole = await collect(fit(options()));
    const stop = new AbortController();
    let evaluations = 0;
    async function* interrupted() {
      let batches = 0;
      for await (const batch of data(1000)) {
        if (evaluations === 2 && ++batches === 3) stop.abort();
        yield batch;
      }
      evaluations++;
    }
    const validation = { test: interrupted };
    const first = await expectTensors(0, () => collect(fit(options({ signal: stop.signal, validation }))));
    expect(first.at(-1)).toMatchObject({
      type: 'done',
      result: { stopped: true, state: { epoch: 1, batch: 5 } },
    });
    const second = await collect(fit(options({ resumeFrom: final(first) })));
    expect([...epochs(first), ...epochs(second)]).toEqual(epochs(whole));
    expect(bits(final(second).params)).toEqual(bits(final(whole).params));
  });

  test('stopped in the first evaluation, it leaves no checkpoint', async () => {
    const stop = new AbortController();
    const stopping = async function* () {
      stop.abort();
      yield* data(1000);
    };
    const events = await expectTensors(0, () =>
      collect(fit(options({ signal: stop.signal, validation: { test: stopping } }))),
    );
    expect(events.map(({ type }) => type)).toEqual(['progress', 'done']);
    expect(events[1]).toMatchObject({ result: { stopped: true, state: { epoch: 0, step: 0 } } });
  });

  test.skipIf(!(await isNative()))('eager and native training agree', async () => {
    const results = [];
    for (const executor of ['onnxruntime', 'eager'] as const)
      results.push(final(await collect(fit(options({ epochs: 1, jit: { executor } })))));
    for (const name of ['k1', 'k2'])
      expect(results[0]!.params[name]!.data).toBeAllclose(results[1]!.params[name]!.data, {
        abs: 2e-5,
        rel: 1e-4,
      });
  });

  test('textures do not pile up from epoch to epoch', async ({ skip }) => {
    skip(testBackend() !== 'webgl', 'only WebGL has textures');
    const inUse = () => (memory() as MemoryInfo & { numBytesInGPU: number }).numBytesInGPU;
    await collect(fit(options({ epochs: 1 })));
    const before = inUse();
    await collect(fit(options({ epochs: 4 })));
    expect(inUse()).toBe(before);
  });

  test('checkpoints come where asked, and at the end', async () => {
    const events = await collect(fit(options({ epochs: 4, checkpoints: [2] })));
    expect(events.flatMap((event) => (event.type === 'checkpoint' ? [event.state.epoch] : []))).toEqual([
      0, 2, 4,
    ]);
  });

  test('a parameter that is not trainable follows the model, not the gradient', async () => {
    const state = final(await collect(fit(options({ epochs: 1 }))));
    expect(state.params.seen!.data[0]).toBe(1);
    expect(Object.keys(state.optimizer)).not.toContain('mean/seen');
  });

  test('a loss that is not finite stops it and names the samples', async () => {
    const broken = options({ loss: (labels, logits) => mul(loss(labels, logits), Number.NaN) });
    await expect(collect(fit(broken))).rejects.toThrow(/became NaN at step 1 of epoch 1 \(samples 0a, 0b\)/);
  });

  test('empty data are named', async () => {
    const none = async function* () {};
    await expect(collect(fit(options({ data: none, validation: {} })))).rejects.toSatisfy((error) =>
      isSegscapeError(error, 'EMPTY_DATASET'),
    );
  });

  test('a loss per pixel is refused before the first step', async () => {
    const perPixel = options({ loss: (_labels, logits) => expandDims(sum(logits), 0), validation: {} });
    await expect(collect(fit(perPixel))).rejects.toThrow("Use reduction 'mean' or 'sum'");
  });

  test('followImage starts from the given state and shows it every few iterations', async () => {
    const optimizer = adam({ learningRate: 0.01 });
    const params = model.init(1);
    const { seen: _, ...trainable } = params;
    const state = { params, optimizer: optimizer.init(trainable) };
    const [batch] = [await data(0).next()].map(({ value }) => value as { images: Tensor; labels: Tensor });
    const events = [];
    const sample = { images: batch!.images, labels: { labels: batch!.labels } };
    for await (const event of train.followImage({
      step: trainStep({ model, loss, optimizer }),
      state,
      sample,
      iterations: 10,
      every: 4,
    }))
      events.push(event);
    const told = events.filter(({ type }) => type !== 'progress');
    expect(told.map((event) => (event.type === 'state' ? event.iteration : event.type))).toEqual([
      0,
      4,
      8,
      10,
      'done',
    ]);
    expect(params.k1!.isDisposed).toBe(false);
  });

  test('the public names are these', () => {
    expect(Object.keys(train).sort()).toMatchInlineSnapshot(`
      [
        "adam",
        "adamSchema",
        "adamW",
        "adamWSchema",
        "clipByGlobalNorm",
        "constant",
        "cosine",
        "cosineSchema",
        "decodeState",
        "encodeState",
        "fit",
        "followImage",
        "oneCycle",
        "oneCycleSchema",
        "polynomial",
        "polynomialSchema",
        "rmsprop",
        "rmspropSchema",
        "sgd",
        "sgdSchema",
        "step",
        "stepSchema",
        "trainStep",
        "warmup",
      ]
    `);
  });
});
