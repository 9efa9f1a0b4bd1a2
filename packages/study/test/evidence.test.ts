import type { Batch } from '@segscape/landscape';
import type { ReportFacts } from '@segscape/report';
import { memoryStorage, openRun } from '@segscape/runs';
import { runStudy, type StudyInput } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { namelessText } from '../src/examine/findings.js';
import { spreadOver } from '../src/tasks/forensics.js';
import { borderDistances, objectSizes, withPixelMeasures } from '../src/tasks/pixel-measures.js';
import { blocksOf } from '../src/tasks/similarity.js';
import { stretches } from '../src/tasks/step-curves.js';
import { lineOf } from '../src/tasks/trust-line.js';
import { copyOf, mappedStudy, study, text, tinyStudy } from './tiny-study.js';

const config = {
  ...tinyStudy,
  training: { ...tinyStudy.training, epochs: 3 },
  landscape: {
    ...mappedStudy.landscape,
    trust: { pairs: 1, images: true, moments: 'all' },
    filters: { count: 2, steps: 3 },
  },
} as const satisfies StudyInput;

const whole = memoryStorage();
let facts: ReportFacts;
beforeAll(async () => {
  await expectTensors(0, () => study(whole, { config }));
  facts = JSON.parse(await text(whole, 'report.json')) as ReportFacts;
}, 240_000);

const losses = ['CE 1:1', 'dice'];

describe('what a run records of its evidence', () => {
  test('the data sheet, beside the losses that are compared', () => {
    const { dataSheet } = facts;
    expect(dataSheet).toMatchObject({ images: 8, of: 8, groups: 8, ignored: 0 });
    expect(dataSheet!.classes.map(({ name }) => name)).toEqual(['disc']);
    expect(dataSheet!.classes[0]!.share).toBeCloseTo(facts.material.shares[1]!, 1);
    expect(dataSheet!.findings.map(({ kind }) => kind)).toContain('few');
    const compared = Object.fromEntries(dataSheet!.proposals.map((one) => [one.label, one.compared]));
    expect(compared.CE).toEqual(['CE 1:1']);
    expect(compared['Dice + CE']).toEqual([]);
  });
  test('shares of the gradient by distance to the border, which hold all pixels', () => {
    for (const { shares } of facts.forensics!)
      for (const loss of losses) {
        const { border } = shares[loss]!;
        expect(border!.map(({ group }) => group)).toEqual(['< 2 px', '2–8 px', '≥ 8 px']);
        for (const of of ['pixels', 'share'] as const)
          expect(border!.reduce((total, entry) => total + entry[of], 0)).toBeCloseTo(1, 4);
      }
  });
  test('shares of the gradient of the weights, of the loss that is trained with, at both ends of every way', () => {
    for (const own of losses) {
      const epochs = facts.weightShares!.filter(({ loss }) => loss === own).map(({ epoch }) => epoch);
      expect([epochs[0], epochs.at(-1)]).toEqual([0, 3]);
    }
    for (const { loss, shares } of facts.weightShares!) {
      expect(Object.keys(shares)).toEqual([loss]);
      for (const sorting of ['class', 'border', 'mistake'])
        expect(shares[loss]![sorting]!.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 3);
    }
  });
  test('cosines between the losses along every way, 1 to themselves', () => {
    expect([...new Set(facts.gradientCosines!.map(({ loss }) => loss))]).toEqual(losses);
    for (const { losses: named, cosines } of facts.gradientCosines!) {
      expect(named).toEqual(losses);
      expect(cosines[0]![0]).toBeCloseTo(1, 5);
      expect(cosines[0]![1]).toBeCloseTo(cosines[1]![0]!, 5);
      // Both want the disc.
      expect(cosines[0]![1]).toBeGreaterThan(-1);
    }
  });
  test('how alike the layers of the last networks are', () => {
    const [found, ...more] = facts.similarities!;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ a: losses[0], b: losses[1], images: 2, places: 128 });
    expect(found!.rows).toEqual(found!.columns);
    expect(found!.rows.at(-1)).toBe('logits');
    for (const value of found!.values.flat()) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    // From the same first weights, a few steps apart: the first layer is still nearly the same.
    expect(found!.values[0]![0]).toBeGreaterThan(0.9);
  });
  test('lines of the last surface of each loss, over both directions of each pair, and of other images', () => {
    // Other planes around every kept epoch; the line of the last alone.
    expect(facts.trust!.every(({ statistics }) => statistics?.roughness?.count === 2)).toBe(true);
    const told = facts.trust!.filter(({ line }) => line !== undefined);
    expect(told.map(({ loss }) => loss)).toEqual(losses);
    for (const { line, name } of told) {
      expect(name).toMatch(/epoch-0003$/);
      expect(line).toMatchObject({ x: [-1, 0, 1], directions: 4 });
      // The weights themselves are one point.
      expect(line!.spread[1]).toBeLessThan(1e-5);
      expect(line!.spread[0]).toBeGreaterThan(0);
      const { count, mean, low, high } = line!.images!;
      expect(count).toBe(2);
      for (const i of [0, 1, 2]) {
        expect(low[i]).toBeLessThanOrEqual(mean[i]!);
        expect(high[i]).toBeGreaterThanOrEqual(mean[i]!);
      }
    }
  });
  test('numbers of the surfaces over other seeds, each over the same planes, where they are asked for', async () => {
    expect(facts.trust!.every(({ seeds }) => seeds === undefined)).toBe(true);
    const storage = memoryStorage();
    const seeded = {
      ...tinyStudy,
      training: { ...tinyStudy.training, seeds: [1, 2, 3] },
      landscape: { ...mappedStudy.landscape, trust: { pairs: 1, moments: 'all', seeds: true } },
    } as const satisfies StudyInput;
    await expectTensors(0, () => study(storage, { config: seeded }));
    const { trust } = JSON.parse(await text(storage, 'report.json')) as ReportFacts;
    expect(trust!.length).toBe(6);
    for (const { statistics, seeds } of trust!) {
      expect(statistics!.centre!.count).toBe(2);
      expect(seeds!.centre).toMatchObject({ count: 3, planes: 2 });
      // The middle is the network itself: no plane changes it, and another seed is another network.
      expect(statistics!.centre!.spread).toBeLessThan(1e-6);
      expect(seeds!.centre!.spread).toBeGreaterThan(1e-4);
      expect(seeds!.roughness!.low).toBeLessThan(seeds!.roughness!.high);
    }
    expect((await storage.list('landscapes')).filter((path) => path.includes('partial'))).toEqual([]);
  });
  test('every step of the first seed, where there are few', async () => {
    expect(facts.steps!.map(({ loss }) => loss)).toEqual(losses);
    const rows = (await text(whole, (await whole.list('steps'))[0]!)).trim().split('\n').slice(1);
    const { steps, value, gradientNorm, learningRate } = facts.steps![0]!;
    expect(steps).toEqual(rows.map((row) => Number(row.split(',')[0])));
    expect(gradientNorm!.mean).toHaveLength(rows.length);
    const last = rows.at(-1)!.split(',').map(Number);
    expect(value.mean.at(-1)).toBeCloseTo(last[2]!, 4);
    expect(gradientNorm!.high.at(-1)! / last[3]!).toBeCloseTo(1, 4);
    expect(learningRate!.at(-1)).toBeCloseTo(last[4]!, 6);
  });
  test('pictures of filters of three layers of each loss', async () => {
    const { filters } = facts;
    expect(filters).toHaveLength(2 * 3 * 2);
    const run = await openRun(whole);
    const maps = await run.maps();
    for (const { name, before, after } of filters!) {
      expect(maps).toContain(name);
      expect(Number.isFinite(before) && Number.isFinite(after)).toBe(true);
    }
    expect(await run.validate()).toEqual([]);
  });
  test('the report shows all of it', async () => {
    const html = await text(whole, 'report.html');
    for (const id of ['data-sheet', 'steps', 'lines', 'gradients', 'similarity', 'filters'])
      expect(html).toContain(`<section id="${id}"`);
  });
});

test('a torn data sheet and a damaged picture of a filter are made again, and the report comes out the same', async () => {
  const storage = await copyOf(whole);
  const picture = `maps/${facts.filters![0]!.name}.png`;
  const sound = await storage.read(picture);
  await storage.write(picture, new TextEncoder().encode('no picture'));
  await storage.write('data-sheet.json', new TextEncoder().encode('{"images":'));
  await storage.remove('report.json');
  await study(storage, { config, resume: true });
  const again = JSON.parse(await text(storage, 'report.json')) as ReportFacts;
  expect(again.dataSheet).toEqual(facts.dataSheet);
  expect(again.steps).toEqual(facts.steps);
  expect(again.filters).toEqual(facts.filters);
  expect(await storage.read(picture)).toEqual(sound);
});

test('a layer that the network does not have is refused before anything is written', async () => {
  const storage = memoryStorage();
  const wrong = { ...config, landscape: { filters: { layers: ['encoder.9'] } } };
  await expect(async () => {
    for await (const _ of runStudy(wrong, { storage }));
  }).rejects.toThrow(/landscape\.filters\.layers: the network has no layer 'encoder\.9'\. It has .*logits/);
  expect(await storage.list('')).toEqual([]);
});

test('classes that overlap are examined one by one', async () => {
  const storage = memoryStorage();
  const overlapping = {
    ...tinyStudy,
    data: { ...tinyStudy.data, overlapping: true },
    losses: ['dice'],
    training: { epochs: 1, batchSize: 2 },
    landscape: { enabled: false },
  };
  await study(storage, { config: overlapping });
  const { dataSheet, material } = JSON.parse(await text(storage, 'report.json')) as ReportFacts;
  expect(dataSheet!.classes.map(({ name }) => name)).toEqual(material.classes);
  expect(dataSheet!.classes[0]!.share).toBeCloseTo(material.shares[0]!, 1);
});

describe('pixels by their places', () => {
  const raster = (data: number[], height: number, width: number) => ({
    data: Int32Array.from(data),
    height,
    width,
    channels: 1,
  });
  test('distance to the nearest other class: void and the edge are no border', () => {
    expect(Array.from(borderDistances(raster([0, 0, 1, 1, 255, 1], 1, 6), 2))).toEqual([2, 1, 1, 2, -1, 4]);
    const far = borderDistances(raster([0, 0, 0, 0], 2, 2), 2);
    expect(Math.min(...far)).toBeGreaterThan(1e6);
  });
  test('sizes of the objects, the background in none', () => {
    const { at, sizes } = objectSizes(raster([1, 1, 0, 2, 0, 0, 0, 2], 2, 4), 3);
    expect(Array.from(at)).toEqual([2, 2, -1, 2, -1, -1, -1, 2]);
    expect(sizes).toEqual([2, 2]);
  });
  test('small objects are those below the median; of one size there are none', async () => {
    const batch = (labels: number[]) => ({
      images: zeros([1, 1, labels.length, 1]),
      labels: tensor([labels], [1, 1, labels.length], 'int32'),
    });
    const groupsOf = async (labels: number[]) => {
      const given = batch(labels);
      const { batches, groupings } = await withPixelMeasures(
        [given] as readonly unknown[] as readonly Batch[],
        2,
      );
      dispose([given.images, given.labels, ...Object.values(batches[0]!.measures)]);
      return groupings.size?.groups;
    };
    expect(await groupsOf([1, 0, 1, 1, 0, 1, 1, 1])).toEqual(['< 2 px', '≥ 2 px']);
    expect(await groupsOf([1, 0, 1, 0, 1])).toBeUndefined();
  });
  test('of overlapping classes the nearest border of any, and the smallest object, count', async () => {
    // Two planes: a disc of five pixels, and a cup of two inside it; the last pixel is void in both.
    const disc = [0, 1, 1, 1, 1, 1, 0, 255];
    const cup = [0, 0, 0, 1, 1, 0, 0, 255];
    const planes = disc.flatMap((value, i) => [value, cup[i]!]);
    const given = {
      images: zeros([1, 1, 8, 1]),
      labels: tensor([planes], [1, 1, 8, 2], 'int32'),
    };
    const held = [given] as readonly unknown[] as readonly Batch[];
    const { batches, groupings } = await withPixelMeasures(held, 2, true);
    const { distance, size } = batches[0]!.measures;
    expect(distance.shape).toEqual([1, 1, 8]);
    expect(Array.from(await distance.data())).toEqual([1, 1, 1, 1, 1, 1, 1, -1]);
    expect(Array.from(await size.data())).toEqual([-1, 5, 5, 2, 2, 5, -1, -1]);
    expect(groupings.size!.groups).toEqual(['< 5 px', '≥ 5 px']);
    dispose([given.images, given.labels, distance, size]);
  });
});

test('findings can be told without the names of their images', () => {
  const images = ['ada', 'bob', 'cyd', 'dan'];
  const finding = {
    kind: 'empty',
    level: 'note',
    text: '4 of 9 images have no x (ada, bob, cyd and 1 more). Do.',
    images,
  } as const;
  expect(namelessText(finding)).toBe('4 of 9 images have no x. Do.');
  expect(namelessText({ ...finding, images: [] })).toBe(finding.text);
});

test('blocks stand for the layers inside them', () => {
  const taps = ['encoder.0.conv.0', 'encoder.0', 'encoder.1', 'decoder.0.up', 'decoder.0', 'logits'];
  expect(blocksOf(taps)).toEqual(['encoder.0', 'encoder.1', 'decoder.0', 'logits']);
  expect(blocksOf(['a.0', 'a', 'logits'])).toEqual(['a.0', 'a', 'logits']);
});

test('few places are spread with both ends; steps are cut into stretches that lose none', () => {
  expect(spreadOver(10, 4)).toEqual([0, 3, 6, 9]);
  expect(spreadOver(3, 4)).toEqual([0, 1, 2]);
  expect(spreadOver(5, 1)).toEqual([4]);
  expect(spreadOver(5, 0)).toEqual([]);
  expect(stretches([1, 2, 3, 4, 5], 2)).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  expect(stretches([1, 2], 5)).toEqual([[1], [2]]);
});

test('a line is the mean and spread of all cuts; without the weights on the grid there is none', () => {
  const x = Float64Array.of(-1, 0, 1);
  const surface = (values: number[]) => ({
    x,
    y: x,
    values: { a: Float32Array.from(values) },
    attributes: {},
  });
  const line = lineOf([surface([9, 3, 9, 1, 0, 5, 9, 7, 9])], 'a')!;
  expect(line).toMatchObject({ x: [-1, 0, 1], directions: 2, mean: [2, 0, 6] });
  expect(line.spread[0]).toBeCloseTo(Math.SQRT2, 6);
  const even = { x: Float64Array.of(-1, 1), y: x, values: { a: new Float32Array(6) }, attributes: {} };
  expect(lineOf([even], 'a')).toBeUndefined();
});
