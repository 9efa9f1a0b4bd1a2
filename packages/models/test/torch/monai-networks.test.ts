import { readFileSync } from 'node:fs';
import { basicUnet, compareTorch, fromTorch, toTorch, unet } from '@segscape/models';
import { readTorch } from '@segscape/models/torch-file';
import { expectTensors } from '@segscape/testing';
import { dispose, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import given from '../fixtures/monai-networks.json' with { type: 'json' };

const weights = (name: string) =>
  readTorch(readFileSync(new URL(`../fixtures/monai-basic-unet-${name}.pt`, import.meta.url)));

const picture = (size: readonly number[]) => {
  const count = size.reduce((a, b) => a * b);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 1000) / 1000),
    [1, ...size, 1],
  );
};

const features = [2, 2, 4, 4, 4, 3];
const networks = {
  instance: basicUnet({ features }),
  batch: basicUnet({ features, norm: 'batch' }),
  volume: basicUnet({ features: [2, 2, 2, 2, 2, 2], space: '3d' }),
} as const;
const kinds = Object.keys(networks) as (keyof typeof networks)[];

describe(`MONAI's BasicUNet, its .pt file and logits of PyTorch ${given.version}`, () => {
  test.each(kinds)(
    '%s: the same logits, and the same state dict back',
    async (kind) => {
      const model = networks[kind];
      const dict = weights(kind);
      const params = await expectTensors(Object.keys(model.shapes).length, () => fromTorch(dict, model));
      const { size, every, logits } = given[kind];
      const images = picture(size);
      const result = model.apply(params, images);
      const shown = [...(await result.data())].filter((_, i) => i % every === 0);
      expect(tensor(shown)).toBeAllclose(tensor(logits), { abs: 1e-4, rel: 1e-4 });
      const back = toTorch(params, model, { layout: 'monai-basic-unet' });
      const theirs = Object.keys(dict).filter((name) => !name.endsWith('num_batches_tracked'));
      expect(Object.keys(back).toSorted()).toEqual(theirs.toSorted());
      for (const name of theirs) {
        expect(back[name]!.shape, name).toEqual(dict[name]!.shape);
        expect(await back[name]!.data(), name).toEqual(await dict[name]!.data());
      }
      expect(compareTorch(dict, model)).toMatchObject({
        fits: true,
        network: "MONAI's BasicUNet",
        different: [],
      });
      dispose([dict, params, images, result, back]);
    },
    60_000,
  );

  test('another network refuses it by name', async () => {
    const dict = weights('instance');
    await expectTensors(0, () =>
      expect(() => fromTorch(dict, unet({ norm: 'instance' }))).toThrow(
        "fromTorch: these weights are of MONAI's BasicUNet, and unet computes something else. Make the model with basicUnet.",
      ),
    );
    expect(compareTorch(dict, unet({ norm: 'instance' })).fits).toBe(false);
    dispose(dict);
  });
});

const shaped = (shapes: Readonly<Record<string, readonly number[]>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros([...shape])]));

describe('public networks that none of ours computes are refused by what is different', () => {
  test('MONAI’s UNet with residual units', async () => {
    const dict = shaped(given['monai-unet']);
    const message =
      "fromTorch: these weights are of MONAI's UNet, which unet does not compute: 'model.0.conv.unit0.adn.A.weight' is a PReLU, whose slope is a parameter; our slopes are fixed; " +
      "'model.0.residual.weight' is a strided convolution around the units";
    await expectTensors(0, () => expect(() => fromTorch(dict, unet())).toThrow(message));
    const { network, fits, matching, different } = await expectTensors(0, () => compareTorch(dict, unet()));
    expect([network, fits]).toEqual(["MONAI's UNet", false]);
    expect(matching.map(({ theirs }) => theirs)).toContain('model.0.conv.unit1.conv.weight');
    expect(different.map(({ theirs }) => theirs)).toEqual(
      expect.arrayContaining([
        'model.2.0.conv.weight',
        'model.1.submodule.2.0.conv.weight',
        'model.0.conv.unit0.conv.weight',
      ]),
    );
    expect(matching.length + different.length).toBe(Object.keys(dict).length);
    dispose(dict);
  });

  test('segmentation_models.pytorch’s Unet with a ResNet-18', () => {
    const dict = shaped(given['smp-resnet18']);
    expect(() => fromTorch(dict, unet({ norm: 'batch' }))).toThrow(
      "these weights are of segmentation_models.pytorch's Unet with a ResNet encoder, which unet does not compute: 'encoder.conv1.weight' is a 7×7 convolution of step 2",
    );
    const { matching, different } = compareTorch(dict, unet({ norm: 'batch' }));
    const names = matching.map(({ theirs }) => theirs);
    expect(names).toEqual(
      expect.arrayContaining(['encoder.layer3.1.conv2.weight', 'decoder.blocks.4.conv2.1.running_mean']),
    );
    expect(
      different
        .map(({ theirs }) => theirs)
        .filter((name) => !/^encoder\.(conv1|bn1)|downsample|^segmentation_head/.test(name)),
    ).toEqual([]);
    dispose(dict);
  });
});

describe('compareTorch of plain state dicts', () => {
  const model = unet({ baseChannels: 2, depth: 2 });

  test('names what matches, what has another shape, what is missing and what is left', () => {
    const params = model.init(1);
    const dict = toTorch(params, model);
    const { 'head.bias': bias, ...rest } = dict;
    const other = { ...rest, 'encoder.0.conv.0.weight': zeros([2, 3, 3, 3]), 'aux.weight': zeros([1]) };
    expect(compareTorch(dict, model)).toMatchObject({ fits: true, missing: [], different: [] });
    const found = compareTorch(other, model);
    expect(found.different).toEqual([
      {
        theirs: 'encoder.0.conv.0.weight',
        why: "[3, 3, 3, 2], channels last, where 'encoder.0.conv.0.kernel' is [3, 3, 1, 2]",
      },
      { theirs: 'aux.weight', why: 'unet has no such layer' },
    ]);
    expect([found.fits, found.missing]).toEqual([false, ['head.bias']]);
    dispose([params, dict, other]);
    bias!.dispose();
  });

  test('toTorch with a layout has its names; an unknown one is refused', () => {
    const five = unet({ baseChannels: 1, norm: 'batch', join: 'skip-first' });
    const params = five.init(1);
    const dict = toTorch(params, five, { layout: 'pytorch-unet' });
    expect(Object.keys(dict)).toContain('down1.maxpool_conv.1.double_conv.0.weight');
    const back = fromTorch(dict, five);
    expect(back['head.kernel']).toBeAllclose(params['head.kernel']!, { abs: 0, rel: 0 });
    expect(() => toTorch(params, five, { layout: 'unet' as 'clean-unet' })).toThrow(
      "toTorch: layout (='unet') must be one of pytorch-unet, clean-unet, monai-basic-unet, nnunet, nnunet-residual, monai-dynunet.",
    );
    dispose([params, dict, back]);
  });
});
