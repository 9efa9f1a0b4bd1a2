import { expectTensors } from '@segscape/testing';
import { adam, type FitOptions, fit, sgd, type TrainEvent } from '@segscape/train';
import * as callbacks from '@segscape/train/callbacks';
import {
  csvLogger,
  earlyStopping,
  progressBar,
  type RatedTraining,
  reduceOnPlateau,
  saveBest,
} from '@segscape/train/callbacks';
import { mean, type Scalar, square, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** One weight that gradient descent takes towards the images' value. */
const model: FitOptions['model'] = {
  isTrainable: () => true,
  init: () => ({ w: tensor([0]) }),
  forward: (params, images) => ({ logits: sub(params.w!, images), updates: {} }),
};

const towards = (value: number) =>
  async function* () {
    for (let i = 0; i < 2; i++) yield { images: tensor([[value]]), labels: tensor([[0]]) };
  };

/** Trained towards 1 and validated at 0.9: after two steps each epoch the error there falls, and rises from the 6th on. */
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss: (_: unknown, logits: Tensor): Scalar => mean(square(logits)),
  optimizer: sgd({ learningRate: 0.1 }),
  data: towards(1),
  epochs: 12,
  seed: 1,
  validation: { validation: towards(0.9) },
  jit: { executor: 'eager' },
  ...more,
});
const weight = (n: number) => 1 - 0.8 ** n; // after n steps
const errors = Array.from({ length: 13 }, (_, epoch) => (weight(2 * epoch) - 0.9) ** 2);
const best = errors.indexOf(Math.min(...errors));

async function collect(stream: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
const epochsOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []));

describe('earlyStopping', () => {
  test('ends with the epoch whose patience is over, as fit does with select', async () => {
    const events = await expectTensors(0, () => collect(earlyStopping(fit(options()), { patience: 2 })));
    expect(best).toBe(5);
    expect(epochsOf(events).at(-1)).toBe(best + 2);
    const own = await collect(fit(options({ select: { patience: 2 } })));
    const [end, ownEnd] = [events.at(-1)!, own.at(-1)!];
    if (end.type !== 'done' || ownEnd.type !== 'done') throw new Error('expected done');
    expect(end.result).toMatchObject({ early: true, stopped: false });
    expect(end.result.state.params).toEqual(ownEnd.result.state.params);
  });

  test('a training that becomes better passes through as it is', async () => {
    const given = options({ epochs: 3 });
    const plain = await collect(fit(given));
    const passed = await collect(earlyStopping(fit(given), { patience: 1 }));
    expect(passed.map(({ type }) => type)).toEqual(plain.map(({ type }) => type));
  });

  test.each([
    [{ patience: 0 }, 'earlyStopping: patience (=0) must be a positive integer, in epochs.'],
    [
      { patience: 1, measure: 'iou' },
      "earlyStopping: measure (='iou') must be a measure of 'validation': loss.",
    ],
    [
      { patience: 1, split: 'test' },
      "earlyStopping: split (='test') must be a part of validation (validation, steps).",
    ],
  ])('%o is refused', async (given, message) => {
    await expect(collect(earlyStopping(fit(options()), given))).rejects.toThrow(message);
  });
});

test('saveBest keeps every state that is the best so far', async () => {
  const saved: [number, number][] = [];
  const keep = (state: { epoch: number; params: Readonly<Record<string, { data: ArrayLike<number> }>> }) => {
    saved.push([state.epoch, state.params.w!.data[0]!]);
  };
  await expectTensors(0, () => collect(saveBest(fit(options()), keep)));
  expect(saved.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4, 5]);
  for (const [epoch, w] of saved) expect(w).toBeCloseTo(weight(2 * epoch), 5);
  saved.length = 0;
  await collect(saveBest(fit(options()), keep, { split: 'steps' }));
  expect(saved).toHaveLength(12);
});

describe('reduceOnPlateau', () => {
  const training = (rates: number[], more: Partial<FitOptions> = {}): RatedTraining => {
    return ({ learningRate, ...from }) => {
      rates.push(learningRate);
      return fit(options({ ...more, ...from, optimizer: sgd({ learningRate }) }));
    };
  };

  test('goes on from the same weights with a lower rate, every epoch once', async () => {
    const rates: number[] = [];
    const given = { learningRate: 0.1, patience: 2, factor: 0.5, least: 0.03 };
    const events = await expectTensors(0, () => collect(reduceOnPlateau(training(rates), given)));
    expect(rates).toEqual([0.1, 0.05, 0.03]);
    expect(epochsOf(events)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
    // 14 steps at 0.1, 4 at 0.05, 6 at 0.03: each leaves 1 − 2 · rate of the way.
    const end = events.at(-1)!;
    if (end.type !== 'done') throw new Error('expected done');
    expect(1 - end.result.state.params.w!.data[0]!).toBeCloseTo(0.8 ** 14 * 0.9 ** 4 * 0.94 ** 6, 6);
  });

  test('at the least rate, and where the measure becomes better, nothing is begun anew', async () => {
    const rates: number[] = [];
    await collect(reduceOnPlateau(training(rates, { epochs: 4 }), { learningRate: 0.1, patience: 1 }));
    await collect(reduceOnPlateau(training(rates), { learningRate: 0.1, patience: 1, least: 0.1 }));
    expect(rates).toEqual([0.1, 0.1]);
  });

  test.each([
    [{ learningRate: 0 }, 'reduceOnPlateau: learningRate (=0) must be positive.'],
    [{ learningRate: 1, factor: 1 }, 'reduceOnPlateau: factor (=1) must be in (0, 1).'],
    [{ learningRate: 1, patience: 0.5 }, 'reduceOnPlateau: patience (=0.5) must be a positive integer'],
    [{ learningRate: 1, least: -1 }, 'reduceOnPlateau: least (=-1) must be at least 0.'],
  ])('%o is refused', async (given, message) => {
    await expect(collect(reduceOnPlateau(training([]), given))).rejects.toThrow(message);
  });
});

test('progressBar writes one line for each epoch', async () => {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const given = options({ epochs: 2, optimizer: adam({ learningRate: 0.5 }) });
  await collect(progressBar(fit(given), write, { epochs: 2, width: 10 }));
  const lines = text.split('\n').map((line) =>
    line
      .split('\r')
      .slice(1)
      .map((part) => part.trimEnd()),
  );
  expect(lines[0]).toEqual(['0/2 validation.loss 0.81']);
  expect(lines[1]).toEqual([
    '1/2 1 loss 1',
    expect.stringMatching(/^1\/2 2 loss 0\.25$/),
    expect.stringMatching(/^1\/2 validation.loss \S+ steps.loss 0\.625$/),
  ]);
  expect(lines[2]!.slice(0, 2)).toEqual([
    expect.stringMatching(/^2\/2 \[=====> {4}\] 1\/2 loss \S+$/),
    expect.stringMatching(/^2\/2 \[={10}\] 2\/2 loss \S+$/),
  ]);
  expect(lines[3]).toEqual([]);
  // Nothing of a longer line is left behind a shorter one.
  for (const parts of text.split('\n').map((line) => line.split('\r').slice(1)))
    for (const [i, part] of parts.slice(1).entries())
      expect(part.length).toBeGreaterThanOrEqual(parts[i]!.trimEnd().length);
});

test('csvLogger writes a row for each epoch, the columns first', async () => {
  let text = '';
  const append = async (more: string) => {
    text += more;
  };
  const metrics = () => ({ update: () => {}, compute: () => ({ classes: ['a,"b"'], iou: [0.5] }) });
  await collect(csvLogger(fit(options({ epochs: 2, metrics })), append));
  const rows = text.split('\n');
  expect(rows[0]).toBe('epoch,validation.loss,"validation.iou.a,""b""",steps.loss');
  expect(rows[1]).toMatch(/^0,0\.8\d*,0\.5,$/);
  expect(rows[2]).toMatch(/^1,0\.\d+,0\.5,0\.8\d*$/);
  expect(rows).toHaveLength(5);
  const first = text;
  text = '';
  await collect(csvLogger(fit(options({ epochs: 2, metrics })), append, { header: false }));
  expect(text).toBe(first.slice(first.indexOf('\n') + 1));
  text = '';
  await collect(csvLogger(fit(options({ epochs: 2, metrics })), append, { separator: ';' }));
  expect(text.split('\n')[0]).toBe('epoch;validation.loss;"validation.iou.a,""b""";steps.loss');
  await expect(collect(csvLogger(fit(options()), append, { separator: '||' }))).rejects.toThrow(
    "csvLogger: separator (='||') must be one character",
  );
});

test('the public names are these', () => {
  expect(Object.keys(callbacks).sort()).toEqual([
    'csvLogger',
    'earlyStopping',
    'progressBar',
    'reduceOnPlateau',
    'saveBest',
  ]);
});
