import { readFileSync } from 'node:fs';
import { isSegscapeError } from '@segscape/core';
import {
  attentionUnet,
  basicUnet,
  centreCrop,
  compareTorch,
  dynamicUnet,
  encoderDecoder,
  fromTorch,
  type Model,
  modelFromConfig,
  nestedUnet,
  nnunetOptions,
  plainBlock,
  pooledLevel,
  residualEncoderUnet,
  residualUnet,
  toTorch,
  unet,
  unet3d,
} from '@segscape/models';
import { layersObjective, toLayersModel } from '@segscape/models/layers';
import { onnxModel } from '@segscape/models/onnx';
import { readTorch } from '@segscape/models/torch-file';
import { expectTensors } from '@segscape/testing';
import { dispose, type Tensor, zeros } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeModel } from './onnx/write-model.js';

const flat = { baseChannels: 2, depth: 2 };
const networks: Readonly<Record<string, { readonly model: Model; readonly spatial: 2 | 3 }>> = {
  unet: { model: unet(flat), spatial: 2 },
  'unet, valid': { model: unet({ ...flat, padding: 'valid' }), spatial: 2 },
  unet3d: { model: unet3d(flat), spatial: 3 },
  residualUnet: { model: residualUnet(flat), spatial: 2 },
  attentionUnet: { model: attentionUnet(flat), spatial: 2 },
  nestedUnet: { model: nestedUnet(flat), spatial: 2 },
  basicUnet: { model: basicUnet({ space: '3d', features: [2, 2, 2, 2, 2, 2] }), spatial: 3 },
  dynamicUnet: { model: dynamicUnet({ patchSize: [16, 16, 16], baseChannels: 2 }), spatial: 3 },
  residualEncoderUnet: { model: residualEncoderUnet(flat), spatial: 2 },
};

describe('a size', () => {
  const odd = (spatial: number) =>
    fc.oneof(
      fc.array(fc.nat({ max: 64 }), { maxLength: 5 }).filter(({ length }) => length !== spatial),
      fc
        .tuple(
          fc.constantFrom<unknown>(0, -8, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '16', null, undefined),
          fc.nat({ max: spatial - 1 }),
        )
        .map(([value, axis]) => Array.from({ length: spatial }, (_, at) => (at === axis ? value : 16))),
      fc.constantFrom<unknown>(undefined, null, 16, '16', {}),
    );
  test.each(Object.entries(networks))(
    'that has other axes than %s, or is none, is refused by name and never computed with',
    (_, { model, spatial }) =>
      fc.assert(
        fc.property(
          odd(spatial),
          fc.constantFrom('outputSize', 'inputSizeFor', 'summary'),
          (size, method) => {
            let error: unknown;
            try {
              (model[method as 'outputSize'] as (size: unknown) => unknown)(size);
            } catch (thrown) {
              error = thrown;
            }
            expect(isSegscapeError(error, 'BAD_OPTION'), `${method}: ${String(error)}`).toBe(true);
            expect((error as Error).message).toContain(
              `must be ${spatial} positive whole numbers, in pixels.`,
            );
          },
        ),
        { numRuns: 100 },
      ),
  );

  test('of a crop is whole', () => {
    const x = zeros([1, 8, 8, 1]);
    for (const size of [[2.5, 2], [Number.NaN, 2], [2], [9, 2]])
      expect(() => centreCrop(x, size)).toThrow('must fit into [8, 8].');
    x.dispose();
  });
});

describe('images that are none', () => {
  test('are told of by name, never by the engine', async () => {
    const model = unet(flat);
    const params = model.init(1);
    const given = [
      zeros([1, 8, 8, 1], 'int32'),
      zeros([1, 8, 8, 1], 'bool'),
      undefined,
      null,
      [[1]],
      'x.png',
    ];
    const words = /^unet: images \(=.*\) must be a float32 tensor \[batch, height, width, 1\]\.$/;
    await expectTensors(0, () => {
      for (const images of given) {
        expect(() => model.apply(params, images as Tensor)).toThrow(words);
        expect(() => model.forward(params, images as Tensor, { training: false })).toThrow(words);
      }
    });
    const image = zeros([1, 8, 8, 1]);
    for (const options of [undefined, {}, { training: 1 }])
      expect(() => model.forward(params, image, options as never)).toThrow(
        /^unet: training \(=.*\) must be true or false\.$/,
      );
    dispose([params, image, given.slice(0, 2)] as never);
  });
});

describe('an option that there is not', () => {
  const odd = { mispelt: 1 } as never;
  const model = unet(flat);
  const calls: Readonly<Record<string, () => unknown>> = {
    modelFromConfig: () => modelFromConfig({ kind: 'unet' }, odd),
    fromTorch: () => fromTorch({}, model, odd),
    toTorch: () => toTorch({}, model, odd),
    compareTorch: () => compareTorch({}, model, odd),
    readTorch: () => readTorch(new Uint8Array(), odd),
    toLayersModel: () => toLayersModel(tfl, model, {}, odd),
    layersObjective: () => layersObjective(tfl.sequential(), odd),
  };
  test.each(Object.keys(calls))('%s refuses it by name', (name) => {
    expect(calls[name]!).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: expect.stringMatching(new RegExp(`^${name}: 'mispelt' is not an option; `)),
      }),
    );
  });
});

describe('weights of another shape', () => {
  test('are refused on the way out, as on the way in', async () => {
    const model = unet(flat);
    const params = { ...model.init(1), 'head.kernel': zeros([1, 1, 2, 3]) };
    const words = "'head.kernel'";
    await expectTensors(0, () => {
      expect(() => toTorch(params, model)).toThrow(
        `toTorch: parameter ${words} of unet must be of shape [1, 1, 2, 2], got [1, 1, 2, 3].`,
      );
      expect(() => toLayersModel(tfl, model, params)).toThrow(
        `toLayersModel: expected parameter ${words} of shape [1, 1, 2, 2], got [1, 1, 2, 3].`,
      );
    });
    dispose(params);
  });
});

describe('a file', () => {
  /** As `fetch` gives it. */
  const bufferOf = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer;
  const valuesOf = (params: Readonly<Record<string, Tensor>>) =>
    Object.entries(params).map(([name, value]) => [name, value.shape, [...value.dataSync()]] as const);

  test('is read from a buffer as from its bytes', () => {
    const saved = new Uint8Array(readFileSync(new URL('fixtures/torch-file.pt', import.meta.url)));
    expect(valuesOf(readTorch(bufferOf(saved)))).toEqual(valuesOf(readTorch(saved)));
    const bytes = writeModel({ input: ['n', 1, 8, 8], nodes: [{ op: 'Relu', inputs: ['x'], output: 'y' }] });
    expect(onnxModel(bufferOf(bytes)).model.config).toEqual(onnxModel(bytes).model.config);
  });
});

describe('an encoder', () => {
  test('that is no list, and widths of another number of steps, are refused', () => {
    const form = { padding: 'same', norm: 'none', momentum: 0.1 } as const;
    const levels = [0, 1, 2].map((at) =>
      pooledLevel(plainBlock(`encoder.${at}`, 2, 1, 1, form), { spatial: 2, channels: 1, pooled: at > 0 }),
    );
    const of = (more: object) =>
      encoderDecoder('mine', { spatial: 2, inputChannels: 1, classes: 2, encoder: levels, ...more });
    const widths = [{ up: 2, channels: 2 }];
    expect(() => of({ widths })).toThrow(
      /^mine: widths \(=.*\) must have one entry for each of the 2 expanding steps\.$/,
    );
    expect(() => of({ widths: [...widths, ...widths] })).not.toThrow();
    for (const encoder of [undefined, null, 3, {}])
      expect(() => of({ encoder })).toThrow('must have at least one level.');
  });
});

describe('plans that nnU-Net did not write, or of networks that are not computed here', () => {
  const kwargs = {
    features_per_stage: [4, 8],
    kernel_sizes: [
      [3, 3],
      [3, 3],
    ],
    strides: [
      [1, 1],
      [2, 2],
    ],
    norm_op: 'torch.nn.modules.instancenorm.InstanceNorm2d',
    norm_op_kwargs: { eps: 1e-5, affine: true },
    nonlin: 'torch.nn.LeakyReLU',
    nonlin_kwargs: { inplace: true },
  };
  const of = (more: object) => () =>
    nnunetOptions(
      {
        configurations: {
          '2d': {
            architecture: { network_class_name: 'x.PlainConvUNet', arch_kwargs: { ...kwargs, ...more } },
          },
        },
      },
      '2d',
    );
  test.each([undefined, null, 3, '{"configurations":{}}', {}, { configurations: null }])('%j', (plans) => {
    expect(() => nnunetOptions(plans as never, '2d')).toThrow(
      /^nnunetOptions: expected plans with 'configurations', got .*\. Give nnU-Net's own plans\.json, version 2\.$/,
    );
  });
  test.each([
    [{ norm_op: 'torch.nn.BatchNorm2d' }, '"norm_op":"torch.nn.BatchNorm2d"'],
    [{ norm_op_kwargs: { eps: 1e-3 } }, '"eps":0.001'],
    [{ norm_op_kwargs: { affine: false } }, '"affine":false'],
    [{ nonlin: 'torch.nn.ReLU' }, '"nonlin":"torch.nn.ReLU"'],
    [{ nonlin_kwargs: { negative_slope: 0.2 } }, '"negative_slope":0.2'],
    [{ nonlin_first: true }, '"nonlin_first":true'],
  ])('%o would give wrong logits of weights that fit', (more, message) => {
    expect(of(more)).toThrow(
      /^nnunetOptions: configuration '2d' has layers that dynamicUnet does not compute: \{/,
    );
    expect(of(more)).toThrow(message);
  });
  test('lists that are none are told of, not planned anew', () => {
    expect(of({ strides: undefined })).toThrow(
      "configuration '2d' lacks lists of features, kernels or strides.",
    );
    expect(of({ features_per_stage: 32 })).toThrow("configuration '2d' lacks lists");
    expect(of({})()).toMatchObject({ encoder: 'plain', channels: [4, 8] });
  });
});
