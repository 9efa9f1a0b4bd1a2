import * as losses from '@segscape/losses';
import { type JsonSchema, lossSchemas, unetWeightMap } from '@segscape/losses';
import { fill, grad, sum, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorOf } from './error-of.js';
import { randomLabels, randomLogits } from './every-loss.js';

const combinators = ['weightedSum', 'pixelWeighted'];
const factories = Object.keys(lossSchemas)
  .filter((name) => !combinators.includes(name))
  .map((name) => [name, (losses as never)[name] as (options: object) => losses.LossFn] as const);

const schemasOf = (name: string): [string, JsonSchema][] =>
  Object.entries(lossSchemas[name]?.properties ?? {}).filter(
    ([option]) => !['kind', 'name'].includes(option),
  );

/** Values that the schema of an option cannot mean. */
function wrongFor({ type, items, anyOf, ...limits }: JsonSchema): unknown[] {
  if (anyOf) return [...wrongFor(anyOf[0] as JsonSchema).filter((value) => !Array.isArray(value)), []];
  if (type === 'array') return ['x', [], ...(items ? wrongFor(items).map((value) => [value, 1]) : [])];
  if (type === 'boolean') return ['yes', 1, null];
  if (type === 'string') return ['nonsense', 1, null];
  const low = limits.exclusiveMinimum ?? (limits.minimum === undefined ? undefined : limits.minimum - 1);
  const high = limits.exclusiveMaximum ?? (limits.maximum === undefined ? undefined : limits.maximum + 1);
  const beyond = [low, high].filter((value) => value !== undefined);
  return [Number.NaN, Number.POSITIVE_INFINITY, 'one', null, ...(type === 'integer' ? [0.5] : []), ...beyond];
}

describe.each(factories)('%s refuses', (name, factory) => {
  test.each(schemasOf(name))('every value that %s cannot be', (option, schema) => {
    for (const value of wrongFor(schema)) {
      const error = errorOf(() => factory({ [option]: value }));
      expect(error.code).toBe('BAD_OPTION');
      expect(error.message).toMatch(new RegExp(`^${name}: ${option}.* (must|entries)`));
    }
  });

  test('an unknown option, with the nearest known one', () => {
    const error = errorOf(() => factory({ ignoreIndx: 255 }));
    expect(error.message).toBe(`${name}: 'ignoreIndx' is not an option; did you mean 'ignoreIndex'?`);
    expect(error.details).toEqual({
      option: 'ignoreIndx',
      path: ['ignoreIndx'],
      value: 255,
      nearest: 'ignoreIndex',
    });
    expect(error.code).toBe('BAD_OPTION');
  });

  test('nothing for an option that is undefined', () => {
    const absent = Object.fromEntries(schemasOf(name).map(([option]) => [option, undefined]));
    expect(factory(absent).name).toBe(name);
  });
});

describe('weights', () => {
  const weighing = ['crossEntropy', 'focal', 'dice', 'jaccard', 'tversky', 'focalTversky', 'logCoshDice'];
  const labels = randomLabels([1, 3, 3], 3, 1);
  const logits = randomLogits([1, 3, 3, 3], 2);

  test.each(weighing)('of %s: negative, NaN, all 0 or of another number', (name) => {
    const loss = (classWeights: number[]) => losses.lossFromConfig({ name, classWeights });
    const factory = (losses as never)[name] as (options: object) => losses.LossFn;
    const message = (classWeights: number[]) => errorOf(() => factory({ classWeights })).message;
    expect(message([1, -1, 1])).toBe(`${name}: classWeights[1] (=-1) must be at least 0.`);
    expect(message([1, Number.NaN, 1])).toBe(`${name}: classWeights[1] (=NaN) must be a finite number.`);
    expect(message([0, 0, 0])).toBe(
      `${name}: classWeights (=[0,0,0]) must have at least one entry to be positive.`,
    );
    const short = errorOf(() => loss([1, 2])(labels, logits));
    expect(short.message).toBe(
      `${name}: classWeights (=[1,2]) must have one weight for each of the 3 classes.`,
    );
    expect(errorOf(() => loss([1, 2, 3, 4])(labels, logits)).code).toBe('BAD_OPTION');
  });

  test('of positives: 0, negative, NaN', () => {
    const message = (posWeight: number | number[]) =>
      errorOf(() => losses.binaryCrossEntropy({ posWeight })).message;
    expect(message(0)).toBe('binaryCrossEntropy: posWeight (=0) must be positive, or a list.');
    expect(message(Number.NaN)).toBe(
      'binaryCrossEntropy: posWeight (=NaN) must be a finite number, or a list.',
    );
    expect(message([1, -2])).toBe('binaryCrossEntropy: posWeight[1] (=-2) must be at least 0.');
  });

  test('of errors that would all count nothing', () => {
    expect(errorOf(() => losses.tversky({ alpha: 0, beta: 0 })).message).toBe(
      'tversky: alpha + beta (=0) must be above 0: no error would count.',
    );
  });

  test('of a border map: too few, or made of object numbers', () => {
    const mask = { data: Uint8Array.of(0, 1, 2, 2), height: 1, width: 4, channels: 1 };
    expect(errorOf(() => unetWeightMap({ classWeights: [1, 2] })(mask)).message).toBe(
      'unetWeightMap: classWeights (=[1,2]) must have a weight for each class, here 0…2.',
    );
    const weights = unetWeightMap({ classWeights: [1, 3], instances: true, w0: 0 })(mask);
    expect(Array.from(weights.data)).toEqual([1, 3, 3, 3]);
    expect(errorOf(() => unetWeightMap({ sigma: 0 })).message).toBe(
      'unetWeightMap: sigma (=0) must be positive, in pixels.',
    );
  });
});

test('ignoreIndex NaN is refused by name', () => {
  expect(errorOf(() => losses.dice({ ignoreIndex: Number.NaN })).message).toBe(
    'dice: ignoreIndex (=NaN) must be a whole number.',
  );
});

describe('nothing added to any ratio', () => {
  const smoothless = factories.flatMap(([name]) => {
    const zeros = schemasOf(name).filter(([option]) => /^smooth$|^epsilon$/.test(option) && name !== 'poly');
    if (zeros.length === 0) return [];
    const options = Object.fromEntries(zeros.map(([option]) => [option, 0]));
    const words = schemasOf(name).find(([option]) => option === 'activation')?.[1].enum as
      | string[]
      | undefined;
    return [undefined, ...(words ?? [])].map((activation) => ({
      name,
      ...options,
      ...(activation && { activation }),
    }));
  });

  test.each(smoothless)('is finite over empty, full and ignored masks: $name $activation', (config) => {
    const loss = losses.lossFromConfig({ ...config, ignoreIndex: 255 });
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2, 255), fc.constantFrom(0, 1, 200), (only, scale) => {
        const mask = fill([2, 4, 4], only, 'int32');
        const logits = randomLogits([2, 4, 4, 3], 1, scale);
        for (const x of [loss(mask, logits), grad((y: Tensor) => sum(loss(mask, y)))(logits)])
          expect(Array.from(x.dataSync()).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  test('clDice of empty masks: a share of nothing is 0, so the loss is 1', () => {
    const far = fill([1, 4, 4, 1], -200);
    expect(
      losses
        .clDice({ smooth: 0 })(fill([1, 4, 4], 0, 'int32'), far)
        .dataSync()[0],
    ).toBe(1);
  });
});
