import { jit } from '@segscape/jit';
import { onnxModel } from '@segscape/models/onnx';
import { dispose, grad, mean, square, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { writeModel } from '../../models/test/onnx/write-model.js';

const sizes = { shape: [4], values: [1, 2, 9, 14], integer: true };
const twice = { shape: [4], values: [1, 1, 2, 3] };

/** The gradient of resizing is onnxModel's own, so that it is right without the engine's being mended: compiled it must be the same. */
test.each([
  ['linear, half pixels', { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }, { sizes }],
  ['linear, corners', { mode: 'linear', coordinate_transformation_mode: 'align_corners' }, { sizes }],
  ['nearest', { mode: 'nearest' }, { twice }],
] as const)('resizing %s: values and gradients compiled as eager', async (_, attributes, given) => {
  const [name] = Object.keys(given) as [string];
  const bytes = writeModel({
    input: ['n', 2, 'h', 'w'],
    nodes: [
      {
        op: 'Resize',
        inputs: name === 'sizes' ? ['x', '', '', name] : ['x', '', name],
        output: 'y',
        attributes,
      },
    ],
    initializers: given,
  });
  const { model, params } = onnxModel(bytes);
  const values = Float32Array.from({ length: 48 }, (_value, i) => Math.sin(1 + 1.7 * i));
  const images = tensor(values, [1, 4, 6, 2]);
  const slope = ({ x }: { x: Tensor }) => ({
    slope: grad((at: Tensor) => mean(square(model.apply(params, at))))(x),
    logits: model.apply(params, x),
  });
  const eager = slope({ x: images });
  const compiled = jit(slope, { executor: 'onnxruntime' });
  const run = await compiled({ x: images });
  expect(run.slope).toBeAllclose(eager.slope, { abs: 1e-6, rel: 1e-5 });
  expect(run.logits).toBeAllclose(eager.logits, { abs: 1e-6, rel: 1e-5 });
  // By the definition: the mean square is quadratic in the image, so that its slope along the image is twice its value.
  const value = mean(square(eager.logits)).dataSync()[0]!;
  const along = eager.slope.dataSync<'float32'>().reduce((sum, one, i) => sum + one * values[i]!, 0);
  expect(along).toBeCloseTo(2 * value, 5);
  dispose([images, params, eager, run]);
  await compiled.dispose();
});
