import { mergeConfig } from 'vitest/config';
import { browserTests } from '../testing/vitest.browser.ts';

export default mergeConfig(browserTests(['test/rooms.test.ts', 'test/files/**', 'test/runners/**']), {
  // Those that the backend would load: bundled before the first test, too.
  optimizeDeps: {
    include: [
      '@segscape/backend > @tensorflow/tfjs-backend-wasm',
      '@segscape/backend > @tensorflow/tfjs-backend-webgpu',
    ],
  },
  test: { setupFiles: ['test/corrected-webgl.ts'] },
});
