import { mergeConfig } from 'vitest/config';
import shared from '../testing/vitest.ts';

/** Tests for a process whose environment names a Vulkan driver; `webgpu.test.ts` starts it. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, include: undefined } },
  { test: { include: ['test/webgpu/*.gpu.ts'] } },
);
