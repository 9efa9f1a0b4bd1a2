import { integer, options } from '@segscape/core/schema';
import {
  convolution,
  countParams,
  defineModel,
  type EncoderLevel,
  encoderDecoder,
  modelFromConfig,
  plainBlock,
  pooledLevel,
  residualLevel,
} from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import { dispose, ones } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const form = { padding: 'same', norm: 'batch', momentum: 0.1 } as const;
const schema = options<{ classes?: number }>({ classes: integer('Classes.', { default: 2, minimum: 1 }) });

/** A patch of 4×4 pixels is one vector: a level that no other of the package has. */
function patches(scope: string, from: number, channels: number): EncoderLevel {
  const stride = [4, 4];
  const mix = convolution(scope, { spatial: 2, size: [4, 4], from, to: channels, padding: 'valid', stride });
  return {
    scope,
    channels,
    stride,
    layers: [mix],
    taps: [scope],
    *through(x, pass) {
      const y = mix.apply(x, pass);
      yield [scope, y];
      return y;
    },
  };
}

const mixed = defineModel('mixed', schema, ({ classes = 2 }, name) =>
  encoderDecoder(name, {
    spatial: 2,
    inputChannels: 1,
    classes,
    deepSupervision: true,
    encoder: [
      pooledLevel(plainBlock('encoder.0', 2, 1, 3, form), { spatial: 2, channels: 3, pooled: false }),
      residualLevel('encoder.1', {
        spatial: 2,
        from: 3,
        to: 4,
        blocks: 2,
        form: { ...form, stride: [1, 2] },
      }),
      patches('encoder.2', 4, 5),
    ],
  }),
);

describe('a U-Net with an encoder of one’s own', () => {
  test('joins levels of any kind and stride, each grown by the stride it leaves', async () => {
    const model = mixed();
    const params = model.init(1);
    const images = ones([2, 8, 16, 1]);
    const logits = await expectTensors(1, () => model.apply(params, images));
    expect(logits.shape).toEqual([2, 8, 16, 2]);
    for (const { name, shape } of model.summary([8, 16]).layers)
      if (model.taps.includes(name)) {
        const features = model.apply(params, images, { tap: name });
        expect(features.shape.slice(1), name).toEqual(shape);
        features.dispose();
      }
    expect(model.summary([8, 16]).layers.find(({ name }) => name === 'encoder.2')!.shape).toEqual([2, 2, 5]);
    expect(model.shapes['decoder.0.up.kernel']).toEqual([4, 4, 4, 5]);
    expect(model.shapes['decoder.1.up.kernel']).toEqual([1, 2, 3, 4]);
    const { auxiliary } = model.forward(params, images, { training: true });
    expect(auxiliary!.map(({ shape }) => shape)).toEqual([[2, 8, 8, 2]]);
    expect(countParams(params)).toBe(model.summary([8, 16]).parameters);
    expect(model.inputSizeFor([7, 9])).toEqual([8, 16]);
    expect(() => model.apply(params, ones([1, 6, 16, 1]))).toThrow(
      'multiples of 4×8 are needed: pad to 8×16',
    );
    expect(modelFromConfig({ kind: 'mixed', classes: 3 }, { models: { mixed } }).config.classes).toBe(3);
    dispose([params, images, logits]);
  });

  test('an encoder that cannot be one is refused by name', () => {
    const of = (encoder: readonly EncoderLevel[]) =>
      encoderDecoder('mine', { spatial: 2, inputChannels: 1, classes: 2, encoder });
    expect(() => of([])).toThrow('mine: encoder (=[]) must have at least one level.');
    expect(() => of([patches('encoder.0', 1, 4)])).toThrow(
      'mine: encoder[0].stride (=[4,4]) must be all 1: the logits have its size.',
    );
    expect(() => of([{ ...patches('encoder.0', 1, 4), stride: [1] }])).toThrow(
      'mine: encoder[0].stride (=[1]) must be 2 positive integers.',
    );
  });

  test('interpolation doubles axes of stride 2 and leaves those of stride 1; more is refused', () => {
    const level = (stride: number[]): EncoderLevel => ({ ...patches('encoder.1', 3, 4), stride });
    const of = (stride: number[]) => () =>
      encoderDecoder('mine', {
        spatial: 2,
        inputChannels: 1,
        classes: 2,
        up: 'bilinear',
        encoder: [
          pooledLevel(plainBlock('encoder.0', 2, 1, 3, form), { spatial: 2, channels: 3, pooled: false }),
          level(stride),
        ],
      });
    expect(of([1, 2])).not.toThrow();
    expect(of([4, 4])).toThrow("decoder.0.up: stride (=[4,4]) must be of 1 and 2 for up 'bilinear'.");
  });
});
