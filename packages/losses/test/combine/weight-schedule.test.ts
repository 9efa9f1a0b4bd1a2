import {
  boundary,
  crossEntropy,
  dice,
  focal,
  type LossFn,
  lossFromConfig,
  pixelWeighted,
  rampUp,
  regionSizeWeights,
  type WeightSchedule,
  weightedSum,
} from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import { mul, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

const labels = randomLabels([2, 4, 4], 3, 1);
const logits = randomLogits([2, 4, 4, 3], 2);
const value = (x: Tensor) => x.dataSync()[0] as number;

/** The loss with the weights of an epoch. */
const atEpoch = (loss: LossFn, epoch: number) => {
  const weights = Object.entries(loss.weightsAt?.(epoch) ?? {}).map(([name, weight]) => [
    name,
    scalar(weight),
  ]);
  return loss({ labels, ...Object.fromEntries(weights) }, logits);
};

test('rampUp rises in a straight line from its start on, and stays', () => {
  const { at, last } = rampUp({ from: 0.1, to: 0.5, start: 2, epochs: 4 });
  expect([0, 2, 3, 4.5, 6, 60].map((epoch) => at(epoch).toFixed(3))).toEqual(
    [0.1, 0.1, 0.2, 0.35, 0.5, 0.5].map((weight) => weight.toFixed(3)),
  );
  expect(last).toBe(0.5);
  expect(errorOf(() => rampUp({ epochs: 0 })).message).toBe(
    'rampUp: epochs (=0) must be positive, in epochs.',
  );
  expect(errorOf(() => rampUp({} as { epochs: number })).message).toBe('rampUp: epochs is missing.');
});

describe('a sum whose weights change', () => {
  const loss = weightedSum([
    [dice(), 1],
    [crossEntropy(), rampUp({ from: 0, to: 2, epochs: 10 })],
  ]);
  const [overlap, entropy] = [value(dice()(labels, logits)), value(crossEntropy()(labels, logits))];

  test('has the weights of the epoch, and those of the end where none is told', async () => {
    expect(loss.weightsAt?.(3)).toEqual({ 'weight.1': expect.closeTo(0.6) });
    for (const epoch of [0, 3, 10, 99])
      expect(value(atEpoch(loss, epoch))).toBeCloseTo(overlap + Math.min(2, epoch / 5) * entropy, 5);
    expect(value(loss(labels, logits))).toBeCloseTo(overlap + 2 * entropy, 5);
    const weight = scalar(0.5);
    await expectTensors(1, () => loss({ labels, 'weight.1': weight }, logits));
  });

  test('has none to tell of where nothing changes', () => {
    expect(weightedSum([[dice(), 1]]).weightsAt).toBeUndefined();
    expect(pixelWeighted(focal(), regionSizeWeights()).weightsAt).toBeUndefined();
  });

  test('tells of sums inside of it, each by its place', () => {
    const inner = (to: number) => weightedSum([[crossEntropy(), rampUp({ to, epochs: 10 })]]);
    const outer = weightedSum([
      [inner(1), rampUp({ from: 1, to: 3, epochs: 10 })],
      [pixelWeighted(inner(4), (mask) => ({ ...mask, data: new Float32Array(16).fill(1) })), 1],
    ]);
    expect(outer.weightsAt?.(5)).toEqual({
      'weight.0': 2,
      'term.0.weight.0': 0.5,
      'term.1.weight.0': 2,
    });
    expect(value(atEpoch(outer, 5))).toBeCloseTo((2 * 0.5 + 2) * entropy, 4);
  });

  test('keeps them where combinators hand ignoreIndex on, per pixel, and as data', () => {
    const pixels = weightedSum([[crossEntropy(), rampUp({ epochs: 2 })]]);
    expect(pixels.ignoring?.(7).weightsAt?.(1)).toEqual({ 'weight.0': 0.5 });
    expect(pixels.map({ labels, 'weight.0': scalar(0.5) }, logits)).toBeAllclose(
      mul(crossEntropy().map(labels, logits), 0.5),
    );
    expect(JSON.parse(JSON.stringify(loss.options))).toEqual({
      terms: [
        { loss: { kind: 'dice' }, weight: 1 },
        { loss: { kind: 'crossEntropy' }, weight: { from: 0, to: 2, start: 0, epochs: 10 } },
      ],
    });
    const again = lossFromConfig({ kind: 'weightedSum', ...loss.options });
    expect(again.weightsAt?.(3)).toEqual(loss.weightsAt?.(3));
  });

  test('takes a schedule of one’s own, and refuses what is none', () => {
    const late: WeightSchedule = { at: (epoch) => Number(epoch >= 5), last: 1 };
    const switched = weightedSum([
      [dice(), 1],
      [boundary({ classes: [1] }), late],
    ]);
    expect([4, 5].map((epoch) => switched.weightsAt?.(epoch))).toEqual([
      { 'weight.1': 0 },
      { 'weight.1': 1 },
    ]);
    expect(errorOf(() => weightedSum([[dice(), Number.NaN]])).message).toBe(
      'weightedSum: weight (=NaN) must be a finite number or a schedule, as rampUp makes one.',
    );
    const terms = [{ loss: { kind: 'dice' }, weight: { epochs: -1 } }];
    expect(errorOf(() => lossFromConfig({ kind: 'weightedSum', terms })).message).toBe(
      'lossFromConfig: weightedSum: terms[0].weight.epochs (=-1) must be positive, in epochs.',
    );
  });
});
