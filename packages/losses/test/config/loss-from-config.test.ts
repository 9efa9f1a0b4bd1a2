import { number, options } from '@segscape/core/schema';
import * as losses from '@segscape/losses';
import {
  crossEntropy,
  defineLoss,
  dice,
  focal,
  type LossConfig,
  lossFromConfig,
  lossSchemas,
  pixelWeighted,
  regionSizeWeights,
  weightedSum,
} from '@segscape/losses';
import { testBackend } from '@segscape/testing';
import { mean, mul, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

const labels = randomLabels([2, 4, 4], 3, 1);
const logits = randomLogits([2, 4, 4, 3], 2);

describe('lossFromConfig', () => {
  test('makes the loss that its options make', () => {
    const loss = lossFromConfig({ name: 'focal', gamma: 3, alpha: [1, 2, 3] });
    expect(loss.name).toBe('focal');
    expect(loss.options).toEqual({ gamma: 3, alpha: [1, 2, 3] });
    expect(loss(labels, logits)).toBeAllclose(focal({ gamma: 3, alpha: [1, 2, 3] })(labels, logits));
  });

  test.each(Object.keys(lossSchemas).filter((name) => !['weightedSum', 'pixelWeighted'].includes(name)))(
    '%s needs nothing but its name',
    (name) => {
      const loss = lossFromConfig({ name });
      expect(loss.name).toBe(name);
    },
  );

  test('every loss has a schema', () => {
    const makers = Object.values(losses).flatMap((made) =>
      typeof made === 'function' && 'schema' in made ? [made.name] : [],
    );
    expect(Object.keys(lossSchemas).sort()).toEqual([...makers, 'weightedSum', 'pixelWeighted'].sort());
  });

  test('a weighted sum goes to its config and back', () => {
    const loss = weightedSum([
      [dice({ batch: true }), 1],
      [crossEntropy(), 0.5],
    ]);
    const again = lossFromConfig(JSON.parse(JSON.stringify({ name: loss.name, ...loss.options })));
    expect(again(labels, logits)).toBeAllclose(loss(labels, logits));
  });

  test('pixelWeighted takes the border weights as data', () => {
    const loss = lossFromConfig({
      name: 'pixelWeighted',
      loss: { name: 'crossEntropy' },
      weightMap: { w0: 5 },
    });
    const mask = { data: Uint8Array.from([0, 1, 1, 0]), height: 2, width: 2, channels: 1 };
    const prepared = Object.values(loss.prepare!(mask));
    expect(prepared.map(({ data }) => data.length)).toEqual([4]);
  });

  test('says kind, or name as it did', () => {
    expect(lossFromConfig({ kind: 'focal', gamma: 3 }).options).toEqual({ gamma: 3 });
    expect(lossSchemas.focal).toMatchObject({
      additionalProperties: false,
      properties: { kind: { const: 'focal' }, name: { const: 'focal' }, gamma: { default: 2, minimum: 0 } },
    });
    expect(errorOf(() => lossFromConfig({ kind: 'focal', name: 'dice' })).details.option).toBe('name');
  });

  test.each<[LossConfig, string]>([
    [{ kind: 'focal', gama: 2 }, "focal: 'gama' is not an option; did you mean 'gamma'?"],
    [{ kind: 'focal', gamma: 'two' }, "focal: gamma (='two') must be a number."],
    [
      { kind: 'crossEntropy', classWeights: [1, 'x'] },
      "crossEntropy: classWeights[1] (='x') must be a number.",
    ],
    [{ kind: 'topK', k: 0 }, 'topK: k (=0) must be in (0, 100], in percent.'],
    [{ kind: 'weightedSum' }, 'weightedSum: terms is missing.'],
    [
      { kind: 'weightedSum', terms: [[{ kind: 'dice', classes: [1] }, 1]] },
      `weightedSum: terms[0] (=[{"kind":"dice","classes":[1]},1]) must be an object: { loss: { kind: 'dice' }, weight: 1 }.`,
    ],
    [
      { kind: 'weightedSum', terms: [{ loss: 3 }] },
      "weightedSum: terms[0].loss (=3) must be an object: { kind: 'dice' } or a text: 'dice'.",
    ],
    [
      { kind: 'pixelWeighted', loss: ['focal'] },
      "pixelWeighted: loss (=['focal']) must be an object: { kind: 'focal' } or a text: 'focal'.",
    ],
    [
      { kind: 'lovasz', classes: 'some' },
      "lovasz: classes (='some') must be one of 'present', 'all' or a list.",
    ],
    [
      { kind: 'tversky', alpha: 0, beta: 0 },
      'tversky: alpha + beta (=0) must be above 0: no error would count.',
    ],
  ])('%j: what is wrong', (config, message) => {
    const error = errorOf(() => lossFromConfig(config));
    expect(error.message).toBe(`lossFromConfig: ${message}`);
    expect(error.code).toBe('BAD_CONFIG');
  });

  test('an unknown kind, with the nearest or all that there are', () => {
    const near = errorOf(() => lossFromConfig({ kind: 'focl' }));
    expect(near.message).toBe("lossFromConfig: there is no loss 'focl'; did you mean 'focal'?");
    expect(near.details).toEqual({
      option: 'kind',
      kind: 'focl',
      value: 'focl',
      path: ['kind'],
      nearest: 'focal',
    });
    expect(errorOf(() => lossFromConfig({ kind: 'qqqqqqqqqqqq' })).message).toBe(
      `lossFromConfig: there is no loss 'qqqqqqqqqqqq'; known: ${Object.keys(lossSchemas).join(', ')}.`,
    );
  });

  test.each<[unknown, string]>([
    [null, "config (=null) must be an object: { kind: 'dice' }."],
    [['dice'], "config (=['dice']) must be an object: { kind: 'dice' }."],
    [{ gamma: 2 }, 'kind is missing.'],
    [{ kind: 3 }, 'kind (=3) must be a text.'],
    [{ kind: 'weightedSum', terms: [{ loss: {} }] }, 'terms[0].loss.kind is missing.'],
  ])('%j is no config of a loss', (config, message) => {
    const error = errorOf(() => lossFromConfig(config as LossConfig));
    expect([error.code, error.message]).toEqual(['BAD_CONFIG', `lossFromConfig: ${message}`]);
  });

  test('a kind alone is its config without options, inside of others too', () => {
    expect(lossFromConfig('dice').options).toEqual(lossFromConfig({ kind: 'dice' }).options);
    const sum = lossFromConfig(
      { kind: 'weightedSum', terms: [{ loss: 'dice' }, { loss: 'mine' }] },
      {
        losses: { mine: () => crossEntropy() },
      },
    );
    expect(sum.options).toEqual({
      terms: [
        { loss: { kind: 'dice' }, weight: 1 },
        { loss: { kind: 'crossEntropy' }, weight: 1 },
      ],
    });
    expect(lossFromConfig({ kind: 'pixelWeighted', loss: 'focal' }).options).toMatchObject({
      loss: { kind: 'focal' },
    });
  });

  test('what is wrong inside of others says where', () => {
    const sum = (loss: LossConfig | string): LossConfig => ({
      kind: 'weightedSum',
      terms: [{ loss: { kind: 'dice' } }, { loss }],
    });
    const problems: [LossConfig | string, string, readonly (string | number)[]][] = [
      [
        { kind: 'focal', gamma: -1 },
        'focal: terms[1].loss.gamma (=-1) must be at least 0.',
        ['terms', 1, 'loss', 'gamma'],
      ],
      [
        { kind: 'focl' },
        "terms[1].loss: there is no loss 'focl'; did you mean 'focal'?",
        ['terms', 1, 'loss', 'kind'],
      ],
      ['focl', "terms[1].loss: there is no loss 'focl'; did you mean 'focal'?", ['terms', 1, 'loss', 'kind']],
      [
        { kind: 'pixelWeighted', loss: { kind: 'dice' } },
        "terms[1].loss: pixelWeighted: loss (='dice') must be a pixel-wise loss, such as crossEntropy or focal.",
        ['terms', 1, 'loss', 'loss'],
      ],
      [
        { kind: 'pixelWeighted', loss: { kind: 'focal', gamma: -1 } },
        'focal: terms[1].loss.loss.gamma (=-1) must be at least 0.',
        ['terms', 1, 'loss', 'loss', 'gamma'],
      ],
      [
        { kind: 'pixelWeighted', loss: { kind: 'focal' }, weightMap: { sigma: 0 } },
        'pixelWeighted: terms[1].loss.weightMap.sigma (=0) must be positive, in pixels.',
        ['terms', 1, 'loss', 'weightMap', 'sigma'],
      ],
    ];
    for (const [config, message, path] of problems) {
      const { message: said, details } = errorOf(() => lossFromConfig(sum(config)));
      expect(said).toBe(`lossFromConfig: ${message}`);
      expect(details.path).toEqual(path);
    }
  });
});

describe('losses of one’s own', () => {
  const meanLogit = defineLoss(
    'meanLogit',
    options<{ scale?: number }>({ scale: number('Factor.') }),
    () => ({
      value: (_, x) => mean(x),
    }),
  );

  test('are found by kind, inside of combinators too, and go before ours', () => {
    const config = { kind: 'weightedSum', terms: [{ loss: { kind: 'meanLogit' }, weight: 2 }] };
    const own = { meanLogit, plain: (given: { power: number }) => focal({ gamma: given.power }) };
    expect(lossFromConfig(config, { losses: own })(labels, logits)).toBeAllclose(mul(mean(logits), 2));
    expect(lossFromConfig({ kind: 'plain', power: 3 }, { losses: own }).options).toEqual({ gamma: 3 });
    const mine = { make: () => meanLogit() };
    expect(lossFromConfig({ kind: 'dice' }, { losses: { dice: mine } }).name).toBe('meanLogit');
  });

  test('are checked by their schema where they have one, and say what they threw', () => {
    const fails = () => {
      throw new Error('no such file');
    };
    const losses = { meanLogit, fails };
    expect(errorOf(() => lossFromConfig({ kind: 'meanLogit', scal: 1 }, { losses })).message).toBe(
      "lossFromConfig: meanLogit: 'scal' is not an option; did you mean 'scale'?",
    );
    expect(errorOf(() => lossFromConfig({ kind: 'meanLogt' }, { losses })).details.nearest).toBe('meanLogit');
    const thrown = errorOf(() => lossFromConfig({ kind: 'fails' }, { losses }));
    expect([thrown.code, thrown.message]).toEqual(['BAD_CONFIG', 'lossFromConfig: fails: no such file']);
    expect(thrown.cause).toBeInstanceOf(Error);
  });
});

describe('ignoreIndex of a combinator', () => {
  const holed = tensor([0, 1, 2, 7], [1, 4], 'int32');
  const scores = randomLogits([1, 4, 3], 3);

  test('goes to the parts of a sum that have none', () => {
    const config = (ignoring: object) => ({
      kind: 'weightedSum',
      ...ignoring,
      terms: [
        { loss: { kind: 'dice' } },
        { loss: { kind: 'pixelWeighted', loss: { kind: 'focal' }, regionWeights: {} } },
        { loss: { kind: 'crossEntropy', ignoreIndex: 7, classWeights: [1, 2, 3] } },
      ],
    });
    const byHand = weightedSum([
      [dice({ ignoreIndex: 7 }), 1],
      [pixelWeighted(focal({ ignoreIndex: 7 }), regionSizeWeights({ ignoreIndex: 7 })), 1],
      [crossEntropy({ ignoreIndex: 7, classWeights: [1, 2, 3] }), 1],
    ]);
    expect(lossFromConfig(config({ ignoreIndex: 7 }))(holed, scores)).toBeAllclose(byHand(holed, scores));
    expect(lossFromConfig(config({})).ignoring?.(7)(holed, scores)).toBeAllclose(byHand(holed, scores));
    const isChecked = ['cpu', 'wasm'].includes(testBackend());
    if (isChecked) expect(() => lossFromConfig(config({}))(holed, scores)).toThrow('label 7 at [0, 3]');
  });

  test('is part of the config that a sum goes back to', () => {
    const loss = weightedSum([[dice(), 1]], { ignoreIndex: 7 });
    expect(loss.options).toEqual({ terms: [{ loss: { kind: 'dice' }, weight: 1 }], ignoreIndex: 7 });
    const again = lossFromConfig({ kind: loss.name, ...loss.options });
    expect(again(holed, scores)).toBeAllclose(dice({ ignoreIndex: 7 })(holed, scores));
  });
});
