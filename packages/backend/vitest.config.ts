import { mergeConfig } from 'vitest/config';
import base from '../testing/vitest.ts';

export default mergeConfig(base, {
  // Those in double precision run by `../testing/vitest.float64.ts`, those on WebGPU in a process of their own,
  // those on WebGL in a browser.
  test: { exclude: ['test/float64/**', 'test/webgpu/**', 'test/webgl/**'] },
});
