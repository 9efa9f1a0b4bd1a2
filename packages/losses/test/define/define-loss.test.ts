import { integer, number, options, withDefaults } from '@segscape/core/schema';
import * as losses from '@segscape/losses';
import {
  defineLoss,
  dice,
  focal,
  isScalarLoss,
  type LossFn,
  lossFromConfig,
  lossSchemas,
  readLabels,
  weightedSum,
} from '@segscape/losses';
import { expectTensors, testBackend } from '@segscape/testing';
import { abs, mean, mul, type Scalar, sigmoid, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { errorOf } from '../error-of.js';
import { randomLabels, randomLogits } from '../every-loss.js';

/** Where labels are checked. */
const onHost = ['cpu', 'wasm'].includes(testBackend());

interface MeanErrorOptions {
  readonly scale?: number;
  readonly ignoreIndex?: number;
}

const meanErrorSchema = options<MeanErrorOptions>({
  scale: number('Factor.', { default: 1, minimum: 0 }),
  ignoreIndex: integer('Label value left out.'),
});

const meanError = defineLoss('meanError', meanErrorSchema, ({ scale = 1, ignoreIndex }, name) => {
  const errors = (labels: Tensor, logits: Tensor) => {
    const { oneHotLabels, scores, valid } = readLabels(name, labels, logits, ignoreIndex);
    const each = abs(sub(sigmoid(scores), oneHotLabels));
    return mul(mean(valid ? mul(each, valid) : each, 0), scale);
  };
  return { value: ({ labels }, logits) => mean(errors(labels, logits)) };
});

const labels = tensor([[0, 1, 1, 255]], [1, 4], 'int32');
const logits = tensor([0, 0, 0, 0], [1, 4, 1]);

describe('a loss of one’s own', () => {
  test('is named, described, checked, tidied', async () => {
    const loss = meanError({ scale: 2, ignoreIndex: 255 });
    expect([loss.name, meanError.name, meanError.schema]).toEqual([
      'meanError',
      'meanError',
      meanErrorSchema,
    ]);
    expect(loss.options).toEqual({ scale: 2, ignoreIndex: 255 });
    expect(loss.pixelwise).toBe(false);
    const value = await expectTensors(1, () => loss(labels, logits));
    expect(value).toBeAllclose(0.75);
    expect(errorOf(() => meanError({ scale: -1 })).message).toBe(
      'meanError: scale (=-1) must be at least 0.',
    );
    expect(errorOf(() => loss.map(labels, logits)).code).toBe('BAD_OPTION');
  });

  test('is told by others what to ignore, unless it has been', () => {
    if (onHost) expect(() => weightedSum([[meanError(), 1]])(labels, logits)).toThrow('label 255 at [0, 3]');
    const sum = weightedSum([[meanError(), 1]], { ignoreIndex: 255 });
    expect(sum(labels, logits)).toBeAllclose(0.375);
    expect(meanError({ ignoreIndex: 3 }).ignoring).toBeUndefined();
    expect(meanError().ignoring?.(255).options).toEqual({ ignoreIndex: 255 });
  });

  test('cannot ignore where its schema has no such option', () => {
    const plain = defineLoss('plain', options<{ scale?: number }>({ scale: number('Factor.') }), () => ({
      value: (_, x) => mean(x),
    }));
    expect(plain().ignoring).toBeUndefined();
    expect(errorOf(() => plain({ ignoreIndex: 1 } as object)).message).toBe(
      "plain: 'ignoreIndex' is not an option; known: scale.",
    );
  });
});

test('the compiler knows a scalar from values per pixel or class', () => {
  expectTypeOf(focal()).toEqualTypeOf<LossFn<Scalar>>();
  expectTypeOf(focal({ gamma: 1, reduction: 'sum' })).toEqualTypeOf<LossFn<Scalar>>();
  expectTypeOf(focal({ reduction: 'none' })).toEqualTypeOf<LossFn>();
  expectTypeOf(focal({} as losses.FocalOptions)).toEqualTypeOf<LossFn>();
  expectTypeOf(weightedSum([[dice(), 1]])).toEqualTypeOf<LossFn<Scalar>>();
  expectTypeOf(lossFromConfig({ kind: 'dice' })).toEqualTypeOf<LossFn<Scalar>>();
  // @ts-expect-error no such option
  expect(() => focal({ gama: 2 })).toThrow("did you mean 'gamma'?");
});

test('a loss of a config says whether it gives one number', () => {
  const [index, scores] = [randomLabels([1, 3, 4], 2, 1), randomLogits([1, 3, 4, 2], 2)];
  const config: losses.LossConfig = { kind: 'dice', reduction: 'sum' };
  const loss = lossFromConfig(config);
  expectTypeOf(loss).toEqualTypeOf<LossFn>();
  if (isScalarLoss(loss)) expectTypeOf(loss(index, scores)).toEqualTypeOf<Scalar>();
  const map = focal({ reduction: 'none' });
  const none = [map, weightedSum([[map, 1]]), losses.pixelWeighted(map, losses.regionSizeWeights())];
  const both = weightedSum([
    [map, 1],
    [dice(), 1],
  ]);
  const given = [loss, weightedSum([[dice(), 1]]), ...none, both];
  expect(given.map(isScalarLoss)).toEqual([true, true, false, false, false, false]);
  for (const one of given) expect(one(index, scores).rank === 0).toBe(one.scalar);
});

const makers = Object.values(losses).filter(
  (made): made is losses.LossMaker<object> => typeof made === 'function' && 'schema' in made,
);

test.each(makers.map((maker) => [maker.name, maker] as const))(
  '%s by itself is %s with the defaults that its schema says',
  (_, maker) => {
    const standard = maker(withDefaults({}, maker.schema));
    const [given, scores] = [randomLabels([2, 5, 4], 2, 1), randomLogits([2, 5, 4, 2], 2)];
    expect(standard(given, scores)).toBeAllclose(maker()(given, scores));
    expect(
      Object.keys(maker.schema.properties).every((name) => name in lossSchemas[maker.name]!.properties!),
    ).toBe(true);
  },
);
