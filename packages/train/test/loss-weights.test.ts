import { isNative } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import { adam, type FitOptions, fit, type StepLoss, type TrainEvent } from '@segscape/train';
import { add, mean, mul, square, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** One weight between what two terms pull at: the first at 0, the second at 1. */
const model: FitOptions['model'] = {
  isTrainable: () => true,
  init: () => ({ w: tensor([0.5]) }),
  forward: (params, images) => ({ logits: mul(params.w!, images), updates: {} }),
};

async function* data() {
  for (let i = 0; i < 2; i++) yield { images: tensor([[1]]), labels: tensor([[0]]) };
}

/** Calls while tracing or eager, so that a trace for every epoch would be seen. */
let calls = 0;
const rise = (epoch: number) => 0.25 * epoch;
const rising: StepLoss = Object.assign(
  ({ 'weight.1': weight }: { readonly [name: string]: Tensor }, logits: Tensor) => {
    calls++;
    return add(mean(square(logits)), mul(mean(square(sub(logits, 1))), weight ?? 7));
  },
  { weightsAt: (epoch: number) => ({ 'weight.1': rise(epoch) }) },
);

const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  model,
  loss: rising,
  optimizer: adam({ learningRate: 0.01 }),
  data,
  epochs: 4,
  seed: 1,
  validation: { test: data },
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

const lossAt = (w: number, epoch: number) => w ** 2 + rise(epoch) * (w - 1) ** 2;
const weightOf = (event: TrainEvent | undefined) =>
  event?.type === 'checkpoint'
    ? event.state.params.w!.data[0]!
    : event?.type === 'done'
      ? event.result.state.params.w!.data[0]!
      : Number.NaN;

describe('weights of the loss that change in training', async () => {
  test.each(['eager', 'auto'] as const)(
    'steps and evaluations are given those of their epoch (%s)',
    async (executor) => {
      calls = 0;
      const events = await expectTensors(0, () => collect(fit(options({ jit: { executor } }))));
      // A checkpoint comes after each epoch's evaluation, with the weights that were evaluated.
      const checkpoints = events.filter(({ type }) => type === 'checkpoint').map(weightOf);
      const tested = events.flatMap((event) => (event.type === 'epoch' ? [event.measures.test!.loss!] : []));
      expect(tested).toHaveLength(5);
      tested.forEach((loss, done) => {
        expect(loss).toBeCloseTo(lossAt(checkpoints[done]!, Math.max(0, done - 1)), 5);
      });
      // The first step of each epoch begins at the weights of the checkpoint before it.
      const firsts = events.flatMap((event) =>
        event.type === 'batch' && event.batch === 1 ? [[event.epoch, event.loss] as const] : [],
      );
      expect(firsts.map(([epoch]) => epoch)).toEqual([0, 1, 2, 3]);
      for (const [epoch, loss] of firsts) expect(loss).toBeCloseTo(lossAt(checkpoints[epoch]!, epoch), 5);
    },
  );

  test.skipIf(!(await isNative()))('no epoch is traced anew', async () => {
    const traced = async (epochs: number) => {
      calls = 0;
      await collect(fit(options({ epochs, jit: { executor: 'onnxruntime' } })));
      return calls;
    };
    expect(await traced(4)).toBe(await traced(1));
  });

  test('stopped in the middle of an epoch and resumed, it gives the same bits', async () => {
    const whole = await collect(fit(options()));
    const stop = new AbortController();
    const first = await collect(fit(options({ signal: stop.signal })), (event) => {
      if (event.type === 'batch' && event.step === 5) stop.abort();
    });
    const end = first.at(-1)!;
    if (end.type !== 'done') throw new Error('expected done');
    expect(end.result.state).toMatchObject({ epoch: 2, batch: 1 });
    const second = await collect(fit(options({ resumeFrom: end.result.state })));
    expect(weightOf(second.at(-1))).toBe(weightOf(whole.at(-1)));
  });
});
