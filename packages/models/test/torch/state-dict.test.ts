import { options } from '@segscape/core/schema';
import {
  compareTorch,
  convolution,
  defineModel,
  fromTorch,
  residualEncoderUnet,
  stage,
  toTorch,
  unet,
} from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const model = unet({ baseChannels: 2, depth: 2, norm: 'batch' });

describe('PyTorch state dicts', () => {
  test('there and back gives the same bits, with PyTorch’s names and layouts', async () => {
    const params = model.init(1);
    const count = Object.keys(params).length;
    const dict = await expectTensors(count, () => toTorch(params, model));
    expect(dict['encoder.0.conv.0.weight']!.shape).toEqual([2, 1, 3, 3]);
    expect(dict['decoder.0.up.weight']!.shape).toEqual([4, 2, 2, 2]);
    expect(Object.keys(dict)).toContain('encoder.1.norm.0.running_var');
    const back = await expectTensors(count, () => fromTorch(dict, model));
    expect(Object.keys(back)).toEqual(Object.keys(params));
    for (const [name, value] of Object.entries(params))
      expect(back[name]).toBeAllclose(value, { abs: 0, rel: 0 });
    dispose([params, dict, back]);
  });

  test('a mapping follows another naming', () => {
    const params = model.init(2);
    const mapping = (name: string) => `net.${name}`;
    const dict = toTorch(params, model, { mapping });
    expect(Object.keys(dict)[0]).toBe('net.encoder.0.conv.0.kernel');
    const back = fromTorch(dict, model, { mapping });
    expect(back['head.kernel']).toBeAllclose(params['head.kernel']!);
    dispose([params, dict, back]);
  });

  test('the part of a larger module, below its name; the rest is passed over', () => {
    const params = model.init(2);
    const dict = toTorch(params, model, { prefix: 'model.' });
    expect(Object.keys(dict)[0]).toBe('model.encoder.0.conv.0.weight');
    const weight = tensor([1, 2]);
    const checkpoint = { ...dict, 'criterion.weight': weight };
    const back = fromTorch(checkpoint, model, { prefix: 'model.' });
    for (const [name, value] of Object.entries(params)) expect(back[name]).toBeAllclose(value, { abs: 0 });
    expect(compareTorch(checkpoint, model, { prefix: 'model.' }).fits).toBe(true);
    expect(compareTorch(checkpoint, model).fits).toBe(false);
    expect(() => fromTorch(checkpoint, model, { prefix: 'net.' })).toThrow(
      "fromTorch: prefix (='net.') must begin some of the names, which are model.encoder.0.conv.0.weight,",
    );
    dispose([params, dict, back, weight]);
  });

  test('a bias before any batch normalisation moves its mean; one that nothing takes off is never lost in silence', () => {
    const residual = residualEncoderUnet({ depth: 2, baseChannels: 2, norm: 'batch' });
    const params = residual.init(1);
    const dict = toTorch(params, residual);
    const kernels = Object.keys(residual.shapes).filter(
      (name) => /\.kernel$/.test(name) && !(name.replace(/kernel$/, 'bias') in residual.shapes),
    );
    expect(kernels.some((name) => name.endsWith('shortcut.kernel'))).toBe(true);
    for (const kernel of kernels) {
      const value = tensor(Array.from({ length: residual.shapes[kernel]!.at(-1)! }, (_, i) => i + 1));
      const bias = kernel.replace(/kernel$/, 'bias');
      const given = { ...dict, [bias]: value };
      expect(compareTorch(given, residual).fits).toBe(true);
      const back = fromTorch(given, residual);
      const moved = Object.keys(params).filter(
        (name) => back[name]!.dataSync().join() !== params[name]!.dataSync().join(),
      );
      const mean = kernel
        .replace(/\.conv\.(\d)\.kernel$/, '.norm.$1.mean')
        .replace(/\.kernel$/, '.norm.mean');
      expect(moved).toEqual([mean]);
      expect(back[mean]).toBeAllclose([...value.dataSync()].map((each) => 0 - each));
      const short = tensor([1]);
      expect(() => fromTorch({ ...dict, [bias]: short }, residual)).toThrow(`has no place for '${bias}'`);
      dispose([value, short, back]);
    }
    const bare = defineModel('bare', options<object>({}), () => {
      const head = convolution('head', { spatial: 2, size: 1, from: 1, to: 2, padding: 'same', bias: false });
      return {
        spatial: 2,
        inputChannels: 1,
        stages: [stage('head', 'convolution', 2, [head], (length) => length)],
        *features(images, pass) {
          yield ['logits', head.apply(images, pass)];
        },
      };
    })();
    const weights = { 'head.weight': tensor([1, 2], [2, 1, 1, 1]), 'head.bias': tensor([3, 4]) };
    expect(() => fromTorch(weights, bare)).toThrow("fromTorch: bare has no place for 'head.bias'");
    expect(compareTorch(weights, bare)).toMatchObject({ fits: false, different: [{ theirs: 'head.bias' }] });
    dispose([params, dict, weights]);
  });

  test('what the network of a layout would compute with otherwise, or has no place for, is not written', async () => {
    const refused = async (
      made: typeof model,
      layout: 'pytorch-unet' | 'clean-unet' | 'nnunet',
      message: string,
    ) => {
      const params = made.init(1);
      await expectTensors(0, () => expect(() => toTorch(params, made, { layout })).toThrow(message));
      dispose(params);
    };
    await refused(
      model,
      'pytorch-unet',
      "toTorch: layout 'pytorch-unet' is of milesial's Pytorch-UNet, which joins the skipped maps before the others; it would take the weights of unet with join 'upsampled-first' and give wrong logits. Make the model with join: 'skip-first'.",
    );
    await refused(
      model,
      'nnunet',
      "toTorch: layout 'nnunet' is of nnU-Net's PlainConvUNet, and unet computes something else. Make the model with dynamicUnet.",
    );
    await refused(
      model,
      'clean-unet',
      "toTorch: two parameters of unet would be called 'Conv_down1.conv.conv.0.weight'. There is no place for both in the original study's CleanU_Net.",
    );
    const params = model.init(1);
    await expectTensors(0, () =>
      expect(() => toTorch(params, model, { mapping: () => 'same' })).toThrow(
        "two parameters of unet would be called 'same'. Give a mapping that keeps them apart.",
      ),
    );
    dispose(params);
  });

  test('a missing or misshapen tensor is named, and nothing leaks', async () => {
    const params = model.init(3);
    const dict = toTorch(params, model);
    const { 'head.bias': bias, ...others } = dict;
    await expectTensors(0, () =>
      expect(() => fromTorch(others, model)).toThrow(
        "fromTorch: unet needs 'head.bias' for 'head.bias' [2, channels last]; it is not among the 33 tensors given.",
      ),
    );
    const wrong = tensor([1, 2, 3]);
    expect(() => fromTorch({ ...dict, 'head.bias': wrong }, model)).toThrow('it is [3]');
    dispose([params, dict, bias!, wrong]);
  });
});
