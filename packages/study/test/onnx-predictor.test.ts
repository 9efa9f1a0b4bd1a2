import { phantomDataset } from '@segscape/data';
import { toOnnx } from '@segscape/jit';
import { memoryStorage } from '@segscape/runs';
import { exportOnnx, onnxPredictor, openPredictor } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { conv2d, sub, type Tensor, type Tensor4D, tensor, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeOf } from '../src/predict/onnx-metadata.js';
import { normalizeText } from '../src/preprocessing.js';
import { study, tinyStudy } from './tiny-study.js';

const storage = memoryStorage();
beforeAll(
  () =>
    study(storage, {
      config: {
        ...tinyStudy,
        data: {
          ...tinyStudy.data,
          count: 10,
          split: { validation: 2, test: 2 },
          normalize: { by: 'zscore', of: 'dataset' },
        },
        landscape: { enabled: false },
      },
    }),
  180_000,
);

const picture = async () =>
  (await phantomDataset({ kind: 'fundus', count: 1, height: 40, width: 56, seed: 3 }).get(0)).image;

/** One output: a weight times the pixel, minus a bias; 1 × 1 convolution. */
function oneOutput(metadata: Record<string, string> = {}): Uint8Array {
  const weight = tensor([8], [1, 1, 1, 1]) as Tensor4D;
  const example = zeros([1, 32, 32, 1]);
  try {
    return toOnnx(
      ({ images }: { images: Tensor }) => ({ logits: sub(conv2d(images as Tensor4D, weight, 1, 'same'), 4) }),
      { images: example },
      { metadata },
    );
  } finally {
    weight.dispose();
    example.dispose();
  }
}
const gray = {
  data: Uint8Array.from({ length: 900 }, (_, i) => i % 256),
  height: 30,
  width: 30,
  channels: 1,
};

describe('onnxPredictor', () => {
  test.each(['logits', 'probabilities'] as const)(
    'an exported run, as %s, gives what the run gives',
    async (output) => {
      const image = await picture();
      const bytes = await exportOnnx(storage, { loss: 'dice', output });
      const run = await openPredictor(storage, { loss: 'dice' });
      const expected = await run.predict(image);
      await run.dispose();
      await expectTensors(0, async () => {
        const predictor = await onnxPredictor(bytes);
        expect(predictor.threshold).toBeUndefined();
        expect(predictor.classes).toEqual(['background', 'disc']);
        expect(predictor.activation).toBe(output === 'logits' ? 'softmax' : 'none');
        const { mask, probabilities } = await predictor.predict(image);
        expect(probabilities.data).toBeAllclose(expected.probabilities.data, { abs: 1e-4, rel: 1e-4 });
        expect([mask.height, mask.width]).toEqual([40, 56]);
        await predictor.dispose();
      });
    },
  );

  test('one output tells two classes apart: σ(8·x − 4) is above a half for pixels above 127.5 of 255', async () => {
    const predictor = await expectTensors(2, () => onnxPredictor(oneOutput(), { normalize: 'scale' }));
    expect(predictor).toMatchObject({ activation: 'sigmoid', classes: ['background', 'foreground'] });
    const { mask, probabilities } = await predictor.predict(gray);
    expect([...mask.data]).toEqual(Array.from(gray.data, (v) => Number(v > 127)));
    expect(probabilities.data[2 * 255 + 1]).toBeCloseTo(1 / (1 + Math.exp(-4)), 5);
    await predictor.dispose();
  });

  test('a threshold, and names, of one’s own', async () => {
    const predictor = await onnxPredictor(oneOutput({ normalize: 'scale: uint8 / 255' }), {
      threshold: 0.9,
      classes: ['soil', 'root'],
    });
    expect(predictor.classes).toEqual(['soil', 'root']);
    const { mask } = await predictor.predict(gray);
    // σ(8·x − 4) > 0.9 where x > (4 + ln 9) / 8.
    expect([...mask.data]).toEqual(Array.from(gray.data, (v) => Number(v / 255 > (4 + Math.log(9)) / 8)));
    await predictor.dispose();
  });

  test('the threshold that validation chose goes along, and is used where asked for', async () => {
    const run = await openPredictor(storage, { loss: 'dice', threshold: 'validation' });
    const bytes = await exportOnnx(storage, { loss: 'dice' });
    const predictor = await onnxPredictor(bytes, { threshold: 'validation' });
    expect(predictor.threshold).toEqual(run.threshold);
    expect(predictor.threshold).toEqual({ value: expect.any(Number), from: 'validation' });
    const image = await picture();
    expect((await predictor.predict(image)).mask).toEqual((await run.predict(image)).mask);
    await predictor.dispose();
    await run.dispose();
    const silent = await onnxPredictor(oneOutput({ threshold: '7' }), {
      normalize: 'scale',
      threshold: 'validation',
    });
    expect(silent.threshold).toBeUndefined();
    await silent.dispose();
  });

  test('says what is missing and what does not fit', async () => {
    await expectTensors(0, async () => {
      await expect(onnxPredictor(oneOutput())).rejects.toThrow(
        "onnxPredictor: the model does not say how its images are scaled. Give normalize: 'scale' (0 to 1)",
      );
      await expect(onnxPredictor(oneOutput(), { normalize: 'scale', classes: ['a'] })).rejects.toThrow(
        "classes (=['a']) must be 2 names, since the model gives 2 classes.",
      );
    });
  });

  test('reads back each normalisation that an export writes in words', () => {
    for (const normalize of [
      'scale',
      'none',
      'zscore',
      'percentile',
      'minmax',
      { mean: [0.5, 0.25], deviation: [0.1, 0.2] },
      { low: [0, 1e-3], high: [1, 0.9] },
    ] as const)
      expect(normalizeOf(normalizeText(normalize))).toEqual(normalize);
    expect(normalizeOf('imagenet')).toBeUndefined();
  });
});
