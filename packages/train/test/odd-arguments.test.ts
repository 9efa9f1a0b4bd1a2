import { isSegscapeError } from '@segscape/core';
import * as train from '@segscape/train';
import * as callbacks from '@segscape/train/callbacks';
import { clipByValue, parameterGroups } from '@segscape/train/optimizers';
import { sequence, warmup } from '@segscape/train/schedules';
import { tensor, train as tfTrain } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { data, ended, good, model } from './tiny-training.js';

async function* none() {}
const drained = async (events: AsyncIterable<unknown>) => {
  for await (const _ of events);
};

/** Values that no function, and nothing that is made of functions, is. */
const odd = fc.constantFrom<unknown>(null, 0, 1.5, Number.NaN, '', 'adam', true, [], {}, [1], { a: 1 });
const state = { epoch: 0, batch: 0, step: 0, lossSum: 0, params: {}, optimizer: {} };

/** Calls with one argument that is of another kind, each with the words that its error begins with. */
const calls: Readonly<Record<string, (value: unknown) => unknown>> = {
  'fit: model': (value) => ended({ ...good, model: value }),
  'fit: model.init': (value) => ended({ ...good, model: { ...model, init: value } }),
  'fit: loss': (value) => ended({ ...good, loss: value }),
  'fit: optimizer': (value) => ended({ ...good, optimizer: value }),
  'fit: data': (value) => ended({ ...good, data: value }),
  'fit: validation.test': (value) => ended({ ...good, validation: { test: value } }),
  'fit: terms.a': (value) => ended({ ...good, terms: { a: value } }),
  'fit: metrics': (value) => ended({ ...good, metrics: value }),
  'fit: statistics': (value) => ended({ ...good, statistics: value }),
  'fit: averageDecay': (value) => ended({ ...good, averageDecay: value }),
  'trainStep: model': (value) =>
    train.trainStep({ model: value, loss: good.loss, optimizer: good.optimizer } as never),
  'trainStep: loss': (value) => train.trainStep({ model, loss: value, optimizer: good.optimizer } as never),
  'trainStep: optimizer': (value) => train.trainStep({ model, loss: good.loss, optimizer: value } as never),
  'followImage: step': (value) =>
    drained(train.followImage({ step: value, state, sample: {}, iterations: 1, every: 1 } as never)),
  'parameterGroups: groupOf': (value) =>
    parameterGroups({ groupOf: value as never, optimizers: { a: good.optimizer } }),
  'parameterGroups: optimizers.a': (value) =>
    parameterGroups({ groupOf: () => 'a', optimizers: { a: value as never } }),
  'warmup: schedule': (value) => warmup({ steps: 2, schedule: value as never }),
  'sequence: schedules[0]': (value) => sequence({ schedules: [value as never], milestones: [] }),
  'csvLogger: append': (value) => drained(callbacks.csvLogger(none(), value as never)),
  'progressBar: write': (value) => drained(callbacks.progressBar(none(), value as never)),
  'saveBest: save': (value) => drained(callbacks.saveBest(none(), value as never)),
  'reduceOnPlateau: training': (value) =>
    drained(callbacks.reduceOnPlateau(value as never, { learningRate: 1 })),
};

describe('an argument of another kind', () => {
  test.each(Object.keys(calls))('%s is told of by name, never by the engine', (name) =>
    fc.assert(
      fc.asyncProperty(odd, async (value) => {
        const error: unknown = await (async () => calls[name]!(value))().catch((thrown: unknown) => thrown);
        expect(isSegscapeError(error, 'BAD_OPTION'), `${name} of ${JSON.stringify(value)}: ${error}`).toBe(
          true,
        );
        expect((error as Error).message.startsWith(`${name} (=`)).toBe(true);
      }),
      { numRuns: 22 },
    ),
  );

  test('TensorFlow.js’s own optimizer, a controller in place of its signal, bytes in place of a state', async () => {
    await expect(ended({ ...good, optimizer: tfTrain.adam() })).rejects.toThrow(
      /^fit: optimizer \(=.*\) must have init and update; those of tf\.train have not\.$/,
    );
    await expect(ended({ ...good, signal: new AbortController() })).rejects.toThrow(
      'must be an AbortSignal: the signal of a controller, not the controller.',
    );
    const bytes = train.encodeState(await ended(good));
    await expect(ended({ ...good, resumeFrom: bytes })).rejects.toThrow(
      "fit: resumeFrom (='bytes') must be the state of a checkpoint or of done; decodeState reads one from the bytes of a file.",
    );
    await expect(
      ended({ ...good, resumeFrom: { state: train.decodeState(bytes), stopped: true } }),
    ).rejects.toThrow("fit: resumeFrom (=['state','stopped']) must be the state");
    await expect(ended({ ...good, validation: data })).rejects.toThrow(
      'fit: validation (=function data) must be an object of functions by name.',
    );
  });

  test('options that are left out, or no object, are told of', async () => {
    const left: readonly (() => unknown)[] = [
      () => train.sgd(undefined as never),
      () => train.adam(null as never),
      () => train.cosine(undefined as never),
      () => train.clipByGlobalNorm(good.optimizer, undefined as never),
      () => clipByValue(good.optimizer, 1 as never),
      () => parameterGroups(undefined as never),
      () => train.trainStep(undefined as never),
      () => ended(undefined as never),
      () => drained(train.followImage(undefined as never)),
      () => drained(callbacks.earlyStopping(none(), undefined as never)),
      () => drained(callbacks.reduceOnPlateau(none as never, undefined as never)),
      () => drained(callbacks.csvLogger(none(), () => {}, null as never)),
    ];
    for (const call of left)
      await expect((async () => call())()).rejects.toMatchObject({
        code: 'BAD_OPTION',
        message: expect.stringMatching(/^\w+: options( \(=.*\))? must be an object\.$/),
      });
  });

  test('a number that is a text is none', () => {
    const text = '1' as unknown as number;
    expect(() => train.clipByGlobalNorm(good.optimizer, { maxNorm: text })).toThrow(
      "maxNorm (='1') must be positive",
    );
    expect(() => train.clipByGlobalNorm(good.optimizer, { maxNorm: 1, norm: text })).toThrow("norm (='1')");
    expect(() => clipByValue(good.optimizer, { maxValue: text })).toThrow("maxValue (='1') must be positive");
  });
});

describe('a batch', () => {
  test.each([
    [
      { xs: tensor([[1]]), ys: tensor([[0]]) },
      'fit: images of a batch of data (=undefined) must be a tensor',
    ],
    [{ images: [[1]], labels: tensor([[0]]) }, 'fit: images of a batch of data (=[[1]]) must be a tensor'],
    [[tensor([[1]]), tensor([[0]])], 'fit: images of a batch of data (=undefined) must be a tensor'],
  ])('of other names or kinds is refused', async (batch, message) => {
    await expect(ended({ ...good, data: () => [batch] })).rejects.toThrow(message);
  });

  test('of a validation split, too', async () => {
    const validation = { test: () => [{ images: 1, labels: 2 }] };
    await expect(ended({ ...good, validation })).rejects.toThrow(
      'fit: images of a batch of validation.test (=1) must be a tensor: batches are { images, labels }.',
    );
  });
});
