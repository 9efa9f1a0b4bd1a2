import type { Optimizer } from '@segscape/core';
import {
  adam,
  adamW,
  clipByGlobalNorm,
  decodeState,
  encodeState,
  type FitOptions,
  fit,
  rmsprop,
  sgd,
  type TrainState,
} from '@segscape/train';
import { cosineRestarts, multiStep, oneCycle, sequence, warmup } from '@segscape/train/schedules';
import {
  add,
  matMul,
  mean,
  mul,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

/** A line through points, blurred by the step's seed as dropout would; one weight is frozen, one statistic moves. */
const model: FitOptions['model'] = {
  isTrainable: (name) => name === 'slope' || name === 'offset',
  init: () => ({
    slope: zeros([1, 1]),
    frozen: tensor([0.5]),
    offset: zeros([1]),
    seen: tensor(0),
  }),
  forward: (params, images, { training, seed }) => {
    const line = add(
      matMul(images as Tensor & { rank: 2 }, params.slope as Tensor & { rank: 2 }),
      params.offset!,
    );
    const logits = add(mul(line, params.frozen!), seed ? mul(seed, 1e-9) : 0);
    return { logits, updates: training ? { seen: add(mul(params.seen!, 0.5), mean(images)) } : {} };
  },
};

async function* data(epoch = 0) {
  for (const x of [-1, 0.5, 2, 3, -2 - epoch])
    yield { images: tensor([[x], [x / 2]]), labels: tensor([[3 * x], [x]]) };
}

const optimizers: Record<string, Optimizer> = {
  sgd: sgd({
    learningRate: multiStep({ initial: 0.02, milestones: [2, 4] }),
    momentum: 0.9,
    dampening: 0.2,
    weightDecay: 0.01,
  }),
  adam: clipByGlobalNorm(
    adam({ learningRate: oneCycle({ peak: 0.1, steps: 9, threePhase: true }), amsgrad: true }),
    { maxNorm: 1, norm: 1 },
  ),
  adamW: adamW({
    learningRate: warmup({ steps: 2, schedule: cosineRestarts({ initial: 0.1, steps: 2, growth: 2 }) }),
    amsgrad: true,
  }),
  rmsprop: rmsprop({
    learningRate: sequence({
      schedules: [() => tensor(0.01) as Scalar, cosineRestarts({ initial: 0.05, steps: 3 })],
      milestones: [3],
    }),
    momentum: 0.5,
    centered: true,
    weightDecay: 0.01,
  }),
};

test.each(Object.entries(optimizers))(
  '%s: stopped at any step, kept as bytes and resumed, every bit is that of the whole',
  async (_, optimizer) => {
    const options: FitOptions = {
      model,
      loss: ({ labels }, logits) => mean(square(sub(labels, logits))),
      optimizer,
      data,
      epochs: 3,
      seed: 7,
      validation: { validation: () => data() },
      averageDecay: 0.9,
      accumulate: 2,
      records: true,
      select: { patience: 5, threshold: 1e-3 },
      jit: { executor: 'eager' },
    };
    async function trained(more: Partial<FitOptions>, stopAt?: number): Promise<TrainState> {
      const stop = new AbortController();
      let state: TrainState | undefined;
      for await (const event of fit({ ...options, ...more, signal: stop.signal })) {
        if (event.type === 'batch' && event.step === stopAt) stop.abort();
        if (event.type === 'done') state = event.result.state;
      }
      return state!;
    }
    const whole = await trained({});
    expect(whole.step).toBe(9);
    expect(whole.params.frozen!.data[0]).toBe(0.5);
    const bytes = encodeState(whole);
    for (let step = 1; step < whole.step; step++) {
      const half = await trained({}, step);
      expect(half.step).toBe(step);
      const again = await trained({ resumeFrom: decodeState(encodeState(half)) });
      expect(encodeState(again)).toEqual(bytes);
    }
  },
);
