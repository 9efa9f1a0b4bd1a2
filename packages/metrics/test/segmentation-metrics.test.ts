import type { SegscapeError } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, oneHot, softmax, tensor, tensor3d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreRecord, segmentationMetrics } from '../src/index.js';

const labels = { data: [0, 0, 0, 1, 1, 1], shape: [1, 2, 3] };
// Log-odds of class 1; the prediction is class 1 where positive: 0 1 0 / 1 1 0.
const logits = { data: [0, -1, 0, 1, 0, -1, 0, 1, 0, 1, 0, -1], shape: [1, 2, 3, 2] };

const code = async (action: Promise<unknown>) => {
  try {
    await action;
  } catch (error) {
    return (error as SegscapeError).code;
  }
  return 'no error';
};

describe('segmentationMetrics', () => {
  test('2 of 3 right in each class: IoU 2/4, Dice 4/6, precision 2/3, recall 2/3, area ratio 3/3', async () => {
    const metrics = segmentationMetrics({ classes: ['ground', 'disc'] });
    await metrics.update(labels, logits);
    const scores = metrics.compute();
    expect(scores.pixelAccuracy).toBeCloseTo(4 / 6);
    expect(scores.confusionMatrix).toEqual([
      [2, 1],
      [1, 2],
    ]);
    for (const name of ['precision', 'recall', 'specificity', 'dice'] as const)
      expect(scores[name]).toBeAllclose([2 / 3, 2 / 3]);
    expect(scores.iou).toEqual([0.5, 0.5]);
    expect(scores.areaRatio).toEqual([1, 1]);
    // Two pixels of each class get sigmoid(1), one sigmoid(-1).
    const sigmoid = 1 / (1 + Math.exp(-1));
    expect(scores.confidence).toBeAllclose([(sigmoid + 1) / 3, (sigmoid + 1) / 3]);
    expect(scoreRecord(scores)).toMatchObject({ pixelAccuracy: 4 / 6, 'iou.disc': 0.5, 'iou.mean': 0.5 });
  });

  test('class indices, [..., 1] indices, one-hot tensors and probabilities give the same scores; no tensor is left', async () => {
    const expected = segmentationMetrics({ classes: 2 });
    await expected.update(labels, logits);
    const indices = tensor3d(labels.data, [1, 2, 3], 'int32');
    const scores = tensor(logits.data, [1, 2, 3, 2]);
    const hot = oneHot(indices, 2);
    const column = tensor(labels.data, [1, 2, 3, 1], 'int32');
    const probabilities = softmax(scores);
    await expectTensors(0, async () => {
      for (const truth of [indices, hot, column]) {
        const metrics = segmentationMetrics({ classes: 2 });
        await metrics.update(truth, scores);
        expect(scoreRecord(metrics.compute())).toEqual(scoreRecord(expected.compute()));
      }
      const soft = segmentationMetrics({ classes: 2, input: 'probabilities' });
      await soft.update(indices, probabilities);
      expect(soft.compute().confidence).toBeAllclose([...expected.compute().confidence]);
    });
    dispose([indices, scores, hot, column, probabilities]);
  });

  test('one channel is binary: sigmoid, threshold ½', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(labels, { data: [-2, 2, -2, 2, 2, -2], shape: [1, 2, 3, 1] });
    expect(metrics.compute().iou).toEqual([0.5, 0.5]);
    await metrics.update({ data: [1], shape: [1, 1, 1, 1] }, { data: [100], shape: [1, 1, 1, 1] });
    expect(metrics.compute().confusionMatrix).toEqual([
      [2, 1],
      [1, 3],
    ]);
  });

  test('ignored pixels count nowhere; everything ignored is NaN', async () => {
    const metrics = segmentationMetrics({ classes: 2, ignoreIndex: 255 });
    await metrics.update({ ...labels, data: [0, 255, 0, 1, 1, 255] }, logits);
    expect(metrics.compute()).toMatchObject({ pixels: 4, pixelAccuracy: 1 });
    metrics.reset();
    await metrics.update({ ...labels, data: [255, 255, 255, 255, 255, 255] }, logits);
    expect(metrics.compute().pixelAccuracy).toBeNaN();
    expect(metrics.compute().mean.iou).toBeNaN();
  });

  test('a class that is nowhere is NaN and left out of means; predicted without truth it scores 0', async () => {
    const metrics = segmentationMetrics({ classes: 3 });
    await metrics.updatePredictions({ data: [0, 0], shape: [1, 1, 2] }, { data: [0, 1], shape: [1, 1, 2] });
    const { iou, areaRatio, confidence, mean } = metrics.compute();
    expect(iou).toEqual([0.5, 0, Number.NaN]);
    expect(mean.iou).toBe(0.25);
    expect(areaRatio[1]).toBeNaN();
    expect(confidence[0]).toBeNaN();
    const lenient = segmentationMetrics({ classes: 3, zeroDivision: 1 });
    lenient.merge(metrics);
    expect(lenient.compute().iou).toEqual([0.5, 0, 1]);
    expect(lenient.compute({ includeBackground: false }).mean.iou).toBe(0.5);
  });

  test('pooled and per image differ as they should', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    const truth = { data: [1, 1, 1, 1, 1, 0, 0, 0], shape: [2, 1, 4] };
    await metrics.updatePredictions(truth, { data: [1, 1, 1, 1, 0, 1, 0, 0], shape: [2, 1, 4] }, ['a', 'b']);
    expect(metrics.compute().iou[1]).toBeCloseTo(4 / 6);
    expect(metrics.compute({ over: 'images' }).iou[1]).toBe(0.5);
    expect(metrics.perImage().map(({ id, iou }) => [id, iou[1]])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  test('merging parts equals one pass, in any split', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 2, maxLength: 30 }),
        fc.nat(29),
        async (pixels, cut) => {
          const grid = (part: typeof pixels, k: 0 | 1) => ({
            data: part.map((p) => p[k]),
            shape: [1, 1, part.length],
          });
          const whole = segmentationMetrics({ classes: 3 });
          const first = segmentationMetrics({ classes: 3 });
          const second = segmentationMetrics({ classes: 3 });
          const at = Math.max(1, Math.min(cut, pixels.length - 1));
          await whole.updatePredictions(grid(pixels, 0), grid(pixels, 1));
          await first.updatePredictions(grid(pixels.slice(0, at), 0), grid(pixels.slice(0, at), 1));
          await second.updatePredictions(grid(pixels.slice(at), 0), grid(pixels.slice(at), 1));
          first.merge(second);
          expect(first.compute().confusionMatrix).toEqual(whole.compute().confusionMatrix);
          const restored = segmentationMetrics({ classes: 3 });
          restored.restore(
            JSON.parse(JSON.stringify(first.state().map((t) => ({ ...t, probability: [0, 0, 0] })))),
          );
          expect(restored.compute().iou).toEqual(whole.compute().iou);
        },
      ),
    ));

  test('permuting the classes permutes the scores', async () => {
    const swap = (grid: { data: number[]; shape: number[] }) => ({
      ...grid,
      data: grid.data.map((v) => 1 - v),
    });
    const truth = { data: [0, 0, 1, 1, 1], shape: [1, 1, 5] };
    const predicted = { data: [0, 1, 1, 1, 0], shape: [1, 1, 5] };
    const [a, b] = [segmentationMetrics({ classes: 2 }), segmentationMetrics({ classes: 2 })];
    await a.updatePredictions(truth, predicted);
    await b.updatePredictions(swap(truth), swap(predicted));
    expect(a.compute().iou).toEqual([...b.compute().iou].reverse());
  });

  test('logits of ±1e4 stay finite', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(
      { data: [0, 1], shape: [1, 1, 2] },
      { data: [1e4, -1e4, 1e4, -1e4], shape: [1, 1, 2, 2] },
    );
    expect(metrics.compute().confidence).toEqual([1, 0]);
  });

  test('says what is wrong with its input, and keeps what it had', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(labels, logits);
    await expect(metrics.update({ ...labels, data: [0, 0, 0, 1, 1, 7] }, logits)).rejects.toThrow(
      'segmentationMetrics.update: label 7 is not one of the 2 classes 0…1. Map it to a class, or set ignoreIndex.',
    );
    await expect(metrics.update({ ...labels, shape: [2, 3] }, logits)).rejects.toThrow(
      'segmentationMetrics.update: expected labels shaped [1,2,3] (class indices) or [1,2,3,2] (one-hot), got [2, 3].',
    );
    expect(await code(metrics.update(labels, { ...logits, shape: [1, 2, 2, 3] }))).toBe('SHAPE_MISMATCH');
    expect(metrics.compute().images).toBe(1);
    expect(() => segmentationMetrics({ classes: 1 })).toThrow('classes (=1) must be at least 2');
    expect(() => metrics.merge(segmentationMetrics({ classes: 3 }))).toThrow('be the same 2 classes');
  });

  test('a state of other classes, or none at all, is not restored', async () => {
    const three = segmentationMetrics({ classes: 3 });
    await three.updatePredictions({ data: [0, 2], shape: [1, 1, 2] }, { data: [0, 1], shape: [1, 1, 2] });
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.update(labels, logits);
    expect(() => metrics.restore(three.state())).toThrow(
      'segmentationMetrics.restore: expected the counts of 2 classes, got 3 in state[0]. Restore into an accumulator of the same classes.',
    );
    const [own] = metrics.state();
    for (const cut of [{ counts: [1, 2] }, { probability: [1] }, { undecided: [] }])
      expect(() => metrics.restore([{ ...own!, ...cut }])).toThrow('expected the counts of 2 classes');
    const odd = (state: unknown) => expect(() => metrics.restore(state as never));
    odd(null).toThrow('segmentationMetrics.restore: state (=null) must be a list');
    odd([null]).toThrow('state[0] (=null) must be the counts of an image');
    for (const wrong of [{ counts: [1, 0, null, 1] }, { probability: ['1', 0] }, { nonFinite: 'x' }])
      odd([{ ...own, ...wrong }]).toThrow(
        /^segmentationMetrics\.restore: state\[0\] .* must be the counts of an image/,
      );
    // What was there is there.
    expect(metrics.compute().pixels).toBe(6);
  });

  test('a confidence that nobody measured stays unknown through JSON', async () => {
    const metrics = segmentationMetrics({ classes: 2 });
    await metrics.updatePredictions({ data: [0, 1], shape: [1, 1, 2] }, { data: [0, 1], shape: [1, 1, 2] });
    const restored = segmentationMetrics({ classes: 2 });
    restored.restore(JSON.parse(JSON.stringify(metrics.state())));
    expect(restored.state()).toEqual(metrics.state());
    expect(restored.compute()).toEqual(metrics.compute());
    expect(restored.compute().mean.confidence).toBeNaN();
  });

  test('classes of other names are not merged; those that are only numbered are any', async () => {
    const named = (...classes: string[]) => segmentationMetrics({ classes });
    expect(() => named('a', 'b').merge(named('b', 'a'))).toThrow(
      "segmentationMetrics.merge: classes (=['b','a']) must be the same 2 classes, a, b.",
    );
    for (const other of [named('a', 'b'), segmentationMetrics({ classes: 2 })]) {
      await other.update(labels, logits);
      const metrics = named('a', 'b');
      metrics.merge(other);
      const numbered = segmentationMetrics({ classes: 2 });
      numbered.merge(metrics);
      expect(numbered.compute().pixels).toBe(6);
    }
    expect(() => named('a', 'b').merge(null as never)).toThrow(
      'classes (=undefined) must be the same 2 classes',
    );
  });

  test('a million images are restored and merged, more than fit on the stack as arguments', () => {
    const one = { id: 'a', classes: 2, counts: [1, 0, 0, 1], probability: [0.5, 0.5] };
    const [many, all] = [segmentationMetrics({ classes: 2 }), segmentationMetrics({ classes: 2 })];
    many.restore(new Array(1_000_000).fill(one));
    all.merge(many);
    expect(all.compute()).toMatchObject({ images: 1_000_000, pixels: 2_000_000, pixelAccuracy: 1 });
  });
});
