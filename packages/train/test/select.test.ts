import { expectTensors } from '@segscape/testing';
import {
  adam,
  decodeState,
  encodeState,
  type FitOptions,
  fit,
  sgd,
  type TrainEvent,
  type TrainState,
} from '@segscape/train';
import { mean, mul, type Scalar, square, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** One weight that gradient descent takes towards the images' value. */
const model: FitOptions['model'] = {
  isTrainable: () => true,
  init: () => ({ w: tensor([0]) }),
  forward: (params, images) => ({ logits: sub(params.w!, images), updates: {} }),
};
const loss = (_: unknown, logits: Tensor): Scalar => mean(square(logits));

const towards = (value: number) =>
  async function* () {
    yield { images: tensor([[value]]), labels: tensor([[0]]), ids: ['a'] };
  };

/** Trained towards 1 and validated at 0.5: the error there falls, and rises once the weight is past it. */
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss,
  optimizer: sgd({ learningRate: 0.1 }),
  data: towards(1),
  epochs: 9,
  seed: 1,
  validation: { validation: towards(0.5), test: towards(1) },
  ...more,
});

const weight = (n: number) => 1 - 0.8 ** n; // after n steps

async function collect(stream: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const bests = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'best' ? [event] : []));
const end = (events: readonly TrainEvent[]) => {
  const last = events.at(-1)!;
  if (last.type !== 'done') throw new Error('expected done');
  return last.result;
};

describe('select', () => {
  test('tells of the best epoch by the validation split, whatever the test split says', async () => {
    const events = await expectTensors(0, () => collect(fit(options({ select: {} }))));
    // |w − ½|: .3, .14, .012, .09 …: the third is the best.
    expect(bests(events).map(({ state }) => state.epoch)).toEqual([1, 2, 3]);
    const best = bests(events).at(-1)!;
    expect(best.measure).toBe('validation.loss');
    expect(best.value).toBeCloseTo((weight(3) - 0.5) ** 2, 6);
    expect(best.state.params.w!.data[0]).toBeCloseTo(weight(3), 6);
    expect(end(events).state).toMatchObject({ epoch: 9, best: { epoch: 3, value: best.value } });
  });

  test('by any measure of a scorer, the most of it where it is no loss', async () => {
    const metrics = () => {
      let sum = 0;
      return {
        async update(_: Tensor, logits: Tensor) {
          sum += (await logits.data())[0]!;
        },
        compute: () => ({ height: -Math.abs(sum) }),
      };
    };
    const events = await collect(fit(options({ select: { measure: 'height' }, metrics })));
    expect(bests(events).map(({ state }) => state.epoch)).toEqual([1, 2, 3]);
    expect(bests(events).at(-1)!.measure).toBe('validation.height');
  });

  test('patience ends it, and a resumed training ends at the same epoch', async () => {
    const select = { patience: 2 };
    const whole = await collect(fit(options({ select })));
    expect(end(whole)).toMatchObject({
      early: true,
      stopped: false,
      state: { epoch: 5, best: { epoch: 3 } },
    });
    expect(whole.at(-2)).toMatchObject({ type: 'checkpoint', state: { epoch: 5 } });
    const part = end(await collect(fit(options({ select, epochs: 4 })))).state;
    const rest = await collect(fit(options({ select, resumeFrom: decodeState(encodeState(part)) })));
    expect(end(rest)).toEqual(end(whole));
    // Nothing is left to do for one that had ended.
    const again = await collect(fit(options({ select, resumeFrom: end(whole).state })));
    expect(again.map(({ type }) => type)).toEqual(['progress', 'done']);
  });

  test('only what is better by more than the threshold is', async () => {
    // Errors fall from 0.09 to 0.0196 and 0.0001 in the first three epochs.
    const told = bests(await collect(fit(options({ select: { threshold: 0.05 } }))));
    expect(told.map(({ state }) => state.epoch)).toEqual([1, 2]);
    const shares = { threshold: 0.99, thresholdMode: 'relative' } as const;
    expect(bests(await collect(fit(options({ select: shares })))).map(({ state }) => state.epoch)).toEqual([
      1, 3,
    ]);
  });

  test('NaN is never the best', async () => {
    let epoch = 0;
    const metrics = () => ({
      update: async () => {},
      compute: () => ({ score: epoch++ < 6 ? Number.NaN : 1 }),
    });
    const events = await collect(fit(options({ select: { measure: 'score' }, metrics, epochs: 4 })));
    expect(bests(events).map(({ state }) => state.epoch)).toEqual([3]);
  });

  test('nor is an infinity, which a state in JSON could not hold: later epochs can still be better', async () => {
    let epoch = 0;
    const metrics = () => ({
      update: async () => {},
      compute: () => ({ distance: epoch++ < 6 ? Number.POSITIVE_INFINITY : 3 }),
    });
    const select = { measure: 'distance', best: 'least' } as const;
    const first = end(await collect(fit(options({ select, metrics, epochs: 2 })))).state;
    expect(first.best).toBeUndefined();
    const resumeFrom = decodeState(encodeState(first));
    const rest = await collect(fit(options({ select, metrics, epochs: 4, resumeFrom })));
    expect(bests(rest).map(({ state }) => state.epoch)).toEqual([3]);
  });

  test.each<[FitOptions['select'], string]>([
    [{ split: 'valid' }, "fit: select.split (='valid') must be a part of validation (validation, test)."],
    [{ measure: 'iou' }, "fit: select.measure (='iou') must be a measure of 'validation': loss."],
    [{ best: 'max' as never }, "fit: select.best (='max') must be 'least' or 'most'."],
    [{ threshold: -1 }, 'fit: select.threshold (=-1) must be a number of at least 0.'],
    [{ patience: 0 }, 'fit: select.patience (=0) must be a positive integer, in epochs.'],
  ])('%o is refused', async (select, message) => {
    await expect(collect(fit(options({ ...(select && { select }) })))).rejects.toThrow(message);
  });
});

describe('a state', () => {
  const stateOf = async (more: Partial<FitOptions> = {}): Promise<TrainState> =>
    end(await collect(fit(options({ epochs: 1, ...more })))).state;

  test('of another optimiser is refused by name', async () => {
    const resumeFrom = await stateOf({ optimizer: adam() });
    await expect(collect(fit(options({ resumeFrom })))).rejects.toThrow(
      'fit: resumeFrom has other optimizer moments than this model and optimizer: it has correction.0 []. ' +
        'Resume with the model, optimizer and averageDecay that made it, or begin anew.',
    );
  });

  test('of another network, or without the average, is refused', async () => {
    const resumeFrom = await stateOf();
    const other = { ...model, init: () => ({ w: tensor([0, 0]) }) };
    await expect(collect(fit(options({ model: other, resumeFrom })))).rejects.toThrow(
      'other weights than this model and optimizer: it lacks w [2] and it has w [1]',
    );
    await expect(collect(fit(options({ averageDecay: 0.9, resumeFrom })))).rejects.toThrow(
      'other averaged weights than this model and optimizer: it lacks w [1]',
    );
  });

  test('of other bytes is refused', () => {
    expect(() => decodeState(new Uint8Array(3))).toThrow('safetensors: 3 bytes are too few for a header');
  });
});

describe('divergence', () => {
  /** The loss is finite in the first epochs; the weight becomes infinite in the third. */
  const bursting = (): Partial<FitOptions> => {
    let steps = 0;
    return {
      optimizer: {
        init: () => ({}),
        update: (params, _grads, state) => ({
          params: { w: mul(params.w!, ++steps === 3 ? Number.POSITIVE_INFINITY : 1) },
          state,
        }),
      },
      model: { ...model, init: () => ({ w: tensor([1]) }) },
      jit: { executor: 'eager' },
    };
  };

  test('gives no checkpoint of weights that are not finite, and says which were', async () => {
    const seen: TrainEvent[] = [];
    const run = async () => {
      for await (const event of fit(options(bursting()))) seen.push(event);
    };
    await expect(run()).rejects.toThrow(
      "fit: 'w' is no longer finite after step 3 with loss (samples of the last step: a). Lower the learning rate or clip gradients; " +
        'the weights after epoch 2 were all finite and stand as the last checkpoint.',
    );
    const kept = seen.flatMap((event) => (event.type === 'checkpoint' ? [event.state] : []));
    expect(kept.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    for (const { params } of kept) expect(params.w!.data[0]).toBe(1);
  });

  test('in the first step leaves the weights before it', async () => {
    const broken = options({
      checkpoints: [],
      loss: (labels, logits) => mul(loss(labels, logits), Number.NaN),
    });
    await expect(collect(fit({ ...broken, validation: {} }))).rejects.toThrow(
      'the weights after epoch 0 were all finite and stand as the last checkpoint.',
    );
  });
});
