import { onnxModel } from '@segscape/models/onnx';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { wave } from './single-node.js';
import { type WrittenModel, writeModel } from './write-model.js';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const turned = (values: ArrayLike<number>, shape: readonly number[], order: readonly number[]) => {
  const strides = shape.map((_, i) => product(shape.slice(i + 1)));
  const lengths = order.map((axis) => shape[axis]!);
  const out: number[] = [];
  for (let i = 0; i < product(shape); i++) {
    let rest = i;
    let at = 0;
    for (const [k, length] of lengths.entries()) {
      const below = product(lengths.slice(k + 1));
      at += Math.floor(rest / below) * strides[order[k]!]!;
      rest %= below;
      expect(length).toBeGreaterThan(0);
    }
    out.push(values[at]!);
  }
  return out;
};

/** What ONNX Runtime makes of channels-first images, and what ours makes of the same ones channels last. */
export async function compare(model: WrittenModel, shape: readonly number[], seed = 3): Promise<void> {
  const bytes = writeModel(model);
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const image = wave(product(shape), seed);
  const { [model.output ?? 'y']: truth } = await session.run({ x: new OnnxTensor('float32', image, shape) });
  await session.release();
  const { model: ours, params } = onnxModel(bytes, { channels: 'first' });
  const channelsLast = shape.length === 5 ? [0, 2, 3, 4, 1] : [0, 2, 3, 1];
  const images = tensor(
    turned(image, shape, channelsLast),
    channelsLast.map((axis) => shape[axis]!),
  );
  const logits = await expectTensors(1, () => ours.apply(params, images));
  const expected = Array.from(truth!.data as Float32Array);
  const dims = truth!.dims;
  if (dims.length === shape.length) {
    expect(logits.shape).toEqual(channelsLast.map((axis) => dims[axis]));
    expect(logits).toBeAllclose(tensor(turned(expected, dims, channelsLast), logits.shape), { abs: 2e-5 });
  } else {
    expect(logits).toBeAllclose(tensor(expected, [...dims]), { abs: 2e-5 });
  }
  dispose([images, logits, params] as never);
}
