import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath } from './src/chromium.ts';

const setup = fileURLToPath(new URL('../testing/src/setup-browser.ts', import.meta.url));
const workspace = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The same tests on WebGL in headless Chromium (`CHROMIUM_PATH`, else `/usr/bin/chromium`): our packages from source,
 * exactly one TensorFlow.js. Files named here are Node's own: they read or write files, or start processes.
 */
export const browserTests = (exclude: readonly string[] = []) =>
  defineConfig({
    resolve: { conditions: ['@segscape/source', 'browser', 'module'] },
    server: { fs: { allow: [workspace] } },
    cacheDir: 'node_modules/.vite-browser',
    // All of these are bundled together before the first test; one found later would reload the page in mid-run.
    optimizeDeps: {
      include: [
        '@tensorflow/tfjs-core',
        '@segscape/testing > @tensorflow/tfjs-backend-webgl',
        '@segscape/testing > @tensorflow/tfjs-core/dist/register_all_gradients',
        'fast-check',
        '@segscape/core > pure-rand/generator/xoroshiro128plus',
      ],
    },
    test: {
      include: ['test/**/*.test.ts'],
      exclude: ['test/readme.test.ts', ...exclude],
      setupFiles: [setup],
      // A busy machine is not a fault: these only end what hangs.
      testTimeout: 180_000,
      hookTimeout: 180_000,
      isolate: false,
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            executablePath: chromiumPath ?? '/usr/bin/chromium',
            args: chromiumArguments(),
          },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  });

export default browserTests();
