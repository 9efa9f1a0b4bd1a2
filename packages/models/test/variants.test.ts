import { random } from '@segscape/core';
import {
  attentionUnet,
  countParams,
  modelFromConfig,
  nestedUnet,
  residualUnet,
  unet3d,
} from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import { dispose, grads, mean, scalar, square, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const picture = (shape: number[], seed = 1) => {
  const rng = random(seed);
  return tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
    shape,
  );
};

describe.each([
  ['residualUnet', residualUnet],
  ['attentionUnet', attentionUnet],
  ['nestedUnet', nestedUnet],
] as const)('%s', (name, make) => {
  test.each(['transpose', 'bilinear'] as const)(
    'up %s: shapes of all taps, gradients, no leaks, config',
    async (up) => {
      const model = make({ baseChannels: 4, depth: 3, up, dropout: 0.2 });
      const size = [8, 12] as const;
      const params = model.init(1);
      const images = picture([2, ...size, 1]);
      for (const { name: layer, shape } of model.summary(size).layers)
        if (model.taps.includes(layer)) {
          const features = await expectTensors(1, () => model.apply(params, images, { tap: layer }));
          expect(features.shape.slice(1), layer).toEqual(shape);
          features.dispose();
        }
      expect(countParams(params)).toBe(model.summary(size).parameters);
      const names = Object.keys(params).filter(model.isTrainable);
      const seed = scalar(3);
      const gradients = tidy(() =>
        grads((...list: Tensor[]) => {
          const own = { ...params, ...Object.fromEntries(names.map((key, i) => [key, list[i]!])) };
          return mean(square(model.forward(own, images, { training: true, seed }).logits));
        })(names.map((key) => params[key]!)),
      );
      for (const [i, key] of names.entries())
        expect(
          gradients[i]!.dataSync().some((value) => value !== 0),
          key,
        ).toBe(true);
      const again = modelFromConfig(JSON.parse(JSON.stringify(model.config)));
      expect([again.name, again.shapes]).toEqual([name, model.shapes]);
      dispose([params, images, gradients, seed]);
    },
  );
});

test('residualUnet without padding crops its shortcuts', () => {
  const model = residualUnet({ baseChannels: 2, depth: 2, padding: 'valid', norm: 'none' });
  const params = model.init(1);
  const images = picture([1, 20, 20, 1]);
  const logits = model.apply(params, images);
  expect(logits.shape).toEqual([1, 4, 4, 2]);
  expect(() => nestedUnet({ padding: 'valid' })).toThrow(
    "nestedUnet: padding (='valid') must be one of 'same'.",
  );
  dispose([params, images, logits]);
});

describe('unet3d', () => {
  test('works on volumes, with gradients', () => {
    const model = unet3d({ baseChannels: 2, depth: 2, padding: 'same' });
    const params = model.init(1);
    const images = picture([1, 4, 4, 6, 1]);
    const logits = model.apply(params, images);
    expect(logits.shape).toEqual([1, 4, 4, 6, 2]);
    expect(model.outputSize([4, 4, 6])).toEqual([4, 4, 6]);
    expect(countParams(params)).toBe(model.summary([4, 4, 6]).parameters);
    dispose([params, images, logits]);
  });
});
