import { compareTorch, fromTorch, toTorch, unet } from '@segscape/models';
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
