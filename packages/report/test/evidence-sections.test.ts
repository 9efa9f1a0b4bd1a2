import type { HistoryRow } from '@segscape/runs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ReportFacts, reportHtml } from '../src/index.js';
import { gradientsSection, linesSection, stepsSection } from '../src/sections/on-demand.js';
import { waitsHtml } from '../src/sections/waits.js';
import { weightSharesHtml } from '../src/sections/weight-shares.js';
import { fullRun } from './full-run.js';
import { syntheticRun } from './synthetic-run.js';
import { assertWellFormed } from './well-formed.js';

const small = { epochs: 4, resolution: 5, side: 16, samples: 1, images: 4 } as const;
let facts: ReportFacts;
let html: string;
beforeAll(async () => {
  const storage = await fullRun(small);
  facts = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as ReportFacts;
  html = await reportHtml(storage);
});

const section = (id: string, page = html) =>
  new RegExp(`<section id="${id}".*?</section>`, 's').exec(page)?.[0] ?? '';
const figures = (part: string) =>
  [...part.matchAll(/<figure data-title="([^"]*)"/g)].map(([, title]) => title);
/** The table beside a figure. */
const tableOf = (part: string, title: string) =>
  new RegExp(`data-title="${title}">.*?<template>(.*?)</template>`, 's').exec(part)?.[1]?.trim().split('\n');

test('old runs have none of these sections', async () => {
  const page = await reportHtml(await syntheticRun(small));
  for (const id of ['data-sheet', 'steps', 'lines', 'gradients', 'similarity', 'filters'])
    expect(page).not.toContain(`<section id="${id}"`);
});

describe('the data sheet', () => {
  test('says how many, how large, how rare, and how large pixels are', () => {
    const part = section('data-sheet');
    expect(part).toContain(
      '32 images of 20 patients; 16 × 16 pixels, 3 channels; 2 × 2 to 4 × 4 µm a pixel (30 files say so); 1 % of the pixels of no class.',
    );
    expect(part).toContain(
      '<tr><th scope="row">disc</th><td>1.8 %</td><td>2 of 32</td><td>1</td><td>9 / 12 / 20</td><td>11</td><td>0.8</td></tr>',
    );
    expect(tableOf(part, 'Diameters of objects')![1]).toBe('disc,0.018,2,1,9,12,20,11,0.8');
    for (const [svg] of part.matchAll(/<svg.*?<\/svg>/gs)) assertWellFormed(svg);
  });
  test('warns, and sets what was compared beside what was proposed', () => {
    const part = section('data-sheet');
    expect(part).toContain(
      '<strong>Warning:</strong> 2 of 32 images have no disc. <small>ada-01, ada-02</small>',
    );
    expect(part).toMatch(/CE<\/th><td class="why">What others.*?CE 1:1<\/span><\/td>/);
    expect(part).toMatch(/Focal<\/th>.*?<td>not compared<\/td>/);
    expect(part).toContain('Compared besides: CE 1:3, Focal γ=2, Dice.');
  });
  test('names nobody where pseudonyms are asked for', async () => {
    const page = await reportHtml(await fullRun(small), { pseudonyms: true });
    expect(page).not.toContain('ada-0');
    expect(section('data-sheet', page)).toMatch(/no disc\. <small>image-001, image-002<\/small>/);
  });
});

describe('where gradients come from', () => {
  test('by class, border band, size and mistake', () => {
    const part = section('gradients');
    expect([...part.matchAll(/<h3>([^<]*)/g)].map(([, title]) => title)).toEqual([
      'By class',
      'By distance to the border',
      'By the size of the object',
      'By right and wrong',
      'Whose step is taken?',
      'Do the losses pull the same way?',
    ]);
    expect(figures(part)).toContain('Gradients From pixels &lt; 2 px from it');
    expect(figures(part)).toContain('Gradients From objects of ≥ 40 px');
  });
  test('cosines to the loss that a network is trained with, and who pulls against it', () => {
    const part = section('gradients');
    // Of CE 1:1 to the others by how far they are: 0.15, −0.1, −0.35.
    expect(tableOf(part, 'Cosines To the gradient of CE 1:1')).toEqual([
      'loss,part,epoch,value,low,high',
      'CE 1:3,,0,0.15,,',
      'CE 1:3,,4,0.15,,',
      'Focal γ=2,,0,-0.1,,',
      'Focal γ=2,,4,-0.1,,',
      'Dice,,0,-0.35,,',
      'Dice,,4,-0.35,,',
    ]);
    expect(part).toContain('At the weights of CE 1:1, Dice pulls against it at epoch 0, 4.');
    expect(part).not.toContain('At the weights of CE 1:1, CE 1:3 pulls');
  });

  const shares = (background: number) => ({
    CE: {
      class: [
        { group: 'background', pixels: 0.98, share: background },
        { group: 'disc', pixels: 0.02, share: 1 - background },
      ],
    },
  });
  const epochs = [0, 10, 20, 35, 60];
  const waiting = {
    losses: ['CE'],
    foreground: 'disc',
    classes: ['background', 'disc'],
    forensics: epochs.map((epoch) => ({ loss: 'CE', epoch, shares: shares(epoch <= 35 ? 0.97 : 0.6) })),
  } as unknown as ReportFacts;
  const history = (values: readonly number[]) =>
    epochs.map((epoch, i) => ({
      loss: 'CE',
      seed: 1,
      fold: 0,
      epoch,
      split: 'test',
      measure: 'iou.disc',
      value: values[i]!,
    })) as HistoryRow[];

  test('whose step is taken: shares in the gradient of the weights, and who is carried away', () => {
    const steps = [0, 60].map((epoch) => ({ loss: 'CE', epoch, shares: shares(epoch === 0 ? 1.25 : 0.8) }));
    const text = weightSharesHtml({ ...waiting, weightShares: steps }).toString();
    expect(text).toContain('Whose step is taken?');
    expect(text).toContain('CE: its step goes against disc (epoch 0).');
    const hardly = steps.map((fact) => ({ ...fact, shares: shares(1.005) }));
    expect(weightSharesHtml({ ...waiting, weightShares: hardly }).toString()).not.toContain('goes against');
    expect(text).toContain('From disc');
    expect(weightSharesHtml(waiting).toString()).toBe('');
    expect(gradientsSection({ ...waiting, weightShares: steps }).content.toString()).toContain(text);
  });
  test('a plateau that ends is named by the class that sends the gradient', () => {
    const words = waitsHtml(waiting, history([0, 0, 0.01, 0, 0.7])).toString();
    expect(words).toContain('CE waits: 97 % of the gradient from background until epoch 35.');
    expect(gradientsSection(waiting, history([0, 0, 0.01, 0, 0.7])).content.toString()).toContain('CE waits');
  });
  test('no words where it never learns, learns at once, forgets, only gets better, or too little is known', () => {
    for (const values of [
      [0, 0, 0, 0, 0],
      [0, 0.3, 0.5, 0.6, 0.7],
      [0, 0.6, 0.7, 0.7, 0.7],
      [0.7, 0, 0, 0, 0],
      [0.6, 0.6, 0.6, 0.6, 1],
    ])
      expect(waitsHtml(waiting, history(values)).toString()).toBe('');
    expect(waitsHtml(waiting, history([0, 0, 0, 0, 0.7]).slice(3)).toString()).toBe('');
  });
});

describe('lines', () => {
  test('mean with the spread over directions, rise with rounding, and other images', () => {
    const part = section('lines');
    expect(part).toContain('along 4 random directions');
    expect(tableOf(part, 'Mean over the directions')!.slice(1, 3)).toEqual([
      'CE 1:1,,-1,2,1.5,2.5',
      'CE 1:1,,-0.5,0.5,0.3,0.7',
    ]);
    // A band that reaches below 0 ends at the bottom of a logarithmic axis, and as it is in the table.
    const deep = { ...facts.trust!.at(-1)!.line!, mean: [50, 1, 0.1, 1, 50], spread: [60, 0.1, 0, 0.1, 2] };
    const wide = linesSection({
      ...facts,
      trust: [{ name: 's', loss: 'Dice', sentence: '', line: deep }],
    }).content.toString();
    expect(tableOf(wide, 'Mean over the directions')![1]).toBe('Dice,,-1,50,-10,110');
    const band = /<path d="([^"]*)Z"[^>]*fill-opacity="0.14"/.exec(wide)![1]!;
    expect(band.split('L')).toHaveLength(10);
    // The weights themselves are no point of it; rounding is dashed at twice its deviation.
    expect(tableOf(part, 'Rise above the weights')!.slice(1, 8)).toEqual([
      'CE 1:1,,-1,1.9,,',
      'CE 1:1,,-0.5,0.4,,',
      'CE 1:1,,0,,,',
      'CE 1:1,,0.5,0.015,,',
      'CE 1:1,,1,2.9,,',
      'CE 1:1,rounding,-1,0.02,,',
      'CE 1:1,rounding,-0.5,0.02,,',
    ]);
    expect(part).toContain('stroke-dasharray="1.5 3"');
    expect(part).toContain('it is rounding, not shape: CE 1:1 (1 of 4 places within 0.02)');
    expect(tableOf(part, 'Over other images')![1]).toBe('CE 1:1,,-1,2,1,3');
    expect(part).toContain('bootstrap over 8 images');
  });
});

describe('similarity', () => {
  test('a heat map for each two losses, the fourth and later ones folded, and words', () => {
    const part = section('similarity');
    expect(figures(part)).toEqual(
      ['CE 1:3', 'Focal γ=2', 'Dice'].map((loss) => `Similarity CE 1:1 and ${loss}`),
    );
    expect(part).toContain('CE 1:1 and Dice: most alike in encoder.0 (0.90), least in bottleneck (0.50).');
    expect(tableOf(part, 'Similarity CE 1:1 and Dice')![2]).toBe('encoder.0,bottleneck,CE 1:1,Dice,0.2');
    expect(part.match(/<rect[^>]*><title>encoder\.0, bottleneck: 0\.2<\/title>/g)).toHaveLength(3);
  });
});

describe('steps', () => {
  test('gradient norm, learning rate and loss with what was between', () => {
    const part = section('steps');
    expect(figures(part)).toEqual([
      'Steps Length of the gradient',
      'Steps Learning rate',
      'Steps Loss of each step',
    ]);
    expect(tableOf(part, 'Steps Length of the gradient')!.slice(0, 2)).toEqual([
      'loss,part,step,value,low,high',
      'CE 1:1,,10,3,2,9',
    ]);
    expect(tableOf(part, 'Steps Learning rate')![1]).toBe('CE 1:1,,10,0.001,,');
  });
  test('a point that is one step is not called a mean of some', () => {
    const curve = { mean: [2, 1], low: [2, 1], high: [2, 1] };
    const each = { ...facts, losses: ['CE'], steps: [{ loss: 'CE', seed: 1, steps: [1, 2], value: curve }] };
    expect(stepsSection(each).content.toString()).not.toContain('mean of some steps');
    expect(section('steps')).toContain('mean of some steps');
  });
  test('more than 500 points are thinned, both ends kept', () => {
    const values = Array.from({ length: 4000 }, (_, i) => i);
    const curve = { mean: values, low: values, high: values };
    const long = { ...facts, losses: ['CE'], steps: [{ loss: 'CE', seed: 1, steps: values, value: curve }] };
    const rows = tableOf(stepsSection(long).content.toString(), 'Steps Loss of each step')!.slice(1);
    expect(rows).toHaveLength(500);
    expect([rows[0], rows.at(-1)]).toEqual(['CE,,0,0,0,0', 'CE,,3999,3999,3999,3999']);
  });
});

test('pictures of filters by layer and loss, left out with the others', async () => {
  const named = (given: ReportFacts) => ({
    filters: given.losses.map((loss) => ({
      name: given.pictures[0]!.name,
      loss,
      epoch: 4,
      layer: 'encoder.0',
      filter: 2,
      before: 0.01,
      after: 1.5,
    })),
  });
  const storage = await fullRun(small, named);
  const part = section('filters', await reportHtml(storage));
  expect(part.match(/alt="Filter 2 of encoder\.0 \([^)]*\)"/g)).toHaveLength(4);
  expect(part).toContain('<small>0.01 → 1.5</small>');
  expect(await reportHtml(storage, { images: false })).not.toContain('<section id="filters"');
});
