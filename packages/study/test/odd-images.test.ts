import { isSegscapeError, type Raster, type Sample } from '@segscape/core';
import { type Dataset, memoryDataset, type SplitLists } from '@segscape/data';
import { memoryStorage } from '@segscape/runs';
import {
  defineKind,
  examineMasks,
  judgeMasks,
  parseStudyConfig,
  type StudyInput,
  studyRegistry,
  withKinds,
} from '@segscape/study';
import { expect, test } from 'vitest';
import { preparation } from '../src/fold-setup.js';
import { makeSetup } from '../src/make-setup.js';
import { fitting } from '../src/predict/fitting.js';
import { study, text, tinyStudy } from './tiny-study.js';
import '@segscape/testing';

/** The same data set of other samples. */
const changed = (dataset: Dataset, change: (sample: Sample) => Sample): Dataset => ({
  ...dataset,
  get: async (index) => change(await dataset.get(index)),
  describe: () => dataset.describe(),
});

const phantom = () => studyRegistry.data.phantom!({ count: 8, height: 32, width: 32, seed: 7 });

/** A study of data of one's own, and of a transform beside the others. */
function own(dataset: Dataset, transform?: (image: Raster) => Raster) {
  const kinds = [
    defineKind({ part: 'data', kind: 'own', make: async () => dataset }),
    defineKind({
      part: 'transform',
      kind: 'own',
      make: () => (sample) => ({ ...sample, image: transform?.(sample.image) ?? sample.image }),
    }),
  ];
  return withKinds(studyRegistry, kinds);
}

const config = {
  ...tinyStudy,
  data: { kind: 'own', split: { test: 2 } },
  augment: [],
  losses: ['dice'],
  training: { epochs: 1, batchSize: 2 },
  landscape: { enabled: false },
} as StudyInput;

const floats = ({ data, ...image }: Raster, holes: number): Raster => ({
  ...image,
  data: Float32Array.from(data, (value, i) => (i < holes ? Number.NaN : value / 255)),
});

/** Two of the images with holes in them. */
async function holed(split?: SplitLists): Promise<Dataset> {
  const whole = await phantom();
  const odd = whole.ids!.slice(3, 5);
  const dataset = changed(whole, (sample) => ({
    ...sample,
    image: floats(sample.image, odd.indexOf(sample.id) < 0 ? 0 : 16 ** odd.indexOf(sample.id)),
  }));
  return split === undefined ? dataset : { ...dataset, split };
}

const caughtOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

test('images with values that are not finite end a study before it begins, all by their names; they diverge nowhere', async () => {
  const dataset = await holed();
  const [, , , a, b] = dataset.ids!;
  const storage = memoryStorage();
  const error = await caughtOf(study(storage, { config, registry: own(dataset) }));
  if (!isSegscapeError(error, 'NOT_FINITE')) throw error;
  expect(error.message).toBe(
    `config: 2 images have values that are NaN or infinite: ${a} (1 value), ${b} (16 values). Put numbers in their place in the files, or leave these images out.`,
  );
  expect(error.details).toEqual({
    images: [
      { id: a, count: 1 },
      { id: b, count: 16 },
    ],
  });
  expect(await storage.list('')).toEqual([]);
  const image = { data: Float32Array.of(1, Number.POSITIVE_INFINITY), height: 1, width: 2, channels: 1 };
  expect(() => fitting('predict', image, { channels: 1 })).toThrow(
    'predict: the image has 1 value that is NaN or infinite, and all that the network makes of it would be. Put numbers in their place.',
  );
});

test('of images in no part of the split they are nobody’s concern', async () => {
  const ids = (await phantom()).ids!;
  const dataset = await holed({ train: ids.slice(0, 3), test: ids.slice(5) });
  const { split: _, ...data } = config.data as { split: unknown; kind: string };
  const registry = own(dataset);
  const setup = await makeSetup(parseStudyConfig({ ...config, data }, registry), registry);
  expect(setup.leftOut).toHaveLength(2);
});

const broken = (image: Raster) => floats(image, 4);
const stale = 'checkpoints/dice/seed-1/diverged.json';

test('values that a transform makes so end the run with what happened, and it goes on once that is mended', async () => {
  const dataset = await phantom();
  const storage = memoryStorage();
  const given = { ...config, augment: [{ kind: 'own' }] };
  const error = await caughtOf(study(storage, { config: given, registry: own(dataset, broken) }));
  expect((error as Error).message).toMatch(
    /^batches: the image of sample '.*' has 4 values that are not fin/,
  );
  expect((await storage.list('checkpoints/')).filter((path) => path.includes('diverged'))).toEqual([]);
  // As earlier versions recorded it.
  const record = { loss: 'dice', seed: 1, message: 'batches: the image …' };
  await storage.write(stale, new TextEncoder().encode(JSON.stringify(record)));
  const events = await study(storage, { config: given, registry: own(dataset), resume: true });
  expect(events.at(-1)).toMatchObject({ type: 'done', result: { stopped: false } });
  expect(await storage.list('checkpoints/dice/seed-1/')).not.toContain(stale);
  expect((JSON.parse(await text(storage, 'report.json')) as { scores: unknown[] }).scores).toHaveLength(1);
});

test('nor does a search for learning rates take them for rates that diverge', async () => {
  const given: StudyInput = {
    ...config,
    augment: [{ kind: 'own' }],
    training: { epochs: 1, batchSize: 2, learningRate: { search: [1e-3, 1e-2] } },
  };
  const registry = own(await phantom(), broken);
  await expect(study(memoryStorage(), { config: given, registry })).rejects.toThrow(/^batches: the image of/);
});

test('they are found when the masks are examined', async () => {
  const { findings, notFinite, offset } = await examineMasks(await holed());
  expect(notFinite).toHaveLength(2);
  expect(offset?.mean.every(Number.isFinite) ?? true).toBe(true);
  const found = findings.find(({ kind }) => kind === 'notFinite');
  expect(found).toMatchObject({ level: 'warning', images: notFinite!.map(({ id }) => id) });
  expect(found?.text).toMatch(/^17 values of 2 images \(.*\) are NaN or infinite/);
});

/** The images by their place with a scale or without. */
const scaled = async (isScaled: (place: number) => boolean) => {
  const whole = await phantom();
  return changed(whole, ({ image, mask, ...sample }) => {
    const spacing = isScaled(whole.ids!.indexOf(sample.id)) ? { spacing: [0.5, 0.5] } : {};
    return { ...sample, image: { ...image, ...spacing }, mask: { ...mask, ...spacing } };
  });
};

const measured = { ...config, measures: ['hausdorff'] } as StudyInput;

async function distancesOf(isScaled: (place: number) => boolean) {
  const storage = memoryStorage();
  const events = await study(storage, { config: measured, registry: own(await scaled(isScaled)) });
  const { scores } = JSON.parse(await text(storage, 'report.json')) as {
    scores: { images: Record<string, number>[] }[];
  };
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  return {
    distances: scores[0]!.images.map((image) => image['hausdorff95.disc']!),
    notices: notices.filter((message) => message.includes('distances')),
  };
}

test('where some images have no scale, distances of all are in pixels, and the study says so', async () => {
  const none = await distancesOf(() => false);
  const all = await distancesOf(() => true);
  expect(all.distances).toEqual(none.distances.map((distance) => distance / 2));
  expect([...none.notices, ...all.notices]).toEqual([]);
  const half = await distancesOf((place) => place % 2 === 0);
  expect(half.distances).toEqual(none.distances);
  expect(half.notices).toHaveLength(1);
  expect(half.notices[0]).toMatch(
    /^4 of 8 images do not say how large a pixel is \(.*\), others do: distances of all are in pixels, not in µm\./,
  );
});

test('losses that prepare distances see no scale then, either', () => {
  const seen: (readonly number[] | undefined)[] = [];
  const prepare = (mask: Raster) => {
    seen.push(mask.spacing);
    return {};
  };
  const losses = [{ loss: { prepare } as never }];
  const mask = { data: new Uint8Array(1), height: 1, width: 1, channels: 1, spacing: [2, 2] };
  preparation(losses)?.(mask);
  preparation(losses, true)?.(mask);
  expect(seen).toEqual([[2, 2], undefined]);
});

test('an examination tells of images without a scale among others', async () => {
  const unscaledIn = async (isScaled: (place: number) => boolean) =>
    (await examineMasks(await scaled(isScaled))).findings.filter(({ kind }) => kind === 'unscaled');
  expect(await unscaledIn(() => true)).toEqual([]);
  expect(await unscaledIn(() => false)).toEqual([]);
  const [finding] = await unscaledIn((place) => place > 0);
  expect(finding?.text).toMatch(/^1 of 8 images does not say how large a pixel is \(.*\), others do/);
});

test('a judgement of masks of which some have a scale is in pixels, unless one is given for all', async () => {
  const square = (shift: number): Uint8Array =>
    Uint8Array.from({ length: 256 }, (_, i) =>
      Number(i % 16 > 4 + shift && i % 16 < 12 && i > 63 && i < 192),
    );
  const masks = (shift: number) => {
    const samples = [true, false].map((isScaled, i) => {
      const spacing = isScaled ? { spacing: [0.5, 0.5] } : {};
      const mask = { data: square(shift), height: 16, width: 16, channels: 1, ...spacing };
      return { id: `s${i}`, image: mask, mask };
    });
    return memoryDataset(samples, ['ground', 'square']);
  };
  const judged = async (spacing?: readonly [number, number]) => {
    const storage = memoryStorage();
    const notices: string[] = [];
    const measures = [{ name: 'hausdorff', measure: studyRegistry.measures.hausdorff!({}) }];
    const given = { truth: masks(0), predictions: { mine: masks(2) }, measures, storage };
    for await (const event of judgeMasks({ ...given, ...(spacing && { spacing }) }))
      if (event.type === 'notice') notices.push(event.message);
    const { scores } = JSON.parse(await text(storage, 'report.json')) as {
      scores: { images: Record<string, number>[] }[];
    };
    return { notices, distances: scores[0]!.images.map((image) => image['hausdorff95.square']) };
  };
  const mixed = await judged();
  expect(mixed.distances).toEqual([2, 2]);
  expect(mixed.notices[0]).toMatch(/^1 of 2 images does not say how large a pixel is \(s1\)/);
  expect(await judged([0.5, 0.5])).toEqual({ notices: [], distances: [1, 1] });
});
