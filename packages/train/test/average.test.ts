import { expectTensors } from '@segscape/testing';
import { decodeState, encodeState, type FitOptions, fit, sgd, type TrainEvent } from '@segscape/train';
import { mean, type Scalar, square, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** One weight that gradient descent takes towards 1, a step an epoch. */
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model: {
    isTrainable: () => true,
    init: () => ({ w: tensor([0]) }),
    forward: (params, images) => ({ logits: sub(params.w!, images), updates: {} }),
  },
  loss: (_: unknown, logits: Tensor): Scalar => mean(square(logits)),
  optimizer: sgd({ learningRate: 0.1 }),
  data: ones,
  epochs: 9,
  seed: 1,
  validation: { test: ones },
  ...more,
});

async function* ones() {
  yield { images: tensor([[1]]), labels: tensor([[0]]) };
}

const weight = (n: number) => 1 - 0.8 ** n; // after n steps

async function collect(stream: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const end = (events: readonly TrainEvent[]) => {
  const last = events.at(-1)!;
  if (last.type !== 'done') throw new Error('expected done');
  return last.result;
};

describe('averageDecay', () => {
  test('evaluates the running average and keeps it in the state', async () => {
    const events = await expectTensors(0, () => collect(fit(options({ averageDecay: 0.5, epochs: 4 }))));
    let average = 0;
    for (let n = 0; n < 4; n++) {
      const kept = Math.min(0.5, (1 + n) / (10 + n));
      average = kept * average + (1 - kept) * weight(n + 1);
    }
    expect(end(events).state.average!.w!.data[0]).toBeCloseTo(average, 6);
    expect(end(events).state.params.w!.data[0]).toBeCloseTo(weight(4), 6);
    const last = events.findLast((event) => event.type === 'epoch')!;
    expect(last.measures.test!.loss).toBeCloseTo((average - 1) ** 2, 6);
  });

  const states = (events: Awaited<ReturnType<typeof collect>>) =>
    events.flatMap((event) => (event.type === 'checkpoint' ? [event.state] : []));

  test('equal: the mean of the weights after every step, from an epoch on', async () => {
    const mean = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => weight(from + i + 1)).reduce((a, b) => a + b) / (to - from);
    const given = { averageDecay: 'equal', epochs: 6 } as const;
    const all = states(await collect(fit(options(given))));
    expect(all.map(({ average }) => average!.w!.data[0])).toBeAllclose(
      [0, ...[1, 2, 3, 4, 5, 6].map((n) => mean(0, n))],
      { rel: 1e-6 },
    );
    // Until then the average is the weights themselves: a step an epoch.
    const late = states(await expectTensors(0, () => collect(fit(options({ ...given, averageFrom: 3 })))));
    expect(late.map(({ average }) => average!.w!.data[0])).toBeAllclose(
      [0, weight(1), weight(2), weight(3), mean(3, 4), mean(3, 5), mean(3, 6)],
      { rel: 1e-6 },
    );
    for (const resumeFrom of late.slice(2, 6)) {
      const bytes = encodeState(resumeFrom);
      const rest = await collect(fit(options({ ...given, averageFrom: 3, resumeFrom: decodeState(bytes) })));
      expect(states(rest).at(-1)).toEqual(late.at(-1));
    }
  });

  test('resumed, it gives the same bits', async () => {
    const whole = end(await collect(fit(options({ averageDecay: 0.9 })))).state;
    const part = end(await collect(fit(options({ averageDecay: 0.9, epochs: 4 })))).state;
    const bytes = encodeState(part);
    const rest = end(
      await collect(fit(options({ averageDecay: 0.9, resumeFrom: decodeState(bytes) }))),
    ).state;
    expect(rest).toEqual(whole);
  });

  test('out of range is refused', async () => {
    await expect(collect(fit(options({ averageDecay: 1 })))).rejects.toThrow(
      "fit: averageDecay (=1) must be in (0, 1), or 'equal'.",
    );
    await expect(collect(fit(options({ averageFrom: 2 })))).rejects.toThrow(
      'fit: averageFrom (=2) must be an integer of at least 0, in epochs, beside averageDecay.',
    );
  });
});
