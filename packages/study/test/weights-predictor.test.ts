import type { Raster } from '@segscape/core';
import { encodeParams } from '@segscape/core/params';
import { phantomDataset } from '@segscape/data';
import { unet } from '@segscape/models';
import { weightsPredictor } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose, softmax, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { logitsOf, ofClass, sigmoidLogitsOf } from '../src/predict/known-network.js';

const model = unet({ inputChannels: 3, classes: 3, baseChannels: 2, depth: 2 });
const network = { kind: 'unet', baseChannels: 2, depth: 2 };
let bytes: Uint8Array;
beforeAll(async () => {
  const params = model.init(4);
  bytes = await encodeParams(params);
  dispose(params);
});

describe('weightsPredictor', () => {
  test('channels and classes are told from the weights; the mask is the network’s own', async () => {
    const { image } = await phantomDataset({ kind: 'fundus', count: 1, height: 32, width: 32, seed: 3 }).get(
      0,
    );
    await expectTensors(0, async () => {
      const predictor = await weightsPredictor(bytes, {
        name: 'unet.safetensors',
        network,
        normalize: 'scale',
      });
      expect(predictor.classes).toEqual(['background', 'class 1', 'class 2']);
      const { mask, probabilities } = await predictor.predict(image);
      const params = model.init(4);
      const images = tensor(
        Float32Array.from(image.data, (v) => v / 255),
        [1, 32, 32, 3],
      );
      const own = model.apply(params, images);
      const expected = softmax(own);
      expect(probabilities.channels).toBe(3);
      for (const [i, value] of (await expected.data()).entries())
        expect(probabilities.data[i]).toBeCloseTo(value, 5);
      expect(new Set(mask.data).size).toBeGreaterThan(0);
      dispose([params, images, own, expected]);
      await predictor.dispose();
    });
  });
  test('weights of another network are refused, with what is there and what is missing', async () => {
    await expectTensors(0, async () => {
      const given = { name: 'unet.safetensors', normalize: 'scale' } as const;
      const deeper = weightsPredictor(bytes, { ...given, network: { ...network, depth: 3 } });
      await expect(deeper).rejects.toThrow(
        /'unet.safetensors' are not the weights of this network .* the file has/,
      );
      const normed = weightsPredictor(bytes, { ...given, network: { ...network, norm: 'instance' } });
      await expect(normed).rejects.toThrow(/are not the weights of this network/);
      await expect(weightsPredictor(bytes, { ...given, network: { kind: 'unett' } })).rejects.toThrow(
        "Did you mean 'unet'?",
      );
      const cut = weightsPredictor(bytes.subarray(0, 400), { ...given, network });
      await expect(cut).rejects.toMatchObject({ code: 'CORRUPT_CHECKPOINT' });
    });
  });
});

describe('logits of an output', () => {
  const softmaxOf = (output: number[][], activation: 'softmax' | 'sigmoid' | 'none') =>
    softmax(logitsOf(tensor(output), activation)).arraySync() as number[][];
  test('one logit is the second of two classes, by its sigmoid', () => {
    const [[none, some]] = softmaxOf([[1.2]], 'sigmoid') as [[number, number]];
    expect(some).toBeCloseTo(1 / (1 + Math.exp(-1.2)), 6);
    expect(none + some).toBeCloseTo(1, 6);
  });
  test('probabilities come back as they are, zeros as nearly zero', () => {
    expect(softmaxOf([[0.25, 0.75]], 'none')[0]![1]).toBeCloseTo(0.75, 6);
    expect(softmaxOf([[0.3]], 'none')[0]![0]).toBeCloseTo(0.7, 6);
    expect(softmaxOf([[0, 1]], 'none')[0]![0]).toBeCloseTo(1e-7, 8);
    expect(softmaxOf([[0.2, 1.7]], 'softmax')[0]![1]).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 6);
  });
  test('of classes that overlap one is told from all that is not of it', async () => {
    const params = model.init(4);
    const known = {
      model,
      params,
      normalize: 'scale' as const,
      sized: (image: Raster) => image,
      logits: (output: Tensor) => sigmoidLogitsOf(output, 'none'),
      overlapping: true as const,
    };
    const one = ofClass(known, 1);
    expect(one.overlapping).toBeUndefined();
    const [[without, within]] = softmax(one.logits(tensor([[0.2, 0.9, 0.6]]))).arraySync() as [
      [number, number],
    ];
    expect(within).toBeCloseTo(0.9, 6);
    expect(without).toBeCloseTo(0.1, 6);
    dispose(params);
  });
});
