import type { TrainEvent, TrainState } from '@segscape/train';
import {
  earlyStopping,
  type RatedTraining,
  reduceOnPlateau,
  type SaveBestOptions,
  saveBest,
} from '@segscape/train/callbacks';
import { describe, expect, test } from 'vitest';

const stateOf = (epoch: number): TrainState => ({
  epoch,
  batch: 0,
  step: epoch,
  lossSum: 0,
  params: {},
  optimizer: {},
});

/** What `fit` tells of epochs with these validation losses, the first before training, from an epoch on. */
async function* told(losses: readonly number[], from = 0): AsyncGenerator<TrainEvent> {
  for (const [epoch, loss] of losses.entries()) {
    if (epoch < from) continue;
    yield { type: 'epoch', epoch, measures: { validation: { loss } } };
    yield { type: 'checkpoint', state: stateOf(epoch) };
  }
  const state = stateOf(losses.length - 1);
  yield { type: 'done', stopped: false, result: { state, stopped: false } };
}

async function collect(stream: AsyncIterable<TrainEvent>) {
  const events: TrainEvent[] = [];
  for await (const event of stream) events.push(event);
  const end = events.at(-1)!;
  if (end.type !== 'done') throw new Error('expected done');
  const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []));
  return { last: epochs.at(-1), state: end.result.state.epoch, early: end.result.early === true };
}

describe('earlyStopping, as Keras counts', () => {
  const stop = (losses: number[], options: Partial<Parameters<typeof earlyStopping>[1]>) =>
    collect(earlyStopping(told(losses), { patience: 2, ...options }));

  test('a threshold that a value must be better by', async () => {
    const losses = [9, 1, 0.95, 0.91, 0.89, 0.88, 0.87, 0.86];
    expect(await stop(losses, {})).toMatchObject({ last: 7, early: false });
    // Better than 1 by more than 0.1 only at the fourth epoch, when the patience was over.
    expect(await stop(losses, { threshold: 0.1 })).toMatchObject({ last: 3, early: true });
    // With a longer patience it is in time, and the last epoch is the third after it.
    expect(await stop(losses, { threshold: 0.1, patience: 3 })).toMatchObject({ last: 7, early: true });
    const shares = { threshold: 0.1, thresholdMode: 'relative' } as const;
    expect(await stop([9, 100, 91, 89.9, 85, 82], shares)).toMatchObject({ last: 5, early: true });
    const rising = { best: 'most', threshold: 0.5 } as const;
    expect(await stop([0, 1, 1.4, 1.6, 1.7, 1.9], rising)).toMatchObject({ last: 5, early: true });
  });

  test('a baseline that must be beaten for the patience to begin anew', async () => {
    const losses = [9, 5, 4, 3, 2, 1, 1];
    expect(await stop(losses, { baseline: 2.5 })).toMatchObject({ early: false });
    // Better and better, but not good enough: it goes on until one is not better, and ends there.
    expect(await stop([9, 5, 4, 3, 3.5, 2], { baseline: 2.5 })).toMatchObject({ last: 4, early: true });
    expect(await stop([9, 5, 5, 5], { baseline: 2.5 })).toMatchObject({ last: 2, early: true });
  });

  test('epochs at the beginning that are not looked at', async () => {
    const losses = [9, 1, 5, 5, 4, 6, 6];
    expect(await stop(losses, {})).toMatchObject({ last: 3 });
    // The first that counts is the third, its best the fourth.
    expect(await stop(losses, { startFromEpoch: 2 })).toMatchObject({ last: 6, early: true });
  });

  test('the best epoch’s state, whether the patience ends it or it ends by itself', async () => {
    const losses = [9, 3, 2, 4, 4];
    expect(await stop(losses, {})).toMatchObject({ last: 4, state: 4 });
    expect(await stop(losses, { restoreBest: true })).toMatchObject({ last: 4, state: 2, early: true });
    expect(await stop([9, 3, 2, 4], { restoreBest: true })).toMatchObject({ state: 2, early: false });
    expect(await stop([9, Number.NaN, Number.NaN], { restoreBest: true })).toMatchObject({ state: 2 });
  });

  test('odd options are refused', async () => {
    await expect(stop([1, 1], { threshold: -1 })).rejects.toThrow(
      'earlyStopping: threshold (=-1) must be a number of at least 0.',
    );
    await expect(stop([1, 1], { thresholdMode: 'rel' as 'relative' })).rejects.toThrow(
      "earlyStopping: thresholdMode (='rel') must be 'absolute' or 'relative'.",
    );
    await expect(stop([1, 1], { startFromEpoch: -1 })).rejects.toThrow('startFromEpoch (=-1) must be');
    await expect(stop([1, 1], { baseline: Number.NaN })).rejects.toThrow('baseline (=NaN) must be');
  });
});

describe('reduceOnPlateau', () => {
  /** The rates that epochs 1, 2, … are trained with. */
  async function rates(losses: number[], options: Partial<Parameters<typeof reduceOnPlateau>[1]>) {
    const given: number[] = [];
    const training: RatedTraining = async function* ({ learningRate, resumeFrom }) {
      for await (const event of told(losses, resumeFrom ? resumeFrom.epoch + 1 : 0)) {
        if (event.type === 'epoch' && event.epoch > 0) given.push(learningRate);
        yield event;
      }
    };
    await collect(reduceOnPlateau(training, { learningRate: 1, factor: 0.5, patience: 2, ...options }));
    return given;
  }
  const flat = Array<number>(10).fill(1);

  test('falls again and again where nothing becomes better', async () => {
    expect(await rates(flat, {})).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
  });

  test('epochs of a cooldown do not count; PyTorch with a patience of 1 falls at the same epochs', async () => {
    expect(await rates(flat, { cooldown: 1 })).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
    expect(await rates(flat, { cooldown: 3 })).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]);
  });

  test('a rise that is too small counts as none', async () => {
    const falling = [1, 1, 0.99, 0.98, 0.97, 0.96];
    expect(await rates(falling, {})).toEqual([1, 1, 1, 1, 1]);
    expect(await rates(falling, { threshold: 0.015 })).toEqual([1, 1, 1, 1, 1]);
    expect(await rates(falling, { threshold: 0.1, thresholdMode: 'relative' })).toEqual([1, 1, 1, 0.5, 0.5]);
  });

  test('a fall that is too small is left out', async () => {
    expect(await rates(flat, { smallestFall: 0.3 })).toEqual([1, 1, 1, ...Array<number>(6).fill(0.5)]);
    expect(await rates(flat, { least: 0.5 })).toEqual([1, 1, 1, ...Array<number>(6).fill(0.5)]);
    await expect(rates(flat, { smallestFall: -1 })).rejects.toThrow('smallestFall (=-1) must be at least 0');
    await expect(rates(flat, { cooldown: 0.5 })).rejects.toThrow('cooldown (=0.5) must be an integer');
  });
});

test('saveBest knows the best of an earlier part of the training', async () => {
  const saved = async (options: SaveBestOptions) => {
    const epochs: number[] = [];
    await collect(saveBest(told([9, 5, 4, 6, 3]), ({ epoch }) => epochs.push(epoch), options));
    return epochs;
  };
  expect(await saved({})).toEqual([1, 2, 4]);
  expect(await saved({ initialValue: 4 })).toEqual([4]);
  expect(await saved({ threshold: 1 })).toEqual([1, 4]);
  await expect(saved({ initialValue: Number.NaN })).rejects.toThrow('saveBest: initialValue (=NaN) must be');
});
