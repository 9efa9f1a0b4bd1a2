import { type PlainTensor, random } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  adam,
  decodeState,
  encodeState,
  type FitOptions,
  type FollowEvent,
  type FollowOptions,
  fit,
  followImage,
  type TrainEvent,
  type TrainState,
  trainStep,
} from '@segscape/train';
import { add, dispose, matMul, mean, square, sub, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** A line through points: y = slope · x + offset. */
const model: FitOptions['model'] = {
  init: (seed) => ({ slope: tensor([[random(seed).normal()]]), offset: tensor([0.5]) }),
  isTrainable: () => true,
  forward: (params, x) =>
    tidy(() => ({ logits: add(matMul(x, params.slope!), params.offset!), updates: {} })),
};
const loss = ({ labels }: { labels: Tensor }, logits: Tensor) => mean(square(sub(labels, logits)));

let asked = 0;
async function* data(epoch: number) {
  asked++;
  const rng = random(3).fork(epoch);
  for (let b = 0; b < 3; b++) {
    const x = Float32Array.from({ length: 4 }, () => rng.normal());
    yield {
      images: tensor(x, [4, 1]),
      labels: tensor(
        x.map((v) => 3 * v + 1),
        [4, 1],
      ),
    };
  }
}

const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss,
  optimizer: adam({ learningRate: 0.1 }),
  data,
  epochs: 2,
  ...more,
});

/** Collects all events, and stops when one of them is the one to stop at. */
async function stoppedAt<E>(
  run: (signal: AbortSignal) => AsyncIterable<E>,
  isMoment: (event: E | undefined) => boolean,
): Promise<E[]> {
  const stop = new AbortController();
  if (isMoment(undefined)) stop.abort();
  const events: E[] = [];
  for await (const event of run(stop.signal)) {
    events.push(event);
    if (isMoment(event)) stop.abort();
  }
  return events;
}

const bits = ({ params, optimizer }: TrainState) =>
  [params, optimizer].flatMap((record: Readonly<Record<string, PlainTensor>>) =>
    Object.entries(record).map(([name, { data: values }]) => [name, ...values]),
  );

function last<E extends { readonly type: string }>(events: readonly E[]): E & { type: 'done' } {
  const event = events.at(-1)!;
  if (event.type !== 'done') throw new Error(`expected done, got ${event.type}`);
  return event as E & { type: 'done' };
}

const end = (events: readonly TrainEvent[]) => last(events) as Extract<TrainEvent, { type: 'done' }>;

describe('fit', () => {
  const moments: Record<string, (event: TrainEvent | undefined) => boolean> = {
    before: (event) => event === undefined,
    'at the first progress': (event) => event?.type === 'progress',
    'in an epoch': (event) => event?.type === 'batch' && event.step === 2,
    'between epochs': (event) => event?.type === 'epoch' && event.epoch === 1,
    'at the last checkpoint': (event) => event?.type === 'checkpoint' && event.state.epoch === 2,
  };
  test.each(Object.keys(moments))(
    'stopped %s, it ends with a state that goes on to the same bits',
    async (moment) => {
      const whole = end(await fitted());
      expect(whole).toMatchObject({ stopped: false, result: { stopped: false } });
      asked = 0;
      const events = await expectTensors(0, () =>
        stoppedAt((signal) => fit(options({ signal })), moments[moment]!),
      );
      const { stopped, result } = end(events);
      expect([stopped, result.stopped]).toEqual([true, true]);
      if (moment === 'before') expect([events.length, asked]).toEqual([1, 0]);
      // As a file or a message keeps it.
      const resumed = end(await fitted({ resumeFrom: decodeState(encodeState(result.state)) }));
      expect(resumed.stopped).toBe(false);
      expect(bits(resumed.result.state)).toEqual(bits(whole.result.state));
    },
  );

  const fitted = async (more: Partial<FitOptions> = {}) => {
    const events: TrainEvent[] = [];
    for await (const event of fit(options(more))) events.push(event);
    return events;
  };

  test('tells how far it is, and its seed is 0 where none is given', async () => {
    const events = await fitted();
    expect(events.filter(({ type }) => type === 'progress')).toEqual(
      [0, 1, 2].map((completed) => ({
        type: 'progress',
        stage: 'training',
        completed,
        total: 2,
        label: `epoch ${completed} of 2`,
      })),
    );
    const same = await fitted({ seed: 0 });
    expect(bits(end(same).result.state)).toEqual(bits(end(events).result.state));
  });
});

describe('followImage', () => {
  const optimizer = adam({ learningRate: 0.1 });
  const followed = async (
    more: Partial<FollowOptions>,
    isMoment: (event: FollowEvent | undefined) => boolean = () => false,
  ) => {
    const params = model.init(1);
    const state = { params, optimizer: optimizer.init(params) };
    const sample = { images: tensor([[1], [2]]), labels: { labels: tensor([[4], [7]]) } };
    const step = trainStep({ model, loss, optimizer });
    try {
      return await stoppedAt(
        (signal) => followImage({ step, state, sample, iterations: 5, every: 2, signal, ...more }),
        isMoment,
      );
    } finally {
      dispose([sample.images, sample.labels.labels, ...[params, state.optimizer].flatMap(Object.values)]);
    }
  };
  const endOf = (events: readonly FollowEvent[]) => last(events) as Extract<FollowEvent, { type: 'done' }>;
  const at = (iteration: number) => (event: FollowEvent | undefined) =>
    event?.type === 'state' && event.iteration === iteration;
  const moments: Record<
    string,
    readonly [isMoment: (event: FollowEvent | undefined) => boolean, done: number]
  > = {
    before: [(event) => event === undefined, 0],
    'at the start': [at(0), 0],
    'in the middle': [at(2), 2],
    'at the end': [at(5), 5],
  };

  test.each(Object.keys(moments))(
    'stopped %s, it ends with a state that goes on to the same bits',
    async (moment) => {
      const [isMoment, done] = moments[moment]!;
      const whole = endOf(await followed({}));
      expect(whole.stopped).toBe(false);
      const events = await expectTensors(0, () => followed({}, isMoment));
      const { stopped, result } = endOf(events);
      expect([stopped, result.state.step]).toEqual([true, done]);
      if (moment === 'before') expect(events).toHaveLength(1);
      const rest = await expectTensors(0, () => followed({ resumeFrom: result.state }));
      expect(rest.some(at(0))).toBe(false);
      expect(bits(endOf(rest).result.state)).toEqual(bits(whole.result.state));
    },
  );

  test('tells how far it is, and refuses counts that are none', async () => {
    const events = await followed({});
    expect(events.flatMap((event) => (event.type === 'progress' ? [event.label] : []))).toEqual(
      [0, 2, 4, 5].map((done) => `iteration ${done} of 5`),
    );
    await expect(followed({ every: 0 })).rejects.toThrow(
      'followImage: every (=0) must be a positive integer.',
    );
    await expect(followed({ iterations: 1.5 })).rejects.toThrow(
      'followImage: iterations (=1.5) must be an integer of at least 0.',
    );
  });
});
