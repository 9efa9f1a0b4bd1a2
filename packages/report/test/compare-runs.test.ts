import { crossedTest, holm } from '@segscape/metrics';
import { beforeAll, describe, expect, test } from 'vitest';
import { testsBetween } from '../src/data/between-runs.js';
import { compareRuns, type ReportFacts, type ScoreFact } from '../src/index.js';
import { syntheticRun } from './synthetic-run.js';

const images = ['a', 'b', 'c', 'd', 'e'];
const scored = (loss: string, seed: number, values: readonly number[], ids = images): ScoreFact => ({
  loss,
  seed,
  images: ids.map((id, i) => ({ id, 'iou.disc': values[i]! })),
});
let facts: ReportFacts;
beforeAll(async () => {
  const run = await syntheticRun({ epochs: 1, resolution: 3, side: 16, samples: 0, images: 2 });
  const all = JSON.parse(new TextDecoder().decode(await run.read('report.json'))) as ReportFacts;
  const { intervals: _, comparisons: __, ...rest } = all;
  facts = { ...rest, material: { ...all.material, contentHash: 'ab'.repeat(32) } };
});
const of = (scores: readonly ScoreFact[], more: Partial<ReportFacts> = {}): ReportFacts => ({
  ...facts,
  losses: [...new Set(scores.map(({ loss }) => loss))],
  seeds: [...new Set(scores.map(({ seed }) => seed))],
  scores,
  ...more,
});
const low = [0.5, 0.6, 0.7, 0.4, 0.8];
const high = low.map((value, i) => value + 0.01 * (i + 1));

describe('testsBetween', () => {
  test('one seed: all five images agree, so 2 of the 32 signs are as far away, and two pairs double it', () => {
    const { comparisons } = testsBetween(
      of([scored('A', 1, low), scored('B', 1, high), scored('C', 1, high)]),
      [['A'], ['B', 'C']],
      'iou.disc',
    );
    expect(comparisons.map(({ a, b }) => [a, b])).toEqual([
      ['A', 'B'],
      ['A', 'C'],
    ]);
    expect(comparisons[0]).toMatchObject({ method: 'permutation', n: 5, seeds: 1, effect: -1 });
    expect(comparisons[0]!.difference).toBeCloseTo(-0.03, 12);
    expect(comparisons[0]!.p).toBeCloseTo(2 / 32, 12);
    expect(comparisons[0]!.pHolm).toBeCloseTo(4 / 32, 12);
  });
  test('images are paired by their names, whatever the order of a run', () => {
    const back = [...images].reverse();
    const { comparisons } = testsBetween(
      of([scored('A', 1, low), scored('B', 1, [...high].reverse(), back)]),
      [['A'], ['B']],
      'iou.disc',
    );
    expect(comparisons[0]!.p).toBeCloseTo(2 / 32, 12);
    expect(comparisons[0]!.difference).toBeCloseTo(-0.03, 12);
  });
  test('several seeds and patients: the numbers of crossedTest, over the seeds that all have', () => {
    const shifted = (by: number) => high.map((value, i) => value + by * ((i % 2) - 0.3));
    const groups = { a: 'ann', b: 'ann', c: 'bob', d: 'cy', e: 'dee' };
    const { comparisons, seeds, count } = testsBetween(
      of(
        [
          scored('A', 1, low),
          scored('A', 2, shifted(0.02)),
          scored('A', 7, low),
          scored('B', 2, shifted(0.05)),
          scored('B', 1, high),
        ],
        { groups },
      ),
      [['A'], ['B']],
      'iou.disc',
    );
    const expected = crossedTest([low, shifted(0.02)], [high, shifted(0.05)], {
      groups: Object.values(groups),
    });
    expect([seeds, count]).toEqual(['number', 2]);
    expect(comparisons[0]).toMatchObject({
      method: 'crossed',
      difference: expected.estimate,
      low: expected.low,
      high: expected.high,
      p: expected.pValue,
      pHolm: holm([expected.pValue])[0],
      n: 4,
      seeds: 2,
    });
  });
  test('runs without a seed in common are paired in the order of their seeds', () => {
    const { comparisons, seeds, count } = testsBetween(
      of([
        scored('A', 1, low),
        scored('A', 2, low),
        scored('B', 8, high),
        scored('B', 9, high),
        scored('B', 10, low),
      ]),
      [['A'], ['B']],
      'iou.disc',
    );
    expect([seeds, count]).toEqual(['order', 2]);
    expect(comparisons[0]!.difference).toBeCloseTo(-0.03, 12);
  });
});

describe('the page of several runs', () => {
  const page = async (a: ReportFacts, b: ReportFacts) => {
    const html = await compareRuns([
      { name: '/home/ada/small', facts: a },
      { name: 'large', facts: b },
    ]);
    // Without the script, which would fill the message of a test.
    return html.slice(html.indexOf('<body>'), html.lastIndexOf('<script>'));
  };
  test('has the tests between them and says how they were paired', async () => {
    const html = await page(of([scored('CE', 1, low)]), of([scored('CE', 1, high)]));
    expect(html).toContain('Tests between the runs are paired by image, over the one seed that all have.');
    expect(html).toContain('Pairwise tests, IoU, disc');
    expect(html).toMatch(/CE \(.*?small\)<\/span> <span class="versus">against<\/span> .*?CE \(large\)/);
    expect(html).toContain('<td>0.063</td><td>0.063</td><td>−1.00</td><td>5</td>');
    expect(html).toContain('One seed: the tests compare these trained networks');
  });
  test('of several seeds speaks of the losses', async () => {
    const html = await page(
      of([scored('CE', 1, low), scored('CE', 2, low)]),
      of([scored('Dice', 3, high), scored('Dice', 4, high)]),
    );
    expect(html).toContain(
      'paired by image, the runs have no seed in common, so the first 2 of each are paired in their order.',
    );
    expect(html).toContain('over crossed seeds and patients');
  });
  test.each([
    [
      'another foreground',
      () => of([scored('Dice', 1, high)], { foreground: 'cup' }),
      'No test between the runs was made: &#39;small&#39; is about disc, &#39;large&#39; about cup.',
    ],
    [
      'no scores of the measure',
      () => of([{ loss: 'Dice', seed: 1, images: images.map((id) => ({ id, pixelAccuracy: 1 })) }]),
      'No test between the runs was made: fewer than two of them have an IoU of disc.',
    ],
  ] as const)('says why there are no tests: %s', async (_, other, words) => {
    const html = await page(of([scored('CE', 1, low)]), other());
    expect(/<p class="verdict">(.*?)<\/p>/.exec(html)?.[1]).toContain(words);
    expect(html.includes('Pairwise tests')).toBe(false);
  });
});
