import { readFileSync } from 'node:fs';
import { decodeParams } from '@segscape/core/params';
import {
  countParams,
  dynamicUnet,
  fromTorch,
  type Model,
  modelFromConfig,
  nnunetOptions,
  residualEncoderUnet,
} from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import {
  dispose,
  mean,
  ones,
  type Scalar,
  square,
  type Tensor,
  tensor,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import given from './fixtures/planned-networks.json' with { type: 'json' };

/** The same numbers as `picture` of fixtures/planned-networks.py. */
const picture = (size: readonly number[]) => {
  const count = size.reduce((a, b) => a * b);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 1000) / 1000),
    [1, ...size, 1],
  );
};

const rough = { patchSize: [8, 16, 16], spacing: [3, 1, 1], baseChannels: 2 } as const;
const blocks = [1, 2, 2];

/** As plans.json says it, by none of the rules. */
const explicit = {
  architecture: {
    network_class_name: 'dynamic_network_architectures.architectures.unet.PlainConvUNet',
    arch_kwargs: {
      n_stages: 3,
      features_per_stage: [3, 5, 4],
      kernel_sizes: [
        [3, 3],
        [5, 3],
        [3, 1],
      ],
      strides: [
        [1, 1],
        [2, 4],
        [2, 3],
      ],
      n_conv_per_stage: [1, 3, 2],
      n_conv_per_stage_decoder: [3, 1],
    },
  },
};

const networks: Record<Exclude<keyof typeof given, 'version'>, Model> = {
  'planned-plain': dynamicUnet({ patchSize: [16, 16], baseChannels: 2 }),
  // With channels bounded at 4, no 1×1 convolution goes around the deepest level's first block.
  'planned-residual': dynamicUnet({
    patchSize: [16, 16],
    baseChannels: 2,
    maxChannels: 4,
    encoder: 'residual',
    blocks,
  }),
  'planned-volume': dynamicUnet(rough),
  explicit: dynamicUnet(nnunetOptions({ configurations: { '2d': explicit } }, '2d')),
  'explicit-volume': dynamicUnet({
    strides: [
      [1, 1, 1],
      [1, 2, 2],
      [2, 1, 2],
    ],
    kernelSizes: [
      [1, 3, 3],
      [3, 3, 3],
      [3, 3, 3],
    ],
    channels: [2, 3, 2],
    convolutions: [1, 3, 2],
    decoderConvolutions: [1, 2],
  }),
  'planned-volume-residual': dynamicUnet({ ...rough, maxChannels: 4, encoder: 'residual', blocks }),
};

describe(`nnU-Net's layers in PyTorch ${given.version}`, () => {
  test.each(Object.entries(networks))('%s gives its logits', async (name, model) => {
    const dict = decodeParams(readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url)));
    const params = await expectTensors(Object.keys(model.shapes).length, () => fromTorch(dict, model));
    expect(Object.keys(params).toSorted()).toEqual(Object.keys(model.shapes).toSorted());
    const { size, shape, logits } = given[name as keyof typeof networks];
    const images = picture(size);
    const result = await expectTensors(1, () => model.apply(params, images));
    expect(result.shape).toEqual(shape);
    const shown = [...(await result.data())].filter((_, i) => i % 7 === 0);
    expect(tensor(shown)).toBeAllclose(tensor(logits), { abs: 1e-4, rel: 1e-4 });
    dispose([dict, params, images, result]);
  });
});

test.each(Object.entries(networks))('%s: taps, sizes, summary and config agree', (_, model) => {
  const size = sizeOf(model);
  const params = model.init(1);
  const images = ones([1, ...size, 1]);
  const summary = model.summary(size);
  for (const { name, shape } of summary.layers)
    if (model.taps.includes(name)) {
      const features = model.apply(params, images, { tap: name });
      expect(features.shape.slice(1), name).toEqual(shape);
      features.dispose();
    }
  for (const tap of model.taps) model.apply(params, images, { tap }).dispose();
  expect(countParams(params)).toBe(summary.parameters);
  const again = modelFromConfig(JSON.parse(JSON.stringify(model.config)));
  expect([again.config, again.shapes]).toEqual([model.config, model.shapes]);
  dispose([params, images]);
});

/** Some size of images that the model's rank takes. */
function sizeOf(model: Model): readonly [number, number] | readonly [number, number, number] {
  return model.shapes['head.kernel']!.length === 5 ? [8, 16, 16] : [16, 24];
}

test.each(Object.entries(networks))('%s: the gradients by its kernels are PyTorch’s', async (name, model) => {
  const { size, gradients } = given[name as keyof typeof networks];
  const dict = decodeParams(readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url)));
  const params = fromTorch(dict, model);
  const images = picture(size);
  const names = Object.keys(gradients).map((theirs) => theirs.replace(/weight$/, 'kernel'));
  const tap = size.length === 3 ? 'encoder.2' : 'logits';
  const objective = (...kernels: Tensor[]): Scalar => {
    const own = Object.fromEntries(names.map((key, i) => [key, kernels[i]!]));
    return mean(square(model.apply({ ...params, ...own }, images, { tap }))) as Scalar;
  };
  const { grads } = valueAndGrads(objective)(names.map((key) => params[key]!));
  expect(names.length).toBeGreaterThan(5);
  for (const [i, expected] of Object.values(gradients).entries()) {
    const exact = [...(await grads[i]!.data())].filter((_, at) => at % 5 === 0);
    const scale = Math.max(...expected.map(Math.abs));
    // Where normalisation takes a kernel's size off again the gradient is small, and rounding shows.
    for (const [at, value] of exact.entries())
      expect(Math.abs(value - expected[at]!), names[i]!).toBeLessThan(1e-3 * scale + 1e-5);
  }
  dispose([dict, params, images, grads]);
});

test('deep supervision gives logits at the strides of the plan, the finest first', () => {
  const model = dynamicUnet({ ...rough, patchSize: [16, 32, 32], deepSupervision: true });
  const images = ones([1, 16, 32, 32, 1]);
  const { auxiliary } = model.forward(model.init(1), images, { training: true });
  expect(auxiliary!.map(({ shape }) => shape)).toEqual([
    [1, 16, 16, 16, 2],
    [1, 8, 8, 8, 2],
  ]);
});

test('what does not fit says what does', () => {
  const model = dynamicUnet(rough);
  expect(() => model.outputSize([8, 16, 18])).toThrow(
    'dynamicUnet: images of 8×16×18 do not fit; multiples of 2×4×4 are needed: pad to 8×16×20.',
  );
  expect(model.inputSizeFor([7, 13, 1])).toEqual([8, 16, 4]);
  expect(() => dynamicUnet({ patchSize: [32, 32], spacing: [1, 1, 1] })).toThrow(
    'dynamicUnet: spacing (=[1,1,1]) must have one length for each of the 2 axes of patchSize.',
  );
  expect(() => dynamicUnet({ patchSize: [32, 32], baseChannels: 6, norm: 'group', groups: 4 })).toThrow(
    "dynamicUnet: groups (=4) must be a divisor of the levels' channels (=6, 12, 24, 48).",
  );
});

test('ResEnc has 1, 3, 4, 6, 6, … blocks, a stem, and one convolution an expanding step', () => {
  const { shapes } = residualEncoderUnet({ baseChannels: 2 });
  const count = (level: number) =>
    new Set(
      Object.keys(shapes).flatMap(
        (name) => new RegExp(`^encoder.${level}.block.(\\d+)`).exec(name)?.[1] ?? [],
      ),
    ).size;
  expect([0, 1, 2, 3, 4, 5].map(count)).toEqual([1, 3, 4, 6, 6, 6]);
  expect(shapes['encoder.stem.conv.0.kernel']).toEqual([3, 3, 1, 2]);
  expect(Object.keys(shapes).filter((name) => /^decoder\.0\.conv/.test(name))).toEqual([
    'decoder.0.conv.0.kernel',
  ]);
});
