import { describe, expect, test } from 'vitest';
import { casesBy, reasonsOf } from '../src/data/cases.js';
import type { ReportFacts } from '../src/index.js';
import { casesHtml } from '../src/sections/cases.js';

const ids = ['a', 'b', 'c', 'd'];

/** Two seeds; the pictures are of the second one's networks. */
const facts = {
  losses: ['CE', 'Dice'],
  foreground: 'disc',
  seeds: [1, 2],
  scores: [
    { loss: 'CE', seed: 1, images: ids.map((id) => ({ id, 'iou.disc': 0.1 })) },
    { loss: 'CE', seed: 2, images: ids.map((id, i) => ({ id, 'iou.disc': [0.2, 0.9, 0.5, 0.4][i]! })) },
    { loss: 'Dice', seed: 2, images: ids.map((id, i) => ({ id, 'iou.disc': [0.7, 0.6, 0.8, 0.3][i]! })) },
  ],
  disputes: {
    measure: 'jaccardDistance',
    seeds: { CE: 2, Dice: 2 },
    images: ids.map((id, i) => ({
      id,
      disagreement: [0.25, 0, 0.5, 0.1][i]!,
      byLoss: { CE: [0.25, 0, 0.5, 0.1][i]!, Dice: [0.3, 0, 0.2, 0.1][i]! },
    })),
  },
  cases: [
    { loss: 'CE', worst: 'a', best: 'b', disputed: 'c' },
    { loss: 'Dice', worst: 'd', best: 'c', disputed: 'a' },
  ],
} satisfies Partial<ReportFacts> as Partial<ReportFacts> as ReportFacts;

const plain = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

describe('why an image is shown', () => {
  test('with the number of the network that the pictures are of', () => {
    expect(Object.fromEntries(reasonsOf(facts))).toEqual({
      a: ['worst of CE (IoU 0.200)', 'Dice farthest from the others (distance 0.300)'],
      b: ['best of CE (IoU 0.900)'],
      c: [
        'most disputed among all losses (distance 0.500)',
        'CE farthest from the others (distance 0.500)',
        'best of Dice (IoU 0.800)',
      ],
      d: ['worst of Dice (IoU 0.300)'],
    });
  });
  test('nothing is disputed where all masks are the same', () => {
    const same = {
      ...facts,
      disputes: {
        ...facts.disputes!,
        images: ids.map((id) => ({ id, disagreement: 0, byLoss: { CE: 0, Dice: 0 } })),
      },
    };
    expect([...reasonsOf(same).values()].flat().join()).not.toMatch(/disputed|distance/);
  });
  test('an older run gives none', () => {
    const { cases: _, disputes: __, ...old } = facts;
    expect(reasonsOf(old).size).toBe(0);
  });
});

describe('the table of cases', () => {
  test('takes the shown networks, and their distances', () => {
    const text = plain(casesHtml(facts, () => undefined).toString());
    expect(text).toContain('Farthest from the other losses');
    expect(text).toContain('CE a 0.200 d 0.400 b 0.900 c 0.500 c 0.500 a 0.250');
    expect(text).toContain(
      'Most disputed, by the mean distance between the masks of two losses: c 0.500 a 0.250',
    );
    expect(text).toContain('of the networks that the pictures are of, one a loss (seed 2)');
  });
  test('of an older run takes means over the seeds', () => {
    const { cases: _, disputes: __, ...old } = facts;
    expect(casesBy(old, 'iou.disc')[0]).toEqual({ id: 'a', values: [expect.closeTo(0.15, 10), 0.7] });
    const text = plain(casesHtml(old, () => undefined).toString());
    expect(text).not.toContain('Farthest');
    expect(text).toContain('Most disputed, by the distance between the best and the worst loss');
    expect(text).toContain('a mean over the seeds');
  });
  test('of equals the one goes first whose pictures the run kept', () => {
    const even = {
      ...facts,
      scores: facts.scores.map((entry) => ({
        ...entry,
        images: entry.images.map(({ id }) => ({ id, 'iou.disc': 0.5 })),
      })),
      cases: [{ loss: 'CE', worst: 'c', best: 'd', disputed: 'c' }],
    };
    expect(plain(casesHtml(even, () => undefined).toString())).toContain(
      'CE c 0.500 a 0.500 d 0.500 a 0.500',
    );
  });
  test('names a loss called __proto__ like others', () => {
    const odd = JSON.parse(JSON.stringify(facts).replaceAll('"Dice"', '"__proto__"')) as ReportFacts;
    expect(reasonsOf(odd).get('d')).toEqual(['worst of __proto__ (IoU 0.300)']);
  });
});
