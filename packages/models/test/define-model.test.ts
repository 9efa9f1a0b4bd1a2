import { integer, options } from '@segscape/core/schema';
import {
  convolution,
  countParams,
  defineModel,
  modelFromConfig,
  plainBlock,
  sizesOf,
  stage,
} from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import { dispose, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

interface PlainOptions {
  readonly channels?: number;
  readonly classes?: number;
}

const schema = options<PlainOptions>({
  channels: integer('Channels of the block.', { default: 4, minimum: 1 }),
  classes: integer('Number of classes.', { default: 2, minimum: 1 }),
});

const form = { padding: 'valid', norm: 'batch', momentum: 0.1 } as const;

const plain = defineModel('plain', schema, ({ channels = 4, classes = 2 }) => {
  const block = plainBlock('body', 2, 1, channels, form);
  const head = convolution('head', { spatial: 2, size: 1, from: channels, to: classes, padding: 'same' });
  return {
    spatial: 2,
    inputChannels: 1,
    taps: ['body', 'logits'],
    stages: [
      stage('body', 'block', channels, block.layers, (length) => length - 4),
      stage('head', 'convolution 1×1', classes, [head], (length) => length - 4),
    ],
    *features(images, pass) {
      yield ['logits', head.apply(yield* block.through(images, pass), pass)];
    },
  };
});

describe('a network of one’s own', () => {
  test('is named, described, checked, tapped, summed up', async () => {
    const model = plain({ channels: 3 });
    expect([model.name, plain.name, plain.schema]).toEqual(['plain', 'plain', schema]);
    expect(model.config).toEqual({ name: 'plain', channels: 3, classes: 2 });
    const params = model.init(1);
    expect(countParams(params)).toBe(model.summary([8, 8]).parameters);
    const images = zeros([2, 8, 9, 1]);
    const logits = await expectTensors(1, () => model.apply(params, images));
    expect(logits.shape).toEqual([2, 4, 5, 2]);
    const features = model.apply(params, images, { tap: 'body' });
    expect(features.shape).toEqual([2, 4, 5, 3]);
    const { logits: trained, updates } = model.forward(params, images, { training: true });
    expect(Object.keys(updates)).toEqual(Object.keys(params).filter((name) => !model.isTrainable(name)));
    expect(() => plain({ chanels: 3 } as object)).toThrow(
      "plain: 'chanels' is not an option; did you mean 'channels'?",
    );
    expect(() => model.apply(params, images, { tap: 'decoder.0' })).toThrow(
      "plain: tap (='decoder.0') must be one of body, logits.",
    );
    dispose([params, images, logits, features, trained, updates]);
  });

  test('says which sizes fit', () => {
    const model = plain();
    expect(model.outputSize([12, 7])).toEqual([8, 3]);
    expect(model.inputSizeFor([8, 3])).toEqual([12, 7]);
    expect(() => model.outputSize([4, 9])).toThrow(
      'plain: images of 4×9 do not fit; each side must be a multiple of 1 that leaves some logits.',
    );
    const halved = sizesOf('halved', 4, (length) => length / 4);
    expect([halved.output([8, 12]), halved.input([3, 1])]).toEqual([
      [2, 3],
      [12, 4],
    ]);
    expect(() => halved.output([8, 9])).toThrow('each side must be a multiple of 4');
  });

  test('is found by a config', () => {
    expect(modelFromConfig({ kind: 'plain', classes: 5 }, { models: { plain } }).config.classes).toBe(5);
  });
});
