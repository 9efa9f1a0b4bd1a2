import { expectTensors } from '@segscape/testing';
import * as train from '@segscape/train';
import { fit, type TrainState } from '@segscape/train';
import * as callbacks from '@segscape/train/callbacks';
import { square, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { data, ended, good } from './tiny-training.js';

const state = { epoch: 0, batch: 0, step: 0, lossSum: 0, params: {}, optimizer: {} };

describe('what would be a wrong number in silence', () => {
  test('adamW decays by 0.01 where its option is undefined', () => {
    const moved = (options: train.AdamOptions) => {
      const optimizer = train.adamW(options);
      const params = { w: tensor([2]) };
      return optimizer.update(params, { w: tensor([1]) }, optimizer.init(params)).params.w!.dataSync()[0];
    };
    const without = moved({});
    expect(moved({ weightDecay: undefined } as never)).toBe(without);
    expect(without).toBeCloseTo(2 * (1 - 1e-3 * 0.01) - 1e-3, 6);
    expect(moved({ weightDecay: 0 })).not.toBe(without);
  });

  test('an evaluation of nothing has no loss: a generator that has ended gives none', async () => {
    const once = data();
    await expect(ended({ ...good, validation: { validation: () => once } })).rejects.toMatchObject({
      code: 'EMPTY_DATASET',
      message:
        'fit: validation.validation gave no batch. Leave an empty split out, and give new batches for every evaluation: a generator that has ended gives none.',
    });
  });

  test('a part of the loss, or the loss, with a value for each pixel is not taken for its first', async () => {
    const perPixel = (_: unknown, logits: Tensor) => square(logits);
    const validation = { validation: data };
    await expect(ended({ ...good, validation, terms: { a: perPixel } })).rejects.toThrow(
      "fit: terms.a must be a scalar, got shape [1,1]. Use reduction 'mean' or 'sum'.",
    );
    await expect(ended({ ...good, validation, loss: perPixel })).rejects.toThrow(
      'fit: the loss must be a scalar',
    );
    await expect(ended({ ...good, loss: () => 0.5 })).rejects.toThrow(
      'the loss must be a scalar, got number',
    );
  });

  test('a split called as the mean of the steps, and a score called as the loss, are refused', async () => {
    await expect(ended({ ...good, validation: { steps: data } })).rejects.toThrow(
      "fit: validation (=['steps']) must have no 'steps', which the mean loss of an epoch's own steps is called.",
    );
    const metrics = () => ({ update: () => {}, compute: () => ({ loss: 7 }) });
    await expect(ended({ ...good, validation: { test: data }, metrics })).rejects.toThrow(
      "fit: metrics (='loss') must name no score 'loss', which the mean loss is called.",
    );
  });

  test('the measure that chooses is looked for before the first step', async () => {
    const select = { measure: 'iou.disc' };
    let steps = 0;
    const running = async () => {
      for await (const { type } of fit({ ...good, validation: { validation: data }, select }))
        if (type === 'batch') steps++;
    };
    await expect(running()).rejects.toThrow(
      "fit: select.measure (='iou.disc') must be a measure of 'validation': loss.",
    );
    expect(steps).toBe(0);
  });

  test('fewer batches than a stopped training has done are other data', async () => {
    const several = (count: number) =>
      async function* () {
        for (let i = 0; i < count; i++) yield* data();
      };
    const stop = new AbortController();
    let stopped: TrainState | undefined;
    for await (const event of fit({ ...good, data: several(4), signal: stop.signal })) {
      if (event.type === 'batch' && event.step === 3) stop.abort();
      if (event.type === 'done') stopped = event.result.state;
    }
    expect(stopped).toMatchObject({ batch: 3 });
    await expectTensors(0, () =>
      expect(ended({ ...good, data: several(2), resumeFrom: stopped })).rejects.toThrow(
        'fit: resumeFrom has done 3 batches of its epoch, and data gave 2.',
      ),
    );
    expect(await ended({ ...good, data: several(3), resumeFrom: stopped })).toMatchObject({
      epoch: 1,
      step: 3,
    });
  });

  test('statistics that are no parameters of the model are refused, and left nowhere', async () => {
    const refused = (statistics: () => Record<string, Tensor>, message: string) =>
      expectTensors(0, () => expect(ended({ ...good, statistics })).rejects.toThrow(message));
    await refused(
      () => ({ u: tensor([1]) }),
      "fit: statistics gave 'u' [1], which is no parameter of the model.",
    );
    await refused(() => ({ w: tensor([1, 2]) }), "fit: statistics gave 'w' [2], expected [1].");
  });

  test('the best epoch that gave no checkpoint is not an earlier one', async () => {
    const values = [3, 2, 1, 5, 6];
    async function* events(): AsyncGenerator<train.TrainEvent> {
      for (const [i, loss] of values.entries()) {
        const epoch = i + 1;
        yield { type: 'epoch', epoch, measures: { validation: { loss } } };
        if (epoch === 1 || epoch === 5) yield { type: 'checkpoint', state: { ...state, epoch } };
      }
      yield { type: 'done', stopped: false, result: { state: { ...state, epoch: 5 }, stopped: false } };
    }
    const restored = async () => {
      for await (const event of callbacks.earlyStopping(events(), { patience: 9, restoreBest: true }))
        if (event.type === 'done') return event.result.state.epoch;
      return undefined;
    };
    // The first was the best once; the third is, and no state of it was given.
    expect(await restored()).toBe(5);
  });

  test('oneCycle in three phases must have the steps to come back', () => {
    expect(() => train.oneCycle({ peak: 1, steps: 20, rising: 0.6, threePhase: true })).toThrow(
      'oneCycle: rising (=0.6) must be at most 0.5 with threePhase.',
    );
    expect(() => train.oneCycle({ peak: 1, steps: 20, rising: 0.6 })).not.toThrow();
    const half = train.oneCycle({ peak: 1, steps: 20, rising: 0.5, threePhase: true });
    expect(half(tensor(19)).dataSync()[0]).toBeCloseTo(4e-6, 9);
  });
});
