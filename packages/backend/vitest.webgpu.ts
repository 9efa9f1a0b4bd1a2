import { mergeConfig } from 'vitest/config';
import base from '../testing/vitest.ts';

/** WebGPU in Node, in a process of its own: started by `test/webgpu.test.ts` with a Vulkan driver in its environment. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  { test: { include: ['test/webgpu/**/*.test.ts'], pool: 'forks', maxWorkers: 1 } },
);
