import { jit, toOnnx } from '@segscape/jit';
import { inline, randomPlane, surface } from '@segscape/landscape';
import { crossEntropy, dice } from '@segscape/losses';
import { attentionUnet, nestedUnet, residualUnet, unet } from '@segscape/models';
import { onnxModel } from '@segscape/models/onnx';
import { expectTensors } from '@segscape/testing';
import { adam, trainStep } from '@segscape/train';
import { dispose, type Scalar, scalar, softmax, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const network = unet({ inputChannels: 1, classes: 2, baseChannels: 4, depth: 3, norm: 'batch' });
const image = (side: number, seed: number) =>
  tensor(
    Array.from({ length: side * side }, (_, i) => Math.sin(seed + 0.37 * i)),
    [1, side, side, 1],
  );

/** A U-Net of ours, out by `toOnnx` and back by `onnxModel`. */
function roundTrip() {
  const params = network.init(5);
  const example = image(16, 1);
  const bytes = toOnnx(({ images }: { images: Tensor }) => ({ logits: network.apply(params, images) }), {
    images: example,
  });
  example.dispose();
  return { params, bytes };
}

describe('a network exported to ONNX and read back', () => {
  test('gives the same logits, eagerly and compiled, and trains', async () => {
    const { params, bytes } = roundTrip();
    const { model, params: read } = onnxModel(bytes);
    const images = image(16, 2);
    const [ours, theirs] = [network.apply(params, images), model.apply(read, images)];
    expect(theirs).toBeAllclose(ours, { abs: 1e-5, rel: 1e-4 });
    const compiled = jit(({ weights, x }: { weights: typeof read; x: Tensor }) => model.apply(weights, x), {
      executor: 'onnxruntime',
    });
    const run = (await compiled({ weights: read, x: images })) as Tensor;
    expect(run).toBeAllclose(theirs, { abs: 1e-5, rel: 1e-4 });
    const optimizer = adam({ learningRate: 0.01 });
    const step = jit(trainStep({ model, loss: crossEntropy(), optimizer }), { executor: 'onnxruntime' });
    const labels = tensor(
      new Int32Array(256).map((_, i) => Number(i % 16 < 5)),
      [1, 16, 16],
      'int32',
    );
    let state = { params: read, optimizer: optimizer.init(read) };
    const losses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const seed = scalar(i);
      const { loss, ...next } = await step({ ...state, images, labels: { labels }, seed } as never);
      losses.push((await loss.data())[0]!);
      dispose([loss, seed, state] as never);
      state = next as typeof state;
    }
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    dispose([params, images, ours, theirs, run, labels, state] as never);
    await Promise.all([compiled.dispose(), step.dispose()]);
  });

  test.each([
    unet({ inputChannels: 1, classes: 3, baseChannels: 4, depth: 2, norm: 'instance', up: 'bilinear' }),
    unet({ inputChannels: 1, classes: 2, baseChannels: 4, depth: 2, norm: 'group', padding: 'valid' }),
    residualUnet({ inputChannels: 1, classes: 2, baseChannels: 4, depth: 2 }),
    attentionUnet({ inputChannels: 1, classes: 2, baseChannels: 4, depth: 2 }),
    nestedUnet({ inputChannels: 1, classes: 2, baseChannels: 4, depth: 2 }),
  ])('$config.name, $config.norm normalisation, $config.padding padding', (other) => {
    const params = other.init(3);
    const images = image(24, 2);
    const bytes = toOnnx(
      ({ images: x }: { images: Tensor }) => ({ probabilities: softmax(other.apply(params, x)) }),
      { images },
      { freeAxes: { images: { 1: 'height', 2: 'width' } } },
    );
    const { model, params: read } = onnxModel(bytes);
    const [ours, theirs] = [softmax(other.apply(params, images)), model.apply(read, images)];
    expect(theirs).toBeAllclose(ours, { abs: 1e-5, rel: 1e-4 });
    dispose([params, images, read, ours, theirs] as never);
  });

  test('has loss surfaces', async () => {
    const { params, bytes } = roundTrip();
    dispose(params);
    const { model, params: read } = onnxModel(bytes);
    const labels = tensor(
      new Int32Array(256).map((_, i) => Number(i % 16 < 5)),
      [1, 16, 16],
      'int32',
    );
    const batch = { images: image(16, 2), labels };
    const loss = dice();
    const { directions } = randomPlane(read, { seed: 1, isTrainable: model.isTrainable });
    const runner = inline({ executor: 'onnxruntime' });
    const points = await expectTensors(0, async () => {
      for await (const event of surface({
        objective: (at, { images, labels: truth }: typeof batch) => ({
          dice: loss(truth, model.apply(at, images)) as Scalar,
        }),
        params: read,
        directions,
        x: [-1, 1, 3],
        y: [-1, 1, 3],
        batches: [batch],
        runner,
      }))
        if (event.type === 'done') return event.result.values.dice!;
      return undefined;
    });
    const logits = model.apply(read, batch.images);
    const centre = loss(labels, logits) as Scalar;
    expect(points![4]).toBeCloseTo(centre.dataSync()[0]!, 5);
    expect(new Set(points).size).toBe(9);
    dispose([batch, read, directions, logits, centre] as never);
    await runner.dispose();
  });
});
