import { beforeAll, describe, expect, test } from 'vitest';
import { curvesSvg, figuresOfRun, type ReportFacts, reportHtml } from '../src/index.js';
import { powerFigures } from '../src/sections/power.js';
import { withFacts } from './synthetic-experiment.js';
import { syntheticRun } from './synthetic-run.js';

const small = { losses: ['CE', 'Dice'], epochs: 3, resolution: 5, side: 8, samples: 1, images: 6 } as const;

const told = (more: (facts: ReportFacts) => Partial<ReportFacts>) =>
  syntheticRun(small).then((storage) => withFacts(storage, more));
const section = (html: string, id: string) =>
  new RegExp(`<section id="${id}".*?</section>`, 's').exec(html)?.[0] ?? '';
const plain = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const shown = async (id: string, more: (facts: ReportFacts) => Partial<ReportFacts>) =>
  section(await reportHtml(await told(more)), id);

const power = {
  measure: 'iou.disc',
  a: 'Dice',
  b: 'CE',
  difference: 0.05,
  variance: { group: 0, seed: 0, rest: 0.01 },
  seeds: 2,
  groups: 6,
  bySeeds: [
    { seeds: 8, groups: 6, power: 0.9 },
    { seeds: 2, groups: 6, power: 0.1 },
  ],
  byGroups: [
    { seeds: 2, groups: 6, power: 1e-9 },
    { seeds: 2, groups: 40, power: 1e-3 },
  ],
};

describe('what a run recorded of its evidence', () => {
  let old: string;
  beforeAll(async () => {
    old = await reportHtml(await syntheticRun(small));
  });
  test('an older run shows none of it', () => {
    for (const words of [
      'What would settle it',
      'scatter from',
      'How seeds were added',
      'weights that were scored',
    ])
      expect(old).not.toContain(words);
    expect(section(old, 'surfaces')).not.toContain('Through training</h3><div');
  });
  test('power rises over the sizes in their order, on an axis from 0 to 1', async () => {
    const figures = powerFigures(
      { power, losses: ['CE', 'Dice'] } as Partial<ReportFacts> as ReportFacts,
      String,
    );
    expect(figures.map(({ across, curves }) => [across, curves[0]!.epochs, curves[0]!.mean])).toEqual([
      ['seeds', [2, 8], [0.1, 0.9]],
      ['test patients', [6, 40], [1e-9, 1e-3]],
    ]);
    expect(figures[0]!.curves[0]!.colour).toBe('1');
    const html = await shown('comparison', () => ({ power }));
    const drawn = /<figure data-title="Power by test patients">.*?<\/figure>/s.exec(html)![0];
    expect([...drawn.matchAll(/text-anchor="end"[^>]*>([^<]*)</g)].map(([, tick]) => tick)).toEqual(
      expect.arrayContaining(['0', '1']),
    );
    expect(plain(html)).toContain('This study had 2 seeds and 6 test patients');
    const names = (await figuresOfRun(await told(() => ({ power })))).map(({ name }) => name);
    expect(names).toContain('power-by-seeds');
  });
  test('one size alone is no curve', () => {
    const single = { ...power, bySeeds: power.bySeeds.slice(0, 1), byGroups: [] };
    const facts = { power: single, losses: ['CE'] } as Partial<ReportFacts> as ReportFacts;
    expect(powerFigures(facts, String)).toEqual([]);
  });
  test('variances are shown as standard deviations; what one seed cannot tell is said', async () => {
    const intervals = ['CE', 'Dice'].map((loss) => ({
      loss,
      measure: 'iou.disc',
      mean: 0.5,
      low: 0.4,
      high: 0.6,
      variance: { group: 0.04, seed: Number.NaN, rest: 0.01 },
    }));
    const html = plain(await shown('comparison', () => ({ intervals, seeds: [1] })));
    expect(html).toContain('Where the scores scatter from Trained with Patients Seeds Rest CE 0.200 – 0.100');
    expect(html).toContain('With one seed nobody can tell how much another would change');
    const two = intervals.map((entry) => ({ ...entry, variance: { group: 0.04, seed: 0.09, rest: -1e-9 } }));
    const both = plain(await shown('comparison', () => ({ intervals: two })));
    expect(both).toContain('CE 0.200 0.300 0.000');
    expect(both).not.toContain('With one seed nobody');
  });
  test('the weights that were scored, and the thresholds that validation would choose', async () => {
    const html = plain(
      await shown('comparison', ({ scores }) => ({
        scores: scores.map((entry) => ({
          ...entry,
          epoch: 2,
          trained: 3,
          ...(entry.loss === 'CE' && { threshold: { value: 0.61, dice: 0.9, diceAtHalf: 0.875 } }),
        })),
        selection: { select: 'best', measure: 'iou.disc', values: { CE: 0.7 }, epochs: [] },
      })),
    );
    expect(html).toContain('CE 1 2 of 3 0.700 0.61 0.900 0.875');
    expect(html).toContain('Dice 1 2 of 3 – – – –');
    expect(html).toContain('The scores above are at 0.5.');
  });
  test('every look at the scores of a study that added seeds', async () => {
    const looks = [
      { seeds: [1, 2, 3], leader: 'Dice', p: 0.04, alpha: 0.01, settled: false },
      { seeds: [1, 2, 3, 4], leader: 'Dice', p: 0.0001, alpha: 0.02, settled: true },
    ];
    const html = plain(await shown('comparison', () => ({ decision: { looks, sentence: 'Four seeds.' } })));
    expect(html).toContain('3 Dice 0.040 0.010 open');
    expect(html).toContain('4 Dice &lt; 0.001 0.020 settled');
  });
  /** Numbers of a surface, of which roughness is none that the spreads give. */
  const flat = {
    minimum: 1,
    roughness: 0.9,
    convexity: 0.5,
    basinWidth: 2,
    minima: 1,
    meanPersistence: 0,
  };
  test('with other planes at every epoch the curves through training are means with their intervals', async () => {
    const spread = { mean: 0.2, spread: 0.05, low: 0.1, high: 0.3, count: 3 };
    const html = await shown('surfaces', ({ surfaces }) => ({
      surfaceNumbers: surfaces.map(({ name }) => ({ name, ...flat })),
      trust: surfaces.map(({ name, loss }) => ({
        name,
        loss,
        sentence: 'It holds 3 %.',
        statistics: { roughness: spread },
      })),
    }));
    expect(plain(html)).toContain('Mean and its 95 % interval over 3 planes through the same weights');
    const table = /<figure data-title="Surfaces Roughness">.*?<template>(.*?)<\/template>/s.exec(html)![1]!;
    const [head, first] = table.split('\n');
    expect(head).toMatch(/mean|value/);
    expect(first).toMatch(/0\.2,0\.1,0\.3$/);
    const lowest = /<figure data-title="Surfaces Lowest">.*?<template>(.*?)<\/template>/s.exec(html)![1]!;
    expect(lowest.split('\n')[1]).not.toMatch(/0\.1,0\.3$/);
  });
  test('or over the networks of several seeds, where they were drawn', async () => {
    const over = (count: number, mean: number) => ({
      mean,
      spread: 0.07,
      low: mean - 0.1,
      high: mean + 0.1,
      count,
    });
    const html = await shown('surfaces', ({ surfaces }) => ({
      surfaceNumbers: surfaces.map(({ name }) => ({ name, ...flat })),
      trust: surfaces.map(({ name, loss }) => ({
        name,
        loss,
        sentence: 'It holds 3 %.',
        statistics: { roughness: over(3, 0.2) },
        seeds: { roughness: { ...over(5, 0.4), planes: 3 } },
      })),
    }));
    expect(plain(html)).toContain(
      'over the networks of 5 seeds, each over the same 3 planes along random directions.',
    );
    expect(plain(html)).not.toContain(
      'planes through the same weights, each along another pair of random directions. How',
    );
    const table = /<figure data-title="Surfaces Roughness">.*?<template>(.*?)<\/template>/s.exec(html)![1]!;
    expect(table.split('\n')[1]).toMatch(/0\.4,0\.3\d*,0\.5$/);
    expect(plain(html)).toContain('How much the numbers depend on the seed');
    expect(plain(html)).toContain('CE end (epoch 3) 5 – – – 0.400 ± 0.070 – –');
  });
  test('what surfaces say in numbers, as curves through training, and how it scatters over planes', async () => {
    const html = await shown('surfaces', ({ surfaces }) => ({
      surfaceNumbers: surfaces.map(({ name }, i) => ({
        name,
        minimum: i,
        roughness: 0.1,
        convexity: 0.5,
        basinWidth: 2,
        minima: 1,
        meanPersistence: 0,
      })),
      trust: surfaces.map(({ name, loss, epoch }) => ({
        name,
        loss,
        sentence: 'It holds 3 %.',
        ...(epoch === 3 && {
          statistics: {
            roughness: { mean: 0.2, spread: 0.05, low: 0.1, high: 0.3, count: 3 },
            minima: { mean: 4 / 3, spread: 0.577, low: 0, high: 3, count: 3 },
            minimum: { mean: Number.NaN, spread: Number.NaN, low: Number.NaN, high: Number.NaN, count: 3 },
          },
          eigenvectors: [{ value: 12, plane: 0.25, directions: [0.2, 0.15], gradient: 0.5 }],
        }),
      })),
    }));
    const titles = [...html.matchAll(/<figure data-title="Surfaces ([^"]*)"/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Lowest',
      'Bends upwards',
      'Basin width',
      'Roughness',
      'Valleys',
      'Mean depth of the valleys',
    ]);
    expect(plain(html)).toContain('CE end (epoch 3) 3 – – – 0.200 ± 0.050 1.3 ± 0.6 –');
    expect(plain(html)).toContain('CE end (epoch 3), eigenvalue 1 12 0.25 0.2 0.15 0.5');
  });
  test('the gradient of every loss at the weights of every network', async () => {
    const html = await shown('gradients', () => ({
      forensics: [0, 3].map((epoch) => ({
        loss: 'CE',
        epoch,
        shares: Object.fromEntries(
          ['CE', 'Dice'].map((loss, l) => [
            loss,
            { class: [{ group: 'disc', pixels: 0.1, share: 0.2 + l / 2 }] },
          ]),
        ),
      })),
    }));
    const figure = /<figure data-title="Gradients from disc At the weights of CE">.*?<\/figure>/s.exec(
      html,
    )![0];
    expect(figure).toContain('CE,,0,0.2,,');
    expect(figure).toContain('Dice,,3,0.7,,');
  });
});

test('a range keeps the vertical axis where it is put', () => {
  const curves = [{ label: 'a', colour: '#000', split: '', epochs: [0, 1], mean: [0, 0.001] }];
  expect(curvesSvg(curves, { range: [0, 1] })).toContain('>0.8<');
  expect(curvesSvg(curves)).not.toContain('>0.8<');
});
