import { compareTorch, fromTorch, type TorchLayoutName, toTorch, unet } from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import {
  add,
  dispose,
  grad,
  mean,
  memory,
  mul,
  norm,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { filled, ours, type Peer, pictureOf, relativeDistance } from '../fixtures/peer-networks.js';
import told from '../fixtures/peer-networks.json' with { type: 'json' };

const peers: Readonly<Record<string, Peer>> = told.networks;
const named = (names: readonly string[], shape = [1]): Record<string, Tensor> =>
  Object.fromEntries(names.map((name) => [name, zeros(shape)]));

const layoutOf = (name: string): TorchLayoutName => {
  if (name.startsWith('nnunet')) return name.includes('residual') ? 'nnunet-residual' : 'nnunet';
  if (name.startsWith('dynunet')) return 'monai-dynunet';
  return name.startsWith('basic') ? 'monai-basic-unet' : 'pytorch-unet';
};

describe(`networks that other projects made with PyTorch ${told.version}`, () => {
  const recorded = Object.keys(ours).filter((name) => peers[name]!.results);
  test.each(recorded)(
    '%s: its logits, those of coarser levels, and its weights back',
    async (name) => {
      const model = ours[name]!();
      const { size, results = [], tensors } = peers[name]!;
      const dict = filled(peers[name]!);
      const params = await expectTensors(Object.keys(model.shapes).length, () => fromTorch(dict, model));
      const images = pictureOf(size);
      const coarse = results.length > 1 && !name.endsWith('batch');
      const { logits, auxiliary = [] } = model.forward(params, images, { training: coarse });
      expect(auxiliary).toHaveLength(coarse ? results.length - 1 : 0);
      for (const [i, given] of [logits, ...auxiliary].entries()) {
        const { shape, every, values } = results[i]!;
        expect(given.shape).toEqual(shape);
        const shown = (await given.data()).filter((_, at) => at % every === 0);
        expect(relativeDistance(shown, values)).toBeLessThan(1e-4);
      }
      const back = toTorch(params, model, { layout: layoutOf(name) });
      for (const [theirs, shape] of Object.entries(tensors)) {
        expect(back[theirs]?.shape, theirs).toEqual(shape);
        // Biases before a normalisation are 0 there, and in the mean of a batch's.
        const moved = /(conv\.bias|running_mean)$/.test(theirs) && layoutOf(name).startsWith('nnunet');
        if (!moved) expect(await back[theirs]!.data(), theirs).toEqual(await dict[theirs]!.data());
      }
      dispose([dict, params, images, logits, auxiliary, back]);
    },
    60_000,
  );

  test.each(Object.keys(ours).filter((name) => peers[name]!.copies))(
    '%s: load_state_dict finds every name, whatever is held twice',
    (name) => {
      const model = ours[name]!();
      const { tensors, copies = {} } = peers[name]!;
      // Names and shapes are the point: millions of drawn numbers are not.
      const params = Object.fromEntries(
        Object.entries(model.shapes).map(([own, shape]) => [own, zeros([...shape])]),
      );
      const dict = toTorch(params, model, { layout: layoutOf(name) });
      // Ours has a bias where it upsamples; theirs only if asked for.
      const own = Object.keys(dict).filter(
        (key) => !/transp_conv\.conv\.bias$|upsample\.transp_conv\.conv\.bias$/.test(key),
      );
      expect(own.toSorted()).toEqual([...Object.keys(tensors), ...Object.keys(copies)].toSorted());
      for (const [copy, first] of Object.entries(copies)) expect(dict[copy]!.shape).toEqual(tensors[first]);
      const again = fromTorch(dict, model);
      expect(compareTorch(dict, model)).toMatchObject({ fits: true, different: [], missing: [] });
      dispose([params, dict, again]);
    },
    60_000,
  );

  test('wrappers’ names are passed over, counters too', () => {
    const model = ours['nnunet-plain']!();
    const dict = filled(peers['nnunet-plain']!);
    const before = memory().numTensors;
    const wrapped = (prefix: string) => ({
      ...Object.fromEntries(Object.entries(dict).map(([name, value]) => [prefix + name, value])),
    });
    const inner = Object.fromEntries(
      Object.entries(dict).map(([name, value]) => [name.replace('encoder.', 'encoder._orig_mod.'), value]),
    );
    for (const given of [
      wrapped('module.'),
      wrapped('_orig_mod.'),
      wrapped('module._orig_mod.'),
      wrapped('_orig_mod.module.module.'),
      inner,
    ]) {
      dispose(fromTorch(given, model));
      expect(compareTorch(given, model).fits).toBe(true);
    }
    const averaged = { ...wrapped('module.'), n_averaged: zeros([]) };
    dispose([fromTorch(averaged, model), averaged.n_averaged]);
    expect(memory().numTensors).toBe(before);
    dispose(dict);
  });

  test('without deep supervision the coarser logits are left out; a bias that is not there is 0', () => {
    const dict = filled(peers.dynunet!);
    const model = ours.dynunet!();
    const plain = {
      ...model,
      shapes: Object.fromEntries(
        Object.entries(model.shapes).filter(([name]) => !/decoder\.\d\.head/.test(name)),
      ),
    };
    const params = fromTorch(dict, plain);
    expect([...params['decoder.0.up.bias']!.dataSync()]).toEqual(Array(16).fill(0));
    dispose([dict, params]);
  });

  test.each([
    ['nnunet-plain', "nnU-Net's PlainConvUNet", 'dynamicUnet'],
    [
      'nnunet-residual',
      "nnU-Net's ResidualEncoderUNet",
      "dynamicUnet({ encoder: 'residual' }) or residualEncoderUnet",
    ],
    ['dynunet', "MONAI's DynUNet", 'dynamicUnet'],
  ])('%s is not a unet', (name, network, make) => {
    const dict = filled(peers[name]!);
    const model = name === 'nnunet-plain' ? ours['nnunet-residual']!() : ours['basic-unet']!();
    expect(() => fromTorch(dict, model)).toThrow(
      `fromTorch: these weights are of ${network}, and ${model.name} computes something else. Make the model with ${make}.`,
    );
    dispose(dict);
  });
});

describe('networks that none of ours computes', () => {
  test.each([
    ['pytorch-unet-bilinear', "milesial's Pytorch-UNet with bilinear=True", 'up1.conv.double_conv.0.weight'],
    ['monai-unet', "MONAI's UNet", 'model.0.conv.unit0.adn.A.weight'],
    ['monai-unet-plain', "MONAI's UNet", 'model.2.conv.weight'],
    ['dynunet-residual', "MONAI's DynUNet with residual blocks", 'input_block.conv3.conv.weight'],
    ['smp-resnet18', "segmentation_models.pytorch's Unet with a ResNet encoder", 'encoder.conv1.weight'],
  ])('%s is refused by what is different, and every name is told of', (name, network, different) => {
    const names = Object.keys(peers[name]!.tensors);
    const dict = named(names);
    const model = unet({ norm: 'batch' });
    expect(() => fromTorch(dict, model)).toThrow(
      `fromTorch: these weights are of ${network}, which unet does not compute`,
    );
    const compared = compareTorch(dict, model);
    expect(compared.network).toBe(network);
    expect(compared.different.map(({ theirs }) => theirs)).toContain(different);
    expect(compared.matching.length + compared.different.length).toBe(names.length);
    expect(compared.different.filter(({ why }) => why.startsWith('not among'))).toEqual([]);
    dispose(dict);
  });
});

test('volumes have gradients on every backend: along the weights the loss changes by them', async () => {
  const model = ours['nnunet-plain-volume']!();
  const params = fromTorch(filled(peers['nnunet-plain-volume']!), model);
  const images = pictureOf([8, 16, 16]);
  const name = 'encoder.1.conv.0.kernel';
  const loss = (kernel: Tensor): Scalar =>
    mean(square(model.apply({ ...params, [name]: kernel }, images, { tap: 'encoder.2.conv.0' })));
  const kernel = params[name]!;
  const slope = grad(loss)(kernel);
  const step = mul(slope, 0.004 / (await norm(slope).data())[0]!);
  const [ahead, behind] = await Promise.all(
    [add(kernel, step), sub(kernel, step)].map(async (at) => (await loss(at).data())[0]!),
  );
  const expected = (await sum(mul(slope, step)).data())[0]!;
  expect(Math.abs((ahead! - behind!) / 2 - expected)).toBeLessThan(0.02 * Math.abs(expected));
});

test('networks that pool are told from those that take steps, which have the same shapes', () => {
  const planned = unet({ inputChannels: 1, baseChannels: 4, depth: 3, norm: 'instance' });
  const dict = filled(peers['nnunet-plain']!);
  expect(() => fromTorch(dict, planned, { strict: false })).toThrow(
    "fromTorch: these weights are of nnU-Net's PlainConvUNet, and unet computes something else. Make the model with dynamicUnet.",
  );
  const pooling = { 'inc.double_conv.0.weight': zeros([1]), 'up1.up.weight': zeros([1]) };
  expect(() => fromTorch(pooling, ours['nnunet-plain-batch']!())).toThrow(
    "fromTorch: these weights are of milesial's Pytorch-UNet, and dynamicUnet computes something else. Make the model with unet.",
  );
  dispose([dict, pooling]);
});
