import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSegscapeError, type Raster } from '@segscape/core';
import { type Dataset, memoryDataset, phantomDataset } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { memoryStorage } from '@segscape/runs';
import {
  bioimageioPackage,
  classMask,
  defineKind,
  exportOnnx,
  gridRegistry,
  onnxPredictor,
  openPredictor,
  openRunSights,
  postprocess,
  predictedMaps,
  readModelRecord,
  type StudyInput,
  studyRegistry,
  withKinds,
} from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseStudyConfig } from '../src/config/parse.js';
import { lossesObjective, namedObjective } from '../src/grid-objective.js';
import { makeLoss } from '../src/kinds/registry.js';
import { makeSetup } from '../src/make-setup.js';
import { isOf } from '../src/overlapping/label-planes.js';
import { planeScores } from '../src/overlapping/plane-scores.js';
import { forOverlapping, overlappingLosses } from '../src/overlapping/sigmoid-losses.js';
import type { Evaluation } from '../src/tasks/evaluation.js';
import { heldBatches } from '../src/tasks/surfaces.js';
import { mappedStudy, study, text, tinyStudy } from './tiny-study.js';

const folder = await mkdtemp(join(tmpdir(), 'segscape-overlapping-'));
afterAll(() => rm(folder, { recursive: true }));

const side = 32;

/** 255 inside of a circle. */
const circle = (y: number, x: number, radius: number): Raster => ({
  height: side,
  width: side,
  channels: 1,
  data: Uint8Array.from({ length: side * side }, (_, i) =>
    Math.hypot(Math.floor(i / side) - y, (i % side) - x) < radius ? 255 : 0,
  ),
});

const total = ({ data }: Raster) => Array.from(data).reduce((sum, value) => sum + value, 0);

/** A disc is bright, a ring's worth of cup lies across its border: pixels of both, of each alone, of none. */
beforeAll(async () => {
  await mkdir(join(folder, 'images'));
  await mkdir(join(folder, 'masks'));
  for (let n = 0; n < 8; n++) {
    const [disc, cup] = [circle(14, 12 + n, 9), circle(16, 18 + n / 2, 7)];
    const image = {
      ...disc,
      data: Uint8Array.from(disc.data, (value, i) => 20 + value / 3 + cup.data[i]! / 2 + ((i * 7) % 11)),
    };
    await writeFile(join(folder, 'images', `${n}.png`), encodePng(image));
    await writeFile(join(folder, 'masks', `${n}_disc.png`), encodePng(disc));
    await writeFile(join(folder, 'masks', `${n}_cup.png`), encodePng(cup));
  }
});

const folderStudy = {
  ...mappedStudy,
  data: {
    kind: 'folder',
    images: join(folder, 'images'),
    masks: join(folder, 'masks'),
    pair: { disc: '{name}_disc', cup: '{name}_cup' },
    overlapping: true,
    split: { test: 2, validation: 1 },
  },
  losses: [{ kind: 'binaryCrossEntropy', label: 'BCE' }, 'dice'],
  measures: ['hausdorff', 'calibrationError'],
  training: { epochs: 3, batchSize: 2 },
} as const satisfies StudyInput;

describe('a study of classes that overlap', () => {
  const storage = memoryStorage();
  beforeAll(() => expectTensors(0, () => study(storage, { config: folderStudy })), 180_000);

  const evaluation = async () => JSON.parse(await text(storage, 'evaluation.json')) as Evaluation;
  const picture = async () => ({ ...circle(14, 15, 9), channels: 1 }) as Raster;

  test('scores each class by itself, and has pictures, calibration and measures of each', async () => {
    const { scores, pictures, calibration } = await evaluation();
    expect(scores).toHaveLength(2);
    for (const { images, threshold } of scores) {
      expect(threshold).toBeUndefined();
      for (const image of images) {
        for (const name of [
          'iou.disc',
          'iou.cup',
          'confidence.disc',
          'hausdorff95.cup',
          'calibrationError.cup',
        ])
          expect(image, name).toHaveProperty([name]);
        expect(image).not.toHaveProperty(['iou.background']);
        expect(image['iou.mean']).toBeCloseTo((Number(image['iou.disc']) + Number(image['iou.cup'])) / 2, 12);
      }
    }
    expect(calibration![0]!.classes.map(({ name }) => name)).toEqual(['disc', 'cup']);
    const titles = pictures.filter(({ loss }) => loss === 'BCE').map(({ title }) => title);
    for (const title of [
      'Prediction: disc',
      'Prediction: cup',
      'Difference: cup',
      '1 − confidence in the truth: disc',
    ])
      expect(titles).toContain(title);
    expect(pictures.map(({ name }) => name)).toHaveLength(new Set(pictures.map(({ name }) => name)).size);
  });

  test('the report has the shares of both classes, which do not sum to 1, and where gradients come from', async () => {
    const facts = JSON.parse(await text(storage, 'report.json'));
    expect(facts.classes).toEqual(['disc', 'cup']);
    expect(facts.material.overlapping).toBe(true);
    const area = (raster: Raster) => total(raster) / 255;
    const expected = [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, n) => sum + area(circle(14, 12 + n, 9)), 0);
    expect(facts.material.shares[0]).toBeCloseTo(expected / (8 * side * side), 12);
    expect(facts.foreground).toBe('cup');
    const groups = facts.forensics[0].shares.BCE.class.map(({ group }: { group: string }) => group);
    expect(groups).toEqual(['none', 'disc', 'cup', 'several']);
    const pixels = facts.forensics[0].shares.BCE.class.map(({ pixels }: { pixels: number }) => pixels);
    expect(pixels.every((n: number) => n > 0)).toBe(true);
    const bands = facts.forensics[0].shares.BCE.border.map(({ group }: { group: string }) => group);
    expect(bands).toEqual(['< 2 px', '2–8 px', '≥ 8 px']);
    expect(facts.profiles.length).toBe(2);
  });

  test('predicts a mask of each class, and ONNX Runtime gives the same from the exported file', async () => {
    expect((await readModelRecord(storage)).overlapping).toBe(true);
    const image = await picture();
    const predictor = await openPredictor(storage, { loss: 'BCE' });
    const found = await predictor.predict(image);
    expect(found.overlapping).toBe(true);
    expect(found.mask.channels).toBe(2);
    const cup = classMask(found.mask, 1);
    expect(Array.from(cup.data)).toEqual(
      Array.from({ length: side * side }, (_, i) => Number(found.probabilities.data[2 * i + 1]! > 0.5)),
    );
    const low = await openPredictor(storage, { loss: 'BCE', threshold: 0.01 });
    const more = (await low.predict(image)).mask;
    expect(total(more)).toBeGreaterThan(total(found.mask));
    await low.dispose();
    for (const output of ['logits', 'probabilities'] as const) {
      const other = await onnxPredictor(await exportOnnx(storage, { loss: 'BCE', output }));
      expect(other.classes).toEqual(['disc', 'cup']);
      const again = await other.predict(image);
      expect(again.overlapping).toBe(true);
      for (const [i, value] of found.probabilities.data.entries())
        expect(Math.abs(again.probabilities.data[i]! - value)).toBeLessThan(1e-5);
      await other.dispose();
    }
    const files = await bioimageioPackage(storage, { loss: 'BCE', authors: [{ name: 'A' }], license: 'MIT' });
    expect(new TextDecoder().decode(files['README.md'])).toContain('classes overlap');
    const images = memoryDataset([{ id: 'a', image, mask: cup }], ['no', 'cup']);
    const maps = await predictedMaps(predictor, images, undefined, 1).get(0);
    expect(maps.channels).toBe(2);
    expect(maps.data[1]).toBe(found.probabilities.data[1]);
    expect(maps.data[0]).toBeCloseTo(1 - found.probabilities.data[1]!, 6);
    await expect(predictedMaps(predictor, images).get(0)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await predictor.dispose();
  });

  test('is looked through with the planes of its truth', async () => {
    const sights = await openRunSights(storage);
    const { test: images } = await makeSetup(parseStudyConfig(folderStudy), studyRegistry);
    const { mask, probabilities, prediction, losses } = await sights.look(
      { loss: 'BCE', seed: 1 },
      images,
      0,
    );
    expect(new Set(mask.data)).toEqual(new Set([0, 1, 2, 3]));
    const logs = Array.from(probabilities.data, (value, i) =>
      isOf(mask.data[i >> 1]!, i & 1) ? -Math.log(value) : -Math.log1p(-value),
    );
    expect(losses.BCE).toBeCloseTo(logs.reduce((sum, value) => sum + value, 0) / logs.length, 5);
    expect(Array.from(prediction.data)).toEqual(
      Array.from(probabilities.data, (value) => Number(value > 0.5)),
    );
    await expect(
      sights.look({ loss: 'BCE', seed: 1 }, { ...images, classes: ['disc', 'cup'] }, 0),
    ).rejects.toThrow('the run tells 2 classes apart, which overlap (disc, cup)');
    await sights.dispose();
  });
});

describe('what batches hold', () => {
  const setupOf = (config: StudyInput, registry = studyRegistry) =>
    makeSetup(parseStudyConfig(config, registry), registry);

  test('planes of 0 and 1 where both classes keep the pixels that they share', async () => {
    const setup = await setupOf({ ...folderStudy, measures: [] });
    for await (const { labels, images } of setup.evaluationBatches(setup.test)) {
      expect(labels.shape).toEqual([2, side, side, 2]);
      const data = Array.from(await labels.data());
      expect(new Set(data)).toEqual(new Set([0, 1]));
      expect(data.filter((value, i) => i % 2 === 0 && value + data[i + 1]! === 2).length).toBeGreaterThan(20);
      labels.dispose();
      images.dispose();
    }
  });

  test('of COCO, where a category lies over another', async () => {
    const square = (x: number, y: number, size: number) => [
      [x, y, x + size, y, x + size, y + size, x, y + size],
    ];
    const annotations = [
      { image_id: 1, category_id: 1, segmentation: square(4, 4, 10) },
      { image_id: 1, category_id: 2, segmentation: square(8, 8, 10) },
      { image_id: 2, category_id: 2, segmentation: square(2, 2, 4) },
      { image_id: 3, category_id: 1, segmentation: square(2, 2, 4) },
    ];
    const file = join(folder, 'coco.json');
    await writeFile(
      file,
      JSON.stringify({
        images: [1, 2, 3].map((id) => ({ id, file_name: `${id}.png`, height: side, width: side })),
        categories: [
          { id: 1, name: 'cell' },
          { id: 2, name: 'nucleus' },
        ],
        annotations,
      }),
    );
    const data = { kind: 'coco', images: join(folder, 'images'), annotations: file, overlapping: true };
    const setup = await setupOf({ ...folderStudy, measures: [], data: { ...data, split: { test: 2 } } });
    expect(setup.classes).toEqual(['cell', 'nucleus']);
    // 100 pixels of each in image 1, 16 in one of the others.
    for (const share of setup.summary.shares) expect(share).toBeCloseTo(116 / (3 * side * side), 12);
  });

  test('workers build the objective by name, and give the same values', async () => {
    const config = parseStudyConfig({ ...folderStudy, measures: [] });
    const setup = await makeSetup(config, studyRegistry);
    const { kind, config: given } = namedObjective(setup);
    const there = await gridRegistry()[kind]!(given);
    const here = lossesObjective(setup.model, setup.losses);
    const params = setup.model.init(1);
    for (const batch of await heldBatches(setup, 2)) {
      const [a, b] = [here(params, batch), there(params, batch)];
      expect(Object.keys(b)).toEqual(['BCE', 'dice']);
      for (const name of Object.keys(a)) expect(b[name]!.dataSync()[0]).toBe(a[name]!.dataSync()[0]);
      dispose([a, b]);
      dispose(Object.values(batch));
    }
    dispose(params);
  });

  test('more classes than a label can hold are refused before anything is read twice', async () => {
    const classes = ['ground', ...Array.from({ length: 8 }, (_, c) => `c${c}`)];
    const data: Dataset = memoryDataset([], classes);
    const registry = withKinds(studyRegistry, [defineKind({ part: 'data', kind: 'many', make: () => data })]);
    const config: StudyInput = { ...tinyStudy, data: { kind: 'many', overlapping: true }, losses: ['dice'] };
    await expect(setupOf(config, registry)).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringContaining('at most 7 classes, and these are 8'),
    });
  });

  test('a mask of several channels is no mask of class indices', () => {
    const mask = { data: new Uint8Array(8), height: 2, width: 2, channels: 2 };
    expect(() => postprocess(mask, 2)).toThrow(/classMask/);
  });

  test('scaled by itself each class has its own majority', async () => {
    const { data } = folderStudy;
    const setup = await setupOf({
      ...folderStudy,
      measures: [],
      data: { ...data, scale: 0.5, split: { test: 1 } },
    });
    const { id, mask } = await setup.test.get(0);
    const whole = circle(14, 12 + Number(id), 9).data;
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 16; x++) {
        const own = [0, 1, side, side + 1].filter((at) => whole[2 * y * side + 2 * x + at] === 255).length;
        if (own !== 2) expect(mask.data[y * 16 + x]! & 1).toBe(Number(own > 2));
      }
  });

  test('void stays void in every plane, and counts in no score', async () => {
    const image = circle(10, 10, 5);
    const mask = { ...image, data: Uint8Array.from(image.data, (v, i) => (i < side ? 255 : v / 255)) };
    const sample = (id: string) => ({ id, image, mask });
    const data: Dataset = memoryDataset(['a', 'b', 'c'].map(sample), ['ground', 'disc'], {
      ignoreIndex: 255,
    });
    const registry = withKinds(studyRegistry, [defineKind({ part: 'data', kind: 'mine', make: () => data })]);
    const setup = await setupOf(
      { ...tinyStudy, data: { kind: 'mine', overlapping: true, split: { test: 1 } }, losses: ['dice'] },
      registry,
    );
    expect(setup.classes).toEqual(['disc']);
    for await (const { labels, images } of setup.evaluationBatches(setup.test)) {
      const values = await labels.data();
      expect(Array.from(values.slice(0, side))).toEqual(new Array(side).fill(255));
      expect(Math.max(...Array.from(values.slice(side)))).toBe(1);
      labels.dispose();
      images.dispose();
    }
  });

  const refusal = async (losses: StudyInput['losses']) => {
    try {
      await setupOf({ ...folderStudy, measures: [], losses });
    } catch (error) {
      if (isSegscapeError(error, 'BAD_CONFIG')) return error.message;
      throw error;
    }
    return '';
  };

  type Given = NonNullable<StudyInput['losses']>[number];
  const refused: [Given, RegExp][] = [
    [
      'crossEntropy',
      /'crossEntropy' cannot train classes that overlap .*exclude each other.*binaryCrossEntropy/,
    ],
    [{ kind: 'focal', activation: 'softmax' }, /activation: softmax/],
    [{ kind: 'boundary', classes: [0, 1] }, /prepares/],
    [{ kind: 'dice', classWeights: 'inverse' }, /give numbers/],
    [
      { kind: 'weightedSum', terms: [{ loss: { kind: 'dice' } }, { loss: { kind: 'topK' } }] },
      /topK compares/,
    ],
  ];
  test.each(refused)('a loss that cannot do it is refused by name: %j', async (loss, message) => {
    expect(await refusal([loss])).toMatch(message);
  });

  test.each(overlappingLosses())('%s: a pixel of both classes costs what it lacks', (kind) => {
    const loss = makeLoss(studyRegistry, forOverlapping(kind, { kind }, studyRegistry), 255);
    const planes = [1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0];
    const labels = tensor(planes, [1, 2, 3, 2], 'int32');
    const of = (sure: readonly number[]) => {
      const logits = tensor(
        sure.map((value) => (value === 1 ? 6 : -6)),
        [1, 2, 3, 2],
      );
      const value = loss(labels, logits);
      const [number] = value.dataSync();
      logits.dispose();
      value.dispose();
      return number!;
    };
    const right = of(planes);
    for (const place of [0, 1, 3])
      expect(of(planes.map((value, i) => (i === place ? 1 - value : value)))).toBeGreaterThan(right + 1e-3);
    labels.dispose();
  });

  test('scores by hand: two images of four pixels and two classes', async () => {
    const scores = planeScores({ classes: ['a', 'b'], ignoreIndex: 255 });
    // Image 1: a is found at one of its two pixels, b at both and at one more. Image 2: a void pixel, and all else right.
    const labels = tensor([1, 1, 1, 1, 0, 0, 0, 0, 255, 255, 0, 1, 1, 0, 0, 0], [2, 2, 2, 2], 'int32');
    const logits = tensor([2, 2, -2, 2, -2, 2, -2, -2, 9, 9, -9, 9, 9, -9, -9, -9], [2, 2, 2, 2]);
    await scores.update(labels, logits, ['x', 'y']);
    labels.dispose();
    logits.dispose();
    const [x, y] = scores.perImage();
    expect(x!.scores).toMatchObject({ 'iou.a': 0.5, 'dice.a': 2 / 3, 'precision.b': 2 / 3, 'recall.b': 1 });
    expect(x!.scores.pixelAccuracy).toBeCloseTo((3 / 4 + 3 / 4) / 2, 12);
    const p = 1 / (1 + Math.exp(-2));
    expect(x!.scores['confidence.a']).toBeCloseTo((p + 1 - p) / 2, 6);
    expect(x!.scores['confidence.b']).toBeCloseTo(p, 6);
    expect(y!.scores).toMatchObject({ 'iou.a': 1, 'iou.b': 1, 'iou.mean': 1, pixelAccuracy: 1 });
    expect(scores.overall()['iou.a']).toBe(0.75);
  });
});

test('one logit for two classes: what is scored is what a network of two exclusive ones would be', async () => {
  const storage = memoryStorage();
  const { data } = tinyStudy;
  const config: StudyInput = {
    ...tinyStudy,
    data: { ...data, overlapping: true },
    losses: [
      {
        kind: 'weightedSum',
        terms: [{ loss: { kind: 'dice' } }, { loss: { kind: 'binaryCrossEntropy' } }],
        label: 'both',
      },
    ],
    landscape: { enabled: false },
  };
  await study(storage, { config });
  const record = await readModelRecord(storage);
  expect(record.classes).toEqual(['disc']);
  const predictor = await openPredictor(storage);
  const dataset = phantomDataset({
    kind: 'fundus',
    count: data.count,
    height: 32,
    width: 32,
    seed: data.seed,
  });
  const { scores } = JSON.parse(await text(storage, 'evaluation.json')) as Evaluation;
  for (const row of scores[0]!.images) {
    const at = dataset.ids!.indexOf(row.id);
    const { image, mask } = await dataset.get(at);
    const { mask: found, probabilities } = await predictor.predict(image);
    let [both, either, truth, right, confidence] = [0, 0, 0, 0, 0];
    for (let i = 0; i < mask.data.length; i++) {
      const [t, p] = [mask.data[i] === 1, found.data[i] === 1];
      if (t && p) both++;
      if (t || p) either++;
      if (t === p) right++;
      if (t) {
        truth++;
        confidence += probabilities.data[i]!;
      }
    }
    expect(Number(row['iou.disc'] ?? Number.NaN)).toBeCloseTo(both / either, 6);
    expect(row.pixelAccuracy).toBeCloseTo(right / mask.data.length, 6);
    expect(row['confidence.disc']).toBeCloseTo(confidence / truth, 4);
  }
  await predictor.dispose();
});
