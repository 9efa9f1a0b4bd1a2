import { expectTensors } from '@segscape/testing';
import { concat, sub, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { validatedThreshold } from '../src/tasks/validated-threshold.js';

type Parts = Parameters<typeof validatedThreshold>[0];

/** Validation images of one row, whose pixels are themselves the probabilities of the second class. */
function setupOf(
  images: readonly {
    readonly id: string;
    readonly labels: readonly number[];
    readonly given: readonly number[];
  }[],
  { classes = ['ground', 'disc'], groups = new Map<string, string>() } = {},
): Parts {
  return {
    classes,
    overlapping: false,
    groups,
    ignoreIndex: 255,
    validation: { length: images.length } as Parts['validation'],
    async *evaluationBatches() {
      for (const { id, labels, given } of images)
        yield {
          ids: [id],
          labels: tensor([...labels], [1, 1, labels.length], 'int32'),
          images: tensor([...given], [1, 1, given.length, 1]),
        };
    },
  };
}

const forward = async (images: Tensor) => ({
  logits: zeros([1]),
  probabilities: tidy(() => concat([sub(1, images), images], 3)),
});

test('takes the threshold of the best mean Dice: 0.3 parts 0.305 from 0.295', async () => {
  // Above 0.3: three true, none false. Above 0.5: one of three, Dice 2 / (1 + 3) = 0.5.
  const setup = setupOf([{ id: 'a', labels: [1, 1, 1, 0, 0], given: [0.9, 0.305, 0.4, 0.295, 0.1] }]);
  expect(await expectTensors(0, () => validatedThreshold(setup, forward))).toEqual({
    value: 0.3,
    dice: 1,
    diceAtHalf: 0.5,
  });
});

test('patients count alike, not images or pixels; an empty one is perfect only where nothing is found', async () => {
  const empty = { labels: [0, 0], given: [0.7, 0.1] };
  const full = { labels: [1, 1], given: [0.6, 0.6] };
  const images = [
    { id: 'a', ...empty },
    { id: 'b', ...full },
    { id: 'c', ...full },
  ];
  // Two patients with discs against an empty one: 0.5 finds both and costs the third.
  expect(await validatedThreshold(setupOf(images), forward)).toMatchObject({ value: 0.5, dice: 2 / 3 });
  // One patient's two images are one: 1/2 either way, and 0.5 is nearest to itself.
  const groups = new Map([
    ['b', 'p'],
    ['c', 'p'],
  ]);
  expect(await validatedThreshold(setupOf(images, { groups }), forward)).toMatchObject({
    value: 0.5,
    dice: 0.5,
  });
  const twoEmpty = [...images, { id: 'd', ...empty }];
  expect(await validatedThreshold(setupOf(twoEmpty, { groups }), forward)).toMatchObject({
    value: 0.7,
    dice: 2 / 3,
  });
});

test('void pixels count for nothing; equal thresholds leave 0.5; more classes or no images have none', async () => {
  const setup = setupOf([{ id: 'a', labels: [1, 255, 0], given: [0.8, 0.95, 0.2] }]);
  expect(await validatedThreshold(setup, forward)).toEqual({ value: 0.5, dice: 1, diceAtHalf: 1 });
  const three = setupOf([], { classes: ['a', 'b', 'c'] });
  expect(await validatedThreshold(three, forward)).toBeUndefined();
  expect(await validatedThreshold(setupOf([]), forward)).toBeUndefined();
});
