import { expect, test } from 'vitest';
import { type EpochPoint, LearningCurves } from '../src/study/learning-curves.js';

const point = (more: Partial<EpochPoint>): EpochPoint => ({
  loss: 'dice',
  seed: 1,
  epoch: 0,
  split: 'test',
  measure: 'iou.disc',
  value: 0.5,
  ...more,
});

test('lines are means over the seeds by epoch; what is not finite is left out', () => {
  const curves = new LearningCurves([
    point({ value: 0.2 }),
    point({ seed: 2, value: 0.6 }),
    point({ epoch: 1 }),
  ]);
  curves.add([point({ epoch: 1, seed: 2, value: Number.NaN }), point({ loss: 'ce', epoch: 1, value: 0.1 })]);
  expect(curves.losses()).toEqual(['dice', 'ce']);
  expect(curves.measures()).toEqual(['test iou.disc']);
  const [dice, ce] = curves.lines('test iou.disc');
  expect([...dice!.values]).toEqual([
    [0, expect.closeTo(0.4, 12) as number],
    [1, 0.5],
  ]);
  expect([...ce!.values]).toEqual([[1, 0.1]]);
  expect(curves.lines('none').map(({ values }) => values.size)).toEqual([0, 0]);
});
test('the newest value of each measure is told, those of the training images are not', () => {
  const curves = new LearningCurves([
    point({ epoch: 2, value: 0.9 }),
    point({ epoch: 1, value: 0.1 }),
    point({ split: 'train', value: 1 }),
  ]);
  expect(curves.newest()).toEqual([{ loss: 'dice', values: { 'iou.disc (test)': 0.9 } }]);
});
test('showing a measure costs as its own lines, however much else was recorded', () => {
  const some = new LearningCurves();
  const much = new LearningCurves();
  let looked = 0;
  // Counts how often a value is asked for: a point must be looked at when it comes, and never again.
  const counted = (more: Partial<EpochPoint>): EpochPoint => {
    const { value, ...rest } = point(more);
    return {
      ...rest,
      get value() {
        looked++;
        return value;
      },
    };
  };
  for (const [curves, measures] of [
    [some, 1],
    [much, 60],
  ] as const)
    for (let m = 0; m < measures; m++)
      for (let epoch = 0; epoch < 50; epoch++) curves.add([counted({ measure: `iou.${m}`, epoch })]);
  const added = looked;
  for (let i = 0; i < 100; i++) {
    some.lines('test iou.0');
    much.lines('test iou.0');
    much.newest();
  }
  expect(looked).toBe(added);
  expect(much.lines('test iou.0')).toEqual(some.lines('test iou.0'));
});
