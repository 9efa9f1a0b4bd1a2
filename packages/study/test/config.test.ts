import { dice } from '@segscape/losses';
import { parseStudyConfig, presets, type StudyInput, studyJsonSchema, studyRegistry } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import '@segscape/testing';
import { namedLosses } from '../src/named-losses.js';

const yaml = `\
name: mine
data:
  kind: phantom
  count: 12
  split: { test: 4 }
augment:
  - kind: flip
  - { kind: elastic, alpha: 34, probability: 0.5 }
losses:
  - dice
  - name: focal
    gamma: 3
training:
  epochs: 5
`;

describe('a config', () => {
  test('takes the default of what is left out', () => {
    const config = parseStudyConfig(yaml);
    expect(config.training).toEqual({
      epochs: 5,
      batchSize: 4,
      seeds: [1],
      optimizer: { kind: 'adam', learningRate: 1e-3 },
      repeats: 1,
    });
    expect(config.data).toEqual({
      kind: 'phantom',
      count: 12,
      split: { test: 4 },
      splitSeed: 0,
      crop: 'auto',
    });
    expect(config.landscape).toMatchObject({ enabled: true, resolution: 15, norm: 'filter' });
    expect(parseStudyConfig('')).toEqual(parseStudyConfig({}));
  });

  test('takes a word for a kind without options, wherever there are kinds', () => {
    const words: StudyInput = {
      data: 'phantom',
      augment: ['flip'],
      model: 'unet',
      losses: ['dice'],
      measures: ['hausdorff'],
      training: { optimizer: 'adam' },
    };
    const { data, augment, model, losses, measures, training } = parseStudyConfig(words);
    expect(data).toEqual(parseStudyConfig({ data: { kind: 'phantom' } }).data);
    expect({ augment, model, losses, measures, optimizer: training.optimizer }).toEqual({
      augment: [{ kind: 'flip' }],
      model: { kind: 'unet' },
      losses: [{ kind: 'dice' }],
      measures: [{ kind: 'hausdorff' }],
      optimizer: { kind: 'adam' },
    });
  });

  test('takes a word inside of losses of losses too, but not where it may mean anything', () => {
    const losses: StudyInput['losses'] = [
      { kind: 'weightedSum', terms: [{ loss: 'dice' }, { loss: { name: 'pixelWeighted', loss: 'focal' } }] },
      { kind: 'mine', terms: [{ loss: 'dice' }], loss: 'l2' },
    ];
    const registry = { ...studyRegistry, losses: { mine: () => dice() } };
    const parsed = parseStudyConfig({ losses }, registry).losses;
    expect(parsed).toEqual([
      {
        kind: 'weightedSum',
        terms: [{ loss: { kind: 'dice' } }, { loss: { name: 'pixelWeighted', loss: { kind: 'focal' } } }],
      },
      losses[1],
    ]);
    expect(namedLosses({ losses: parsed.slice(0, 1) }, studyRegistry, undefined)[0]!.label).toBe(
      'weightedSum dice + pixelWeighted focal',
    );
  });

  test('a loss whose weight changes in training is called by how it does', () => {
    const ramped = { loss: 'boundary', weight: { from: 0.01, to: 1, epochs: 20 } };
    const { losses } = parseStudyConfig({
      losses: [{ kind: 'weightedSum', terms: [{ loss: 'dice' }, ramped] }],
    });
    expect(namedLosses({ losses }, studyRegistry, undefined)[0]!.label).toBe(
      'weightedSum dice + (from 0.01 to 1 epochs 20) boundary',
    );
  });

  test('parsed again is the same', () => {
    const config = parseStudyConfig(yaml);
    expect(parseStudyConfig(config)).toEqual(config);
    expect(parseStudyConfig(JSON.stringify(config))).toEqual(config);
  });

  test.each(Object.entries(presets))('preset %s is valid', (name, preset) => {
    expect(parseStudyConfig(preset).name).toBe(name);
  });

  test('has a JSON Schema for editors', () => {
    const schema = studyJsonSchema() as {
      properties: Record<string, { properties?: object; anyOf?: { enum?: string[] }[] }>;
    };
    expect(Object.keys(schema.properties)).toEqual([
      'name',
      'data',
      'augment',
      'resampling',
      'model',
      'models',
      'losses',
      'measures',
      'plugins',
      'training',
      'landscape',
      'experiment',
      'report',
    ]);
    expect(Object.keys(schema.properties.landscape!.properties!)).toContain('resolution');
    const words = (part: { anyOf?: { enum?: string[] }[] }) => part.anyOf?.find((form) => form.enum)?.enum;
    expect(words(schema.properties.data!)).toContain('phantom');
    expect(words(schema.properties.data!)).not.toContain('folder'); // which needs its images
    expect(words(schema.properties.model!)).toContain('unet');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

describe('a mistake names its line and the nearest valid word', () => {
  test.each([
    ['trainig: {}', 'training:', 'trainig:', "line 13: unknown key 'trainig'. Did you mean 'training'?"],
    ['a nested key', 'epochs', 'epoch', "line 14: unknown key 'training.epoch'. Did you mean 'epochs'?"],
    ['far from all', 'epochs', 'zzzzzzzz', "line 14: unknown key 'training.zzzzzzzz'. Known here: epochs, "],
    ['a kind of data', 'phantom', 'fantom', "line 3: data 'fantom' is not known. Did you mean 'phantom'?"],
    [
      'an option of data',
      'count',
      'cuont',
      "line 4: unknown key 'data.cuont' of data 'phantom'. Did you mean 'count'?",
    ],
    [
      'a transform',
      'kind: flip',
      'kind: flipp',
      "line 7: transform 'flipp' is not known. Did you mean 'flip'?",
    ],
    [
      'an option of a transform',
      'alpha',
      'alhpa',
      "line 8: unknown key 'augment.1.alhpa' of transform 'elastic'. Did you mean 'alpha'?",
    ],
    ['a loss by its name', '- dice', '- dise', "line 10: loss 'dise' is not known. Did you mean 'dice'?"],
    ['a loss', 'focal', 'focl', "line 11: loss 'focl' is not known. Did you mean 'focal'?"],
    [
      'an option of a loss',
      'gamma',
      'gama',
      "line 12: unknown key 'losses.1.gama' of loss 'focal'. Did you mean 'gamma'?",
    ],
    [
      'a value of a loss',
      'gamma: 3',
      'gamma: much',
      "line 12: loss 'focal': gamma (='much') must be a number.",
    ],
    [
      'a schedule',
      'epochs: 5',
      'epochs: 5\n  optimizer: { kind: adam, learningRate: 0.001, schedule: cosin }',
      "line 15: schedule 'cosin' is not known. Did you mean 'cosine'?",
    ],
    [
      'a value of the optimiser',
      'epochs: 5',
      'epochs: 5\n  optimizer: { kind: adam, learningRate: -1 }',
      "line 15: optimizer 'adam': learningRate (=-1) must be at least 0.",
    ],
    [
      'what a transform lacks',
      'kind: flip',
      'kind: brightness',
      'line 7: brightness: delta (=undefined) must be given, or factor, not both.',
    ],
    [
      'options of a network that do not go together',
      'epochs: 5',
      'epochs: 5\nmodel:\n  kind: unet\n  norm: group\n  groups: 7',
      'line 18: unet: groups (=7) must be a divisor of baseChannels (=64).',
    ],
    [
      'a form of several',
      'split: { test: 4 }',
      'split: { folds: 1 }',
      'line 5: data.split.folds must be at least 2, got 1.',
    ],
    [
      'a key in one of several forms',
      'split: { test: 4 }',
      'split: { tets: 4 }',
      "line 5: unknown key 'data.split.tets'. Did you mean 'test'?",
    ],
    [
      'a word among several forms',
      'count: 12',
      'normalize: zscor',
      "line 4: data.normalize must be one of scale, none, zscore, standard, percentile, minmax, got 'zscor'. Did you mean 'zscore'?",
    ],
    [
      'none of several forms',
      '- kind: flip',
      '- 7',
      'line 7: augment.0 must be a text or a map of options, got 7.',
    ],
    ['a number', 'epochs: 5', 'epochs: -5', 'line 14: training.epochs must be above 0, got -5.'],
    ['a probability', '0.5', '1.5', 'line 8: augment.1.probability must be at most 1, got 1.5.'],
    [
      'nothing behind a key',
      'epochs: 5',
      'epochs:',
      'line 14: training.epochs must be a number, but nothing stands there. Give it, or leave the key out.',
    ],
    ['YAML itself', 'split: {', 'split: { {', 'line 6: not valid YAML: Flow map in block collection must be'],
  ])('%s', (_, from, to, message) => {
    expect(() => parseStudyConfig(yaml.replace(from, to))).toThrow(message);
  });

  test('the model and the optimiser, and several at once, without lines for objects', () => {
    expect(() =>
      parseStudyConfig({
        model: { kind: 'unet', baseChanels: 8 },
        training: { optimizer: { kind: 'adm' } },
      }),
    ).toThrow(
      "config: unknown key 'model.baseChanels' of model 'unet'. Did you mean 'baseChannels'?\n        " +
        "optimizer 'adm' is not known. Did you mean 'adam'? Known: adam, adamW, sgd, rmsprop.",
    );
  });

  test('its code and issues are fields', () => {
    expect(() => parseStudyConfig({ lossse: [] } as never)).toThrow(
      expect.objectContaining({
        code: 'BAD_CONFIG',
        details: { issues: ["unknown key 'lossse'. Did you mean 'losses'?"] },
      }),
    );
  });
});

test('a registry of one’s own opens new kinds, whose options nobody else knows', () => {
  const registry = { ...studyRegistry, data: { ...studyRegistry.data, mine: studyRegistry.data.phantom! } };
  const plain = { ...registry, data: { mine: () => Promise.reject(new Error('not asked')) } };
  expect(parseStudyConfig({ data: { kind: 'mine', count: 3 } }, registry).data.kind).toBe('mine');
  expect(parseStudyConfig({ data: { kind: 'mine', anything: 3 } }, plain).data.anything).toBe(3);
  expect(() => parseStudyConfig({ data: { kind: 'mine' } })).toThrow("data 'mine' is not known");
});
