import { readFileSync } from 'node:fs';
import { decodeParams } from '@segscape/core/params';
import { fromTorch, toTorch, unet } from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import given from '../fixtures/public-networks.json' with { type: 'json' };

const stateDict = (name: string) =>
  decodeParams(readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url)));

/** The same numbers as `picture` of fixtures/public-networks.py. */
const picture = (size: number) =>
  tensor(
    Float32Array.from({ length: size * size }, (_, i) => ((i * 7919) % 1000) / 1000),
    [1, size, size, 1],
  );

const likePytorchUnet = { baseChannels: 1, norm: 'batch', join: 'skip-first' } as const;

describe(`the weights of public networks give what PyTorch ${given.version} gives`, () => {
  test.each([
    ['pytorch-unet', likePytorchUnet],
    ['pytorch-unet-bias', likePytorchUnet],
    ['clean-unet', { baseChannels: 1, padding: 'valid' }],
  ] as const)('%s', async (name, options) => {
    const dict = stateDict(name);
    const model = unet(options);
    const params = await expectTensors(Object.keys(model.shapes).length, () => fromTorch(dict, model));
    const { size, logits, shape } = given[name];
    const images = picture(size);
    const result = model.apply(params, images);
    expect(result.shape).toEqual(shape);
    expect(result).toBeAllclose(tensor(logits, shape), { abs: 1e-5, rel: 1e-4 });
    dispose([dict, params, images, result]);
  });

  test.each(['pytorch-unet', 'pytorch-unet-bias'])(
    '%s in the other order would fit in every shape, and is refused, renamed or not',
    async (name) => {
      const dict = stateDict(name);
      const model = unet({ ...likePytorchUnet, join: 'upsampled-first' });
      const message =
        "fromTorch: these weights are of milesial's Pytorch-UNet, which joins the skipped maps before the others; " +
        "unet with join 'upsampled-first' would take them and give wrong logits. Make the model with join: 'skip-first'.";
      await expectTensors(0, () => {
        expect(() => fromTorch(dict, model)).toThrow(message);
        expect(() => fromTorch(dict, model, { mapping: (ours) => ours })).toThrow(message);
      });
      dispose(dict);
    },
  );

  test('CleanU_Net in the other order is refused', () => {
    const dict = stateDict('clean-unet');
    expect(() => fromTorch(dict, unet({ baseChannels: 1, padding: 'valid', join: 'skip-first' }))).toThrow(
      "which joins the upsampled maps before the others; unet with join 'skip-first' would take them",
    );
    dispose(dict);
  });
});

describe('what no parameter asks for', () => {
  const model = unet({ baseChannels: 2, depth: 2, norm: 'batch' });

  test('is refused by name, unless strict is false; counters never matter', () => {
    const params = model.init(1);
    const dict = toTorch(params, model);
    const more = { ...dict, 'aux.weight': zeros([1]), 'encoder.0.norm.0.num_batches_tracked': zeros([]) };
    expect(() => fromTorch(more, model)).toThrow(
      "fromTorch: unet has no place for 'aux.weight', so another network made these weights. Make the network that fits, or give strict: false to leave them out.",
    );
    const back = fromTorch(more, model, { strict: false });
    expect(Object.keys(back)).toEqual(Object.keys(params));
    dispose([params, more, back]);
  });

  test('a bias before a batch normalisation moves its mean', () => {
    const params = model.init(1);
    const dict = { ...toTorch(params, model), 'encoder.0.conv.1.bias': tensor([0.5, -1]) };
    const back = fromTorch(dict, model);
    expect(back['encoder.0.norm.1.mean']).toBeAllclose([-0.5, 1]);
    expect(back['encoder.0.norm.0.mean']).toBeAllclose([0, 0]);
    dispose([params, dict, back]);
  });

  test('a bias before an instance normalisation changes nothing, one before a group normalisation is refused', () => {
    for (const norm of ['instance', 'group'] as const) {
      const other = unet({ baseChannels: 4, depth: 1, norm, groups: 2 });
      const params = other.init(1);
      const dict = { ...toTorch(params, other), 'encoder.0.conv.0.bias': tensor([1, 2, 3, 4]) };
      if (norm === 'instance') dispose(fromTorch(dict, other));
      else
        expect(() => fromTorch(dict, other)).toThrow(
          "fromTorch: the weights have 'encoder.0.conv.0.bias', a bias before a group normalisation, and unet has none there. These weights cannot be taken over.",
        );
      dispose([params, dict]);
    }
  });
});

test('skip-first is upsampled-first with its channels exchanged', () => {
  const [one, other] = [
    unet({ baseChannels: 1, depth: 2 }),
    unet({ baseChannels: 1, depth: 2, join: 'skip-first' }),
  ];
  const params = one.init(3);
  const key = 'decoder.0.conv.0.kernel';
  const kernel = params[key]!;
  const [rows] = [kernel.arraySync() as number[][][][]];
  const swapped = tensor(
    rows.map((row) => row.map(([a, b]) => [b!, a!])),
    kernel.shape as [number, number, number, number],
  );
  const images = picture(8);
  const [first, second] = [one.apply(params, images), other.apply({ ...params, [key]: swapped }, images)];
  expect(second).toBeAllclose(first, { abs: 1e-6, rel: 1e-5 });
  dispose([params, swapped, images, first, second]);
});
