import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const setup = fileURLToPath(new URL('../testing/src/setup-node.ts', import.meta.url));

/** Node tests: our packages from source, exactly one TensorFlow.js. */
export default defineConfig({
  resolve: { conditions: ['@segscape/source'] },
  ssr: { resolve: { conditions: ['@segscape/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: [setup],
    // A busy machine is not a fault: these only end what hangs.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Two cores: one engine and one setup per worker; nothing in the tests needs a process of its own.
    maxWorkers: 2,
    pool: 'threads',
    isolate: false,
    // The gradient modules of tfjs-core have extension-less imports that Node cannot load; Vite can.
    server: { deps: { inline: [/tfjs-core[\\/]dist[\\/](?!tf-core\.node)/] } },
  },
});
