import { describe, expect, test } from 'vitest';
import { answerOf, selectionText } from '../src/data/answer.js';
import { methodsParagraph } from '../src/data/words-of-methods.js';
import type { ReportFacts } from '../src/index.js';
import { powerFigures } from '../src/sections/power.js';
import { testsHtml } from '../src/sections/tests.js';

type Part = Pick<ReportFacts, 'losses' | 'scores'> & Partial<ReportFacts>;

const factsOf = (part: Part): ReportFacts => ({
  title: 'discs',
  seeds: [...new Set(part.scores.map(({ seed }) => seed))],
  classes: ['background', 'disc'],
  foreground: 'disc',
  material: {
    dataset: {},
    classes: ['background', 'disc'],
    train: 8,
    test: 2,
    shares: [0.9, 0.1],
    sizes: { smallest: [8, 8], largest: [8, 8] },
    channels: 3,
    parameters: 100,
  },
  environment: [],
  pictures: [],
  surfaces: [],
  minutes: 1,
  ...part,
});
const score = (loss: string, seed: number, ...ious: number[]) => ({
  loss,
  seed,
  images: ious.map((iou, i) => ({ id: String(i), 'iou.disc': iou })),
});
const pair = (a: string, b: string, pHolm: number, difference = 0.1) => ({
  measure: 'iou.disc',
  a,
  b,
  difference,
  p: pHolm,
  pHolm,
  effect: 1,
  n: 20,
});
const oneSeed = [score('CE', 1, 0.5, 0.5), score('Dice', 1, 0.8, 0.8)];
const twoSeeds = [...oneSeed, score('CE', 2, 0.7, 0.7), score('Dice', 2, 0.6, 0.6)];

describe('the answer with one seed speaks of these networks', () => {
  test('that differ', () =>
    expect(
      answerOf(
        factsOf({ losses: ['CE', 'Dice'], scores: oneSeed, comparisons: [pair('CE', 'Dice', 0.01, -0.3)] }),
      ),
    ).toEqual({
      best: 'Dice',
      headline:
        'The network trained with Dice did best: test IoU of disc 0.800 (95 % interval 0.800 to 0.800).',
      detail:
        'Significantly better than the network trained with CE (Holm-corrected p ≤ 0.01). Measured on 2 test images. One seed: this compares these networks, not the losses; another seed may order them otherwise.',
    }));
  test('that do not', () =>
    expect(
      answerOf(factsOf({ losses: ['CE', 'Dice'], scores: oneSeed, comparisons: [pair('CE', 'Dice', 0.5)] }))
        .headline,
    ).toBe(
      'No significant difference between the networks; the one trained with Dice has the highest test IoU of disc 0.800 (95 % interval 0.800 to 0.800).',
    ));
  test('that were not tested', () =>
    expect(answerOf(factsOf({ losses: ['CE', 'Dice'], scores: oneSeed })).detail).toMatch(
      /^The networks were not compared by tests\. /,
    ));
  test('of one loss', () =>
    expect(answerOf(factsOf({ losses: ['CE'], scores: oneSeed.slice(0, 1) }))).toEqual({
      best: 'CE',
      headline: 'The network trained with CE: test IoU of disc 0.500 (95 % interval 0.500 to 0.500).',
      detail: 'Measured on 2 test images.',
    }));
  test('whatever the plan was: seeds that were not scored do not count', () =>
    expect(answerOf(factsOf({ losses: ['CE', 'Dice'], scores: oneSeed, seeds: [1, 2, 3] })).headline).toMatch(
      /^The network trained with Dice did best/,
    ));
  test('no sentence says of a loss that it is better', () => {
    for (const pHolm of [0.0001, 0.04, 0.5]) {
      const { headline, detail } = answerOf(
        factsOf({ losses: ['CE', 'Dice'], scores: oneSeed, comparisons: [pair('CE', 'Dice', pHolm, -0.3)] }),
      );
      expect(`${headline} ${detail}`).not.toMatch(/(?<!trained with )\b(CE|Dice)\b|between the losses/);
    }
  });
});

describe('the answer with several seeds speaks of losses, and of how the seeds agree', () => {
  const facts = { losses: ['CE', 'Dice'], scores: twoSeeds };
  test('with the seeds that the leader won', () =>
    expect(answerOf(factsOf({ ...facts, comparisons: [pair('Dice', 'CE', 0.0001)] }))).toEqual({
      best: 'Dice',
      headline: 'Dice did best: test IoU of disc 0.700 (95 % interval 0.700 to 0.700).',
      detail:
        'Significantly better than CE (Holm-corrected p < 0.001). Measured on 2 test images. Dice was first with 1 of 2 seeds; intervals and tests count the images, not the seeds.',
    }));
  test('a test against the means is told as that', () =>
    expect(answerOf(factsOf({ ...facts, comparisons: [pair('Dice', 'CE', 0.01, -0.2)] })).detail).toMatch(
      /^Image by image CE did significantly better, against the means\. /,
    ));
});

describe('what was lost and what was chosen is told', () => {
  const lost = (loss: string, seed: number) => ({ loss, seed, epoch: 1, step: 7, message: 'NaN' });
  test('losses that diverged with every seed, and with some', () =>
    expect(
      answerOf(
        factsOf({
          losses: ['CE', 'Dice', 'Focal', 'Lovász'],
          scores: [...twoSeeds.slice(0, 3)],
          diverged: [
            lost('Focal', 1),
            lost('Focal', 2),
            lost('Dice', 2),
            lost('Lovász', 1),
            lost('Lovász', 2),
          ],
        }),
      ).detail,
    ).toBe(
      'The networks were not compared by tests. Measured on 2 test images. One seed of Dice: this compares these networks, not the losses; another seed may order them otherwise. Focal and Lovász diverged and have no score. Dice diverged with seed 2; its scores are of the other seeds.',
    ));
  test('even when nothing could be measured', () =>
    expect(answerOf(factsOf({ losses: ['CE'], scores: [], diverged: [lost('CE', 1)] }))).toEqual({
      headline: 'The IoU of disc could not be measured.',
      detail: 'No image was scored. CE diverged and has no score.',
    }));
  test('when all others diverged, one network is not compared', () =>
    expect(
      answerOf(factsOf({ losses: ['CE', 'Dice'], scores: oneSeed.slice(0, 1), diverged: [lost('Dice', 1)] })),
    ).toEqual({
      best: 'CE',
      headline: 'The network trained with CE: test IoU of disc 0.500 (95 % interval 0.500 to 0.500).',
      detail: 'Measured on 2 test images. Dice diverged and has no score.',
    }));
  test('the weights that were scored', () =>
    expect(
      answerOf(
        factsOf({
          losses: ['CE', 'Dice'],
          scores: oneSeed,
          selection: { select: 'best', measure: 'iou.disc', epochs: [] },
        }),
      ).detail,
    ).toMatch(/ Scored: the best epoch by validation IoU, disc\.$/));
  test.each([
    [{ select: 'best', epochs: [] }, 'the best epoch by the validation images'],
    [{ select: 'last', epochs: [] }, 'the last epoch'],
    [{ select: 'ema', epochs: [] }, 'the running average of the weights, last epoch'],
  ] as const)('%j', (selection, text) => expect(selectionText(selection)).toBe(text));
});

test('a loss or a class called as what every object has', () => {
  const named = (label: string) => ({
    loss: label,
    seed: 1,
    images: [{ id: 'a', 'iou.constructor': label === '__proto__' ? 0.9 : 0.1 }],
  });
  expect(
    answerOf(
      factsOf({
        losses: ['toString', '__proto__'],
        scores: ['toString', '__proto__'].map(named),
        foreground: 'constructor',
      }),
    ).headline,
  ).toMatch(/^The network trained with __proto__ did best: test IoU of constructor 0\.900/);
});

describe('what the data cannot bear is not said', () => {
  const untested = { ...pair('CE', 'Dice', Number.NaN), n: 1, method: 'crossed' as const };
  const scores = [score('CE', 1, 0.5), score('Dice', 1, 0.8), score('CE', 2, 0.5), score('Dice', 2, 0.8)];
  const none = { low: Number.NaN, high: Number.NaN };
  const intervals = [
    { loss: 'CE', measure: 'iou.disc', mean: 0.5, ...none },
    { loss: 'Dice', measure: 'iou.disc', mean: 0.8, ...none },
  ];
  const one = { losses: ['CE', 'Dice'], scores, intervals, comparisons: [untested] };

  test('of one test image: neither that there is no difference, nor what would settle it', () => {
    const points = [2, 20].map((seeds) => ({ seeds, groups: 1, power: Number.NaN }));
    const variance = { group: Number.NaN, seed: Number.NaN, rest: Number.NaN };
    const power = {
      a: 'Dice',
      b: 'CE',
      measure: 'iou.disc',
      difference: 0.3,
      variance,
      seeds: 2,
      groups: 1,
      bySeeds: points,
      byGroups: points,
    };
    const facts = factsOf({ ...one, power });
    expect(answerOf(facts)).toEqual({
      best: 'Dice',
      headline: 'One test image cannot tell the losses apart; Dice has the highest test IoU of disc 0.800.',
      detail:
        'Measured on 1 test image. Dice was first with 2 of 2 seeds; nothing is known of other patients.',
    });
    expect(powerFigures(facts, String)).toEqual([]);
    expect(methodsParagraph(facts)).toContain(
      'Tests between pairs need scores of more than one patient, and were not made.',
    );
  });

  test('of one patient with several images', () => {
    const facts = factsOf({ ...one, groups: { '0': 'p' } });
    expect(answerOf(facts).headline).toMatch(/^One test patient cannot tell the losses apart/);
    expect(answerOf(facts).detail).toContain('of 1 patient, who counts once.');
  });

  test('of images without foreground: that they have no score at all', () => {
    const empty = [score('CE', 1, 0, Number.NaN), score('CE', 2, Number.NaN, 0)];
    const unknown = [{ loss: 'CE', measure: 'iou.disc', mean: Number.NaN, ...none }];
    expect(answerOf(factsOf({ losses: ['CE'], scores: empty, intervals: unknown })).detail).toBe(
      'Of each of the 2 test images it is undefined with some seed: neither the truth nor the prediction has any disc there.',
    );
  });

  test('an effect of no image is none', () =>
    expect(
      testsHtml(factsOf({ ...one, comparisons: [{ ...untested, n: 0, effect: 0 }] })).toString(),
    ).not.toContain('0.00'));
});
