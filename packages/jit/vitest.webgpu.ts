import { mergeConfig } from 'vitest/config';
import shared from '../testing/vitest.ts';

/** Tests for a process whose environment names a Vulkan driver; `webgpu.test.ts` starts it. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, include: undefined } },
  // A second thread that computes on the GPU ends the process of onnxruntime-node 1.30.
  { test: { include: ['test/webgpu/*.gpu.ts'], fileParallelism: false } },
);
