import type { Params } from '@segscape/core';
import { isSegscapeError } from '@segscape/core';
import { attentionUnet, nestedUnet, residualUnet, unet, unet3d } from '@segscape/models';
import { expectTensors } from '@segscape/testing';
import {
  dispose,
  mean,
  ones,
  type Scalar,
  scalar,
  square,
  type Tensor,
  tensor,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const options = { inputChannels: 1, classes: 3, baseChannels: 2, depth: 4 } as const;

describe('deepSupervision', () => {
  test.each([
    ['unet', unet],
    ['residualUnet', residualUnet],
    ['attentionUnet', attentionUnet],
  ])('%s gives logits of each coarser level, the finest first, while it trains', async (_, make) => {
    const model = make({ ...options, deepSupervision: true });
    const images = ones([2, 16, 24, 1]);
    const params = model.init(1);
    const result = model.forward(params, images, { training: true, seed: scalar(1) });
    expect(result.logits.shape).toEqual([2, 16, 24, 3]);
    expect(result.auxiliary!.map(({ shape }) => shape)).toEqual([
      [2, 8, 12, 3],
      [2, 4, 6, 3],
    ]);
    const inference = model.forward(params, images, { training: false });
    expect(inference).not.toHaveProperty('auxiliary');
    expect(model.summary([16, 24]).layers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['decoder.0.head', 'decoder.1.head', 'head']),
    );
    expect(Object.keys(params).filter((name) => name.endsWith('head.kernel'))).toHaveLength(3);
    dispose([result, inference] as never);
  });

  test('unet3d halves every axis', () => {
    const model = unet3d({ ...options, depth: 3, norm: 'none', deepSupervision: true });
    const { auxiliary } = model.forward(model.init(1), ones([1, 4, 8, 8, 1]), { training: true });
    expect(auxiliary!.map(({ shape }) => shape)).toEqual([[1, 2, 4, 4, 3]]);
  });

  test('nestedUnet gives those of its earlier nodes, as large as the last', () => {
    const model = nestedUnet({ ...options, norm: 'none', deepSupervision: true });
    const { auxiliary } = model.forward(model.init(1), ones([1, 16, 16, 1]), { training: true });
    expect(auxiliary!.map(({ shape }) => shape)).toEqual([
      [1, 16, 16, 3],
      [1, 16, 16, 3],
    ]);
  });

  test('leaves the network itself as it is: the same weights, logits and names', async () => {
    const [plain, deep] = [unet(options), unet({ ...options, deepSupervision: true })];
    const params = deep.init(3);
    const own = plain.init(3);
    for (const [name, value] of Object.entries(own))
      expect(await params[name]!.data(), name).toEqual(await value.data());
    const images = ones([1, 16, 16, 1]);
    expect(await deep.apply(params, images).data()).toEqual(await plain.apply(own, images).data());
    expect(plain.forward(own, images, { training: true })).not.toHaveProperty('auxiliary');
  });

  test('gradients reach the coarse heads, as central differences say', async () => {
    const model = unet({ ...options, baseChannels: 2, depth: 3, deepSupervision: true });
    const params = model.init(5);
    const images = ones([1, 8, 8, 1]);
    const objective = (all: Params): Scalar =>
      tidy(() => {
        const { auxiliary } = model.forward(all, images, { training: true });
        return mean(square(auxiliary![0]!)) as Scalar;
      });
    const name = 'decoder.0.head.kernel';
    const gradient = (kernel: Tensor) =>
      valueAndGrads((value: Tensor) => objective({ ...params, [name]: value }))([kernel]).grads[0]!;
    const kernel = params[name]!;
    const exact = await gradient(kernel).data();
    const values = await kernel.data();
    for (const at of [0, 5]) {
      const moved = (by: number) => {
        const next = Float32Array.from(values);
        next[at]! += by;
        return objective({ ...params, [name]: tensor(next, kernel.shape) });
      };
      const [above, below] = [(await moved(1e-2).data())[0]!, (await moved(-1e-2).data())[0]!];
      expect(exact[at]).toBeCloseTo((above - below) / 2e-2, 2);
    }
  });

  test('leaks nothing', () =>
    expectTensors(0, async () => {
      const model = unet({ ...options, deepSupervision: true });
      const [params, images] = [model.init(1), ones([1, 8, 8, 1])];
      dispose(model.forward(params, images, { training: true }));
      dispose([images, ...Object.values(params)]);
    }));

  test('is refused with valid padding', () => {
    const make = () => unet({ ...options, padding: 'valid', deepSupervision: true });
    expect(make).toThrow(
      "unet: deepSupervision (=true) must be false with padding 'valid', where levels show different parts of the image",
    );
    try {
      make();
    } catch (error) {
      expect(isSegscapeError(error, 'BAD_OPTION')).toBe(true);
    }
  });
});
