import { mergeConfig } from 'vitest/config';
import { float64 } from './float64.ts';
import base from './vitest.ts';

/** Tests against finite differences in double precision: `test/float64/*.test.ts`, on the cpu backend only. */
export default mergeConfig(
  {
    ...base,
    // All of TensorFlow.js is transformed here; a bundled part would stay in single precision.
    resolve: { ...base.resolve, alias: [] },
    test: { ...base.test, include: [] },
  },
  {
    plugins: [float64()],
    ssr: { resolve: { mainFields: ['module', 'main'] } },
    resolve: { mainFields: ['module', 'main'] },
    test: {
      include: ['test/float64/**/*.test.ts'],
      server: { deps: { inline: [/@tensorflow\//, /seedrandom/] } },
      env: { SEGSCAPE_BACKEND: 'cpu' },
    },
  },
);
