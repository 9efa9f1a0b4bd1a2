import type { ReportFacts } from '@segscape/report';
import { memoryStorage } from '@segscape/runs';
import {
  openPredictor,
  parseStudyConfig,
  readModelRecord,
  type StudyInput,
  studyRegistry,
} from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { namedModels } from '../src/named-models.js';
import { paddingAndCrop } from '../src/padding-and-crop.js';
import { type Bytes, copyOf, study, text, tinyStudy } from './tiny-study.js';

const { model: _, ...withoutModel } = tinyStudy;
const small = { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch', label: 'small' };
const deep = { kind: 'unet', baseChannels: 2, depth: 3, norm: 'batch', label: 'deep' };
const compared: StudyInput = {
  ...withoutModel,
  models: [small, deep],
  losses: ['crossEntropy', 'dice'],
  landscape: { resolution: 3, samples: 2, trust: { pairs: 0 }, filters: { count: 1, steps: 2 } },
  experiment: { images: [{ foreground: 'much' }], iterations: 2, every: 1 },
};
const labels = ['crossEntropy @ small', 'dice @ small', 'crossEntropy @ deep', 'dice @ deep'];

describe('several networks in one study', () => {
  const [whole, alone] = [memoryStorage(), memoryStorage()];
  let facts: ReportFacts;
  beforeAll(async () => {
    await expectTensors(0, () => study(whole, { config: compared }));
    await study(alone, {
      config: {
        ...compared,
        models: undefined,
        model: { kind: 'unet', baseChannels: 2, depth: 3, norm: 'batch' },
      },
    });
    facts = JSON.parse(await text(whole, 'report.json')) as ReportFacts;
  }, 240_000);

  test('trains every loss with each, scores and compares all', async () => {
    expect(facts.losses).toEqual(labels);
    expect(facts.scores.map(({ loss }) => loss)).toEqual(labels);
    expect(facts.comparisons).toHaveLength(6);
    expect(facts.material.networks?.map(({ label }) => label)).toEqual(['small', 'deep']);
    expect(await text(whole, 'report.html')).toContain('dice @ deep');
  });

  test('trains each as it would be alone, bit for bit', async () => {
    for (const loss of ['crossEntropy', 'dice']) {
      const path = (label: string) => `checkpoints/${encodeURIComponent(label)}/seed-1/latest.safetensors`;
      const there = (await whole.list('checkpoints')).find(
        (name) =>
          name.includes('deep') &&
          name.startsWith(`checkpoints/${loss}`) &&
          name.endsWith('seed-1/latest.safetensors'),
      )!;
      expect(Buffer.compare(await whole.read(there), await alone.read(path(loss))), loss).toBe(0);
    }
    const own = JSON.parse(await text(alone, 'report.json')) as ReportFacts;
    const scores = (of: ReportFacts, ending: string) =>
      of.scores.filter(({ loss }) => loss.endsWith(ending)).map(({ images }) => images);
    expect(scores(facts, '@ deep')).toEqual(scores(own, ''));
  });

  test('draws surfaces, maps, pictures and experiments of each', () => {
    const lossesOf = (all: readonly { readonly loss: string }[] = []) => [
      ...new Set(all.map(({ loss }) => loss)),
    ];
    expect(lossesOf(facts.surfaces)).toEqual(labels);
    expect(lossesOf(facts.weightChange)).toEqual(labels);
    expect(lossesOf(facts.forensics)).toEqual(labels);
    expect(lossesOf(facts.filters)).toEqual(labels);
    expect(lossesOf(facts.steps)).toEqual(labels);
    expect(lossesOf(facts.experiment?.runs)).toEqual(labels);
    expect(Object.keys(facts.disputes!.seeds)).toEqual(labels);
    // Weights of different networks have no way between them.
    expect(facts.barriers?.map(({ from, to }) => [from, to])).toEqual([
      ['crossEntropy @ small', 'dice @ small'],
      ['crossEntropy @ deep', 'dice @ deep'],
    ]);
    const shown = facts.pictures.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
    expect([...new Set(shown)].sort()).toEqual([...labels].sort());
  });

  test('a network predicts by the label of its loss, and an ensemble averages all', async () => {
    const record = await readModelRecord(whole);
    expect(record.networks?.map(({ label, losses }) => [label, losses])).toEqual([
      ['small', labels.slice(0, 2)],
      ['deep', labels.slice(2)],
    ]);
    const image = {
      data: new Uint8Array(40 * 36 * 3).map((_, i) => (i * 37) % 256),
      height: 40,
      width: 36,
      channels: 3,
    };
    const masksOf = async (of: Bytes, options: Parameters<typeof openPredictor>[1]) => {
      const predictor = await openPredictor(of, options);
      const { probabilities } = await predictor.predict(image);
      const { members } = predictor;
      await predictor.dispose();
      return { probabilities: Array.from(probabilities.data), members: members.map(({ loss }) => loss) };
    };
    await expectTensors(0, async () => {
      const [deepOne, aloneOne] = [
        await masksOf(whole, { loss: 'dice @ deep' }),
        await masksOf(alone, { loss: 'dice' }),
      ];
      expect(deepOne.probabilities).toEqual(aloneOne.probabilities);
      const all = await masksOf(whole, { ensemble: 'losses' });
      expect(all.members).toEqual(labels);
      const each = [];
      for (const loss of labels) each.push((await masksOf(whole, { loss })).probabilities);
      for (const i of [0, 100, 2000])
        expect(all.probabilities[i]).toBeCloseTo(each.reduce((sum, one) => sum + one[i]!, 0) / 4, 5);
    });
  });

  test('goes on where it was stopped, to the same bytes', async () => {
    const storage = memoryStorage();
    let epochs = 0;
    await study(storage, { config: compared, stopAt: ({ type }) => type === 'epoch' && ++epochs === 8 });
    await study(storage, { config: compared, resume: true });
    expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    expect(await text(storage, 'landscape.json')).toBe(await text(whole, 'landscape.json'));
  });

  test('another network is trained beside those that there are', async () => {
    const storage = await copyOf(whole);
    const path = (await storage.list('checkpoints')).find((name) => name.includes('deep'))!;
    const before = await storage.read(path);
    const wide = { kind: 'unet', baseChannels: 6, depth: 2, norm: 'batch', label: 'wide' };
    const events = await study(storage, {
      config: { ...compared, models: [small, deep, wide] },
      resume: true,
    });
    expect(events).toContainEqual({ type: 'notice', message: 'The run grows: 1 network.' });
    expect(Buffer.compare(await storage.read(path), before)).toBe(0);
    const grown = JSON.parse(await text(storage, 'report.json')) as ReportFacts;
    expect(grown.losses).toEqual([...labels, 'crossEntropy @ wide', 'dice @ wide']);
    await expect(
      study(await copyOf(whole), { config: { ...compared, models: [small, wide] }, resume: true }),
    ).rejects.toThrow(/the model .*deep.* is missing or changed/);
    await expect(study(await copyOf(alone), { config: compared, resume: true })).rejects.toThrow(
      'models cannot be given to a run of one network',
    );
  });
});

describe('the networks of a config', () => {
  const parsed = (input: StudyInput) => parseStudyConfig({ ...withoutModel, ...input });
  test('are called by their labels, or by their kinds and options', () => {
    const names = (models: StudyInput['models']) => namedModels(parsed({ models })).map(({ label }) => label);
    expect(names(['unet', 'basicUnet'])).toEqual(['unet', 'basicUnet']);
    expect(names(['unet', { kind: 'unet', depth: 3 }])).toEqual(['unet', 'unet depth 3']);
    expect(namedModels(parseStudyConfig(tinyStudy))).toEqual([
      { kind: 'unet', options: { baseChannels: 4, depth: 2, norm: 'batch' } },
    ]);
  });

  test('a config that was written down is read again', () => {
    const config = parsed({ models: [small, deep] });
    expect(config.model).toEqual({ kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' });
    expect(parseStudyConfig(config as StudyInput)).toEqual(config);
  });

  test.each<[string, StudyInput, RegExp]>([
    [
      'a model beside',
      { model: { kind: 'unet', depth: 5 }, models: ['unet', 'basicUnet'] },
      /model: give model, or models where several are compared, not both/,
    ],
    ['one', { models: ['unet'] }, /models must have at least 2 entries, got 1/],
    ['an unknown kind', { models: ['unet', 'unett'] }, /Did you mean 'unet'/],
    ['an unknown option', { models: ['unet', { kind: 'basicUnet', depht: 3 }] }, /models\.1\.depht/],
    [
      'weights to begin with',
      { models: ['unet', 'basicUnet'], training: { initialise: { weights: 'a.safetensors' } } },
      /training\.initialise gives the weights of one network/,
    ],
  ])('refuses %s', (_, input, message) => {
    expect(() => parsed(input)).toThrow(message);
  });

  test('refuses two of one label before anything is trained', async () => {
    await expect(
      study(memoryStorage(), { config: { ...compared, models: ['unet', 'unet'] } }),
    ).rejects.toThrow("two models are called 'unet'");
  });
});

describe('outputs of several networks', () => {
  const config = parseStudyConfig(tinyStudy);
  const unet = (options: object) =>
    studyRegistry.models.unet!({ inputChannels: 1, classes: 2, baseChannels: 2, ...options });
  const sample = {
    id: 'a',
    image: { data: new Uint8Array(30 * 30), height: 30, width: 30, channels: 1 },
    mask: { data: new Uint8Array(30 * 30), height: 30, width: 30, channels: 1 },
  };
  test('are of the same pixels', () => {
    const models = [unet({ depth: 2 }), unet({ depth: 3 })];
    const masks = models.map(
      (model) =>
        paddingAndCrop(config, studyRegistry, model, [[30, 30]], 2, models).evaluate(
          sample,
          undefined as never,
        ).mask,
    );
    expect(masks.map(({ height, width }) => [height, width])).toEqual([
      [32, 32],
      [32, 32],
    ]);
    expect(masks[0]).toEqual(masks[1]);
  });

  test('may need inputs of different sizes', () => {
    const models = [unet({ depth: 3, padding: 'valid' }), unet({ depth: 3 })];
    const [valid, same] = models.map((model) =>
      paddingAndCrop(config, studyRegistry, model, [[30, 30]], 2, models).evaluate(
        sample,
        undefined as never,
      ),
    );
    expect([valid!.image.height, same!.image.height]).toEqual([72, 32]);
    expect(valid!.mask).toEqual(same!.mask);
  });

  test('are refused where no size suits all', () => {
    const models = [unet({ depth: 4, padding: 'valid' }), unet({ depth: 4 })];
    const { evaluate } = paddingAndCrop(config, studyRegistry, models[1]!, [], 2, models);
    expect(() => evaluate(sample, undefined as never)).toThrow(
      /models: there is no size that all of them give/,
    );
  });
});
