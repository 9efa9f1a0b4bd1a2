import { random } from '@segscape/core';
import { countParams, type Model, modelFromConfig, unet } from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import {
  concat,
  dispose,
  fill,
  grads,
  mean,
  mul,
  ones,
  scalar,
  square,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const picture = (shape: number[], seed = 1) => {
  const rng = random(seed);
  return tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
    shape,
  );
};

const small = { inputChannels: 1, classes: 2, baseChannels: 4, depth: 3 } as const;

describe('unet', () => {
  test('the original study’s network: 7,759,554 parameters, 572 in, 388 out', () => {
    const model = unet({ inputChannels: 1, classes: 2, baseChannels: 32, depth: 5, padding: 'valid' });
    const summary = model.summary([572, 572]);
    expect(summary.parameters).toBe(7_759_554);
    expect(summary.outputSize).toEqual([388, 388]);
    expect(summary.layers[0]).toEqual({
      name: 'encoder.0',
      kind: 'block',
      shape: [568, 568, 32],
      parameters: 9_568,
    });
    expect(summary.layers.find(({ name }) => name === 'encoder.4')?.shape).toEqual([28, 28, 512]);
    expect(model.inputSizeFor([388, 388])).toEqual([572, 572]);
    expect(model.inputSizeFor([300, 388])).toEqual([492, 572]);
  });

  test('the summary’s sizes are those of the features', () => {
    for (const padding of ['same', 'valid'] as const) {
      const model = unet({ ...small, padding });
      const size = model.inputSizeFor([8, 12]);
      const params = model.init(1);
      const images = zeros([1, ...size, 1]);
      for (const { name, shape } of model.summary(size).layers)
        if (model.taps.includes(name)) {
          const features = model.apply(params, images, { tap: name });
          expect(features.shape.slice(1), name).toEqual(shape);
          features.dispose();
        }
      const logits = model.apply(params, images);
      expect(logits.shape).toEqual([1, ...model.outputSize(size), 2]);
      dispose([params, images, logits]);
    }
  });

  test.each([
    ['same', 'transpose', 'none'],
    ['valid', 'bilinear', 'batch'],
    ['same', 'bilinear', 'instance'],
    ['same', 'transpose', 'group'],
  ] as const)(
    'padding %s, up %s, norm %s: shapes, no leaks, a gradient for every trainable parameter',
    async (padding, up, norm) => {
      const model = unet({ ...small, padding, up, norm });
      const [h, w] = model.inputSizeFor([4, 8]);
      const images = picture([2, h, w, 1]);
      const params = await expectTensors(Object.keys(model.shapes).length, () => model.init(3));
      expect(countParams(params)).toBe(model.summary([h, w]).parameters);
      const logits = await expectTensors(1, () => model.apply(params, images));
      expect(logits.shape).toEqual([2, ...model.outputSize([h, w]), 2]);
      const names = Object.keys(params).filter(model.isTrainable);
      const running = norm === 'batch' ? 2 * 10 : 0;
      expect(Object.keys(params).length - names.length).toBe(running);
      const result = await expectTensors(1 + running, () =>
        model.forward(params, images, { training: true }),
      );
      expect(Object.keys(result.updates).length).toBe(running);
      const gradients = tidy(() =>
        grads((...list: Tensor[]) => {
          const own = { ...params, ...Object.fromEntries(names.map((name, i) => [name, list[i]!])) };
          return mean(square(model.forward(own, images, { training: true }).logits));
        })(names.map((name) => params[name]!)),
      );
      for (const [i, name] of names.entries())
        expect(
          gradients[i]!.dataSync().some((value) => value !== 0),
          name,
        ).toBe(true);
      dispose([params, images, logits, result, gradients]);
    },
  );

  test('the same seed gives the same bits, another seed others, and kernels have He’s spread', () => {
    const model = unet({ baseChannels: 16, depth: 3 });
    const [a, b, c] = [model.init(5), model.init(5), model.init(6)];
    const name = 'encoder.2.conv.1.kernel';
    expect(a[name]).toBeAllclose(b[name]!, { abs: 0, rel: 0 });
    expect(a[name]!.dataSync()[0]).not.toBe(c[name]!.dataSync()[0]);
    const values = a[name]!.dataSync<'float32'>();
    const spread = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(spread).toBeCloseTo(Math.sqrt(2 / (9 * 64)), 3);
    expect(a['head.bias']).toBeAllclose([0, 0]);
    dispose([a, b, c]);
  });

  test('the other initialisers: √(2 / elements), and uniform within 1/√fan-in', () => {
    const spread = (list: ArrayLike<number>) =>
      Math.sqrt(Array.from(list).reduce((sum, value) => sum + value * value, 0) / list.length);
    const study = unet({ baseChannels: 16, depth: 2, initializer: 'study-normal' }).init(1);
    expect(spread(study['encoder.1.conv.1.kernel']!.dataSync()) / Math.sqrt(2 / (9 * 32 * 32))).toBeCloseTo(
      1,
      1,
    );
    const torch = unet({ baseChannels: 16, depth: 2, initializer: 'torch' }).init(1);
    const values = torch['encoder.1.conv.1.kernel']!.dataSync();
    expect(Math.max(...values)).toBeLessThanOrEqual(1 / Math.sqrt(9 * 32));
    expect(spread(values) * Math.sqrt(3 * 9 * 32)).toBeCloseTo(1, 1);
    expect(torch['head.bias']!.dataSync()[0]).not.toBe(0);
    dispose([study, torch]);
  });

  test('a model is rebuilt from its config', () => {
    const model = unet({ ...small, norm: 'group', groups: 2, dropout: 0.1 });
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.config)));
    expect(again.config).toEqual(model.config);
    expect(again.shapes).toEqual(model.shapes);
  });

  test('the upsampled maps come first, the skipped ones after them', () => {
    const model = unet({ ...small, depth: 2 });
    const params = model.init(2);
    const images = picture([1, 8, 8, 1]);
    // With the weights of the first half zero, only the skip reaches the decoder: the up-convolution plays no part.
    const kernel = params['decoder.0.conv.0.kernel']!;
    const mask = concat([zeros([3, 3, 4, 4]), ones([3, 3, 4, 4])], 2);
    const only = { ...params, 'decoder.0.conv.0.kernel': mul(kernel, mask) };
    const other = { ...only, 'decoder.0.up.bias': fill([4], 9) };
    const [a, b, c] = [only, other, { ...params, 'decoder.0.up.bias': other['decoder.0.up.bias'] }].map(
      (own) => model.apply(own, images),
    );
    expect(a).toBeAllclose(b!);
    expect(a).not.toBeAllclose(c!);
    dispose([params, images, mask, only['decoder.0.conv.0.kernel'], other['decoder.0.up.bias'], a!, b!, c!]);
  });

  test('a tap returns the features after the ReLU', () => {
    const model = unet(small);
    const params = model.init(2);
    const images = picture([1, 8, 8, 1]);
    const features = model.apply(params, images, { tap: 'encoder.1.conv.0' });
    expect(features.shape).toEqual([1, 4, 4, 8]);
    expect(Math.min(...features.dataSync()) + 0).toBe(0); // WebGL's zero may be −0
    dispose([params, images, features]);
  });
});

describe('batch normalisation', () => {
  const model: Model = unet({ ...small, depth: 1, norm: 'batch', momentum: 0.25 });

  test('a constant input has mean m and variance 0: running mean 0.75·0 + 0.25·m', () => {
    const params = model.init(1);
    dispose(params['encoder.0.conv.0.kernel']!);
    params['encoder.0.conv.0.kernel'] = ones([3, 3, 1, 4]);
    // Valid columns only would be 9 · 2; a single pixel sees itself alone: 2.
    const images = fill([3, 1, 1, 1], 2);
    const { logits, updates } = model.forward(params, images, { training: true });
    expect(updates['encoder.0.norm.0.mean']).toBeAllclose([0.5, 0.5, 0.5, 0.5]);
    expect(updates['encoder.0.norm.0.variance']).toBeAllclose([0.75, 0.75, 0.75, 0.75]);
    dispose([params, images, logits, updates]);
  });

  test('the running variance takes the unbiased one: of 0 and 2, that is 2', () => {
    const params = model.init(1);
    dispose(params['encoder.0.conv.0.kernel']!);
    params['encoder.0.conv.0.kernel'] = ones([3, 3, 1, 4]);
    const images = tensor([0, 2], [2, 1, 1, 1]);
    const { logits, updates } = model.forward(params, images, { training: true });
    expect(updates['encoder.0.norm.0.variance']).toBeAllclose(Array(4).fill(0.75 + 0.25 * 2));
    dispose([params, images, logits, updates]);
  });

  test('apply uses the running statistics: with mean 0 and variance 1 it divides by √(1 + 1e-5)', () => {
    const params = model.init(1);
    const images = picture([2, 4, 4, 1]);
    const a = model.apply(params, images);
    const b = model.forward(params, images, { training: false });
    expect(a).toBeAllclose(b.logits);
    expect(b.updates).toEqual({});
    dispose([params, images, a, b]);
  });
});

describe('dropout', () => {
  const model = unet({ ...small, dropout: 0.5 });

  test('is off in apply, differs between seeds, and is the same for the same seed', () => {
    const params = model.init(1);
    const images = picture([1, 8, 8, 1]);
    const run = (seed: number) => {
      const given = scalar(seed);
      const { logits } = model.forward(params, images, { training: true, seed: given });
      given.dispose();
      return logits;
    };
    const [a, b, c] = [run(7), run(7), run(8)];
    const still = model.forward(params, images, { training: false }).logits;
    const plain = model.apply(params, images);
    expect(a).toBeAllclose(b, { abs: 0, rel: 0 });
    expect(a).not.toBeAllclose(c);
    expect(still).toBeAllclose(plain);
    dispose([params, images, a, b, c, still, plain]);
  });

  test('without a seed it says what is missing', () => {
    const params = model.init(1);
    const images = zeros([1, 8, 8, 1]);
    expect(() => model.forward(params, images, { training: true })).toThrow(
      'forward: training with dropout (=0.5) needs a seed, a scalar tensor that is new for every step.',
    );
    dispose([params, images]);
  });
});

describe('bad input', () => {
  test('a size that does not fit names the nearest that do', () => {
    const model = unet({ ...small, depth: 4 });
    const params = model.init(1);
    const images = zeros([1, 100, 60, 1]);
    expect(() => model.apply(params, images)).toThrow(
      'unet: images of 100×60 do not fit same padding and depth 4 (a multiple of 8 is needed); pad to 104×64 or crop to 96×56.',
    );
    expect(() => unet({ ...small, padding: 'valid', depth: 5 }).outputSize([180, 200])).toThrow(
      'unet: images of 180×200 do not fit valid padding and depth 5; give at least 188×188.',
    );
    dispose([params, images]);
  });

  test('wrong channels, missing and misshapen parameters are named', () => {
    const model = unet(small);
    const params = model.init(1);
    const images = zeros([1, 8, 8, 3]);
    expect(() => model.apply(params, images)).toThrow(
      'unet: expected images [batch, height, width, 1], got [1, 8, 8, 3].',
    );
    const gray = zeros([1, 8, 8, 1]);
    const { 'head.bias': bias, ...others } = params;
    expect(() => model.apply(others, gray)).toThrow("parameter 'head.bias' is missing");
    const wrong = zeros([3]);
    expect(() => model.apply({ ...params, 'head.bias': wrong }, gray)).toThrow(
      "unet: expected parameter 'head.bias' of shape [2], got [3].",
    );
    expect(() => model.apply(params, gray, { tap: 'encoder.9' })).toThrow(
      "unet: tap (='encoder.9') must be one of",
    );
    expect(bias!.isDisposed).toBe(false);
    dispose([params, images, gray, wrong]);
  });

  test('options are checked by name and value', () => {
    expect(() => unet({ depth: 0 })).toThrow('unet: depth (=0) must be at least 1.');
    expect(() => unet({ dropout: 1 })).toThrow('unet: dropout (=1) must be in [0, 1).');
    expect(() => unet({ norm: 'layer' as 'batch' })).toThrow(
      "unet: norm (='layer') must be one of 'none', 'batch', 'instance', 'group'.",
    );
    expect(() => unet({ baseChanels: 8 } as object)).toThrow(
      "unet: 'baseChanels' is not an option; did you mean 'baseChannels'?",
    );
    expect(() => unet({ baseChannels: 6, groups: 4 })).toThrow(
      'unet: groups (=4) must be a divisor of baseChannels (=6).',
    );
  });
});
