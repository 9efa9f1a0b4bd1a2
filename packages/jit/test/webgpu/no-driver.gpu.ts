import { jit } from '@segscape/jit';
import '@segscape/testing';
import { add, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('the error names the device, the driver and the way out', async () => {
  const fn = jit((x: Tensor) => add(x, 1), { executor: 'onnxruntime', device: 'webgpu' });
  await expect(fn(tensor1d([1]))).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(
      /^jit: device 'webgpu' is not available here .* Vulkan.*libvulkan.*; or use device: 'cpu'\. It said: .*adapter/,
    ),
    details: { device: 'webgpu', devices: expect.arrayContaining(['cpu', 'webgpu']) },
  });
});
