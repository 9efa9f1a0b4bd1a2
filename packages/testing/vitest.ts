import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { gradientsAlias } from './gradients.ts';

const setup = fileURLToPath(new URL('../testing/src/setup-node.ts', import.meta.url));
/** `SEGSCAPE_BACKEND=wasm pnpm test:node` runs all tests on another backend; those who know backends bring it. */
const chosen = fileURLToPath(new URL('../conformance/src/chosen-backend.ts', import.meta.url));
/** Processes that tests start require it; the threads of tests themselves get it from their setup. */
const sleepingThreads = fileURLToPath(new URL('./src/sleeping-threads.cjs', import.meta.url));
const backend = process.env.SEGSCAPE_BACKEND ?? 'cpu';

/** Node tests: our packages from source, exactly one TensorFlow.js. */
export default defineConfig({
  resolve: { conditions: ['@segscape/source'], alias: await gradientsAlias() },
  ssr: { resolve: { conditions: ['@segscape/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    env: { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(sleepingThreads)}` },
    setupFiles: backend === 'cpu' ? [setup] : [setup, chosen],
    // A busy machine is not a fault: these only end what hangs.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // Two cores: one engine and one setup per worker; nothing in the tests needs a process of its own.
    maxWorkers: 2,
    pool: 'threads',
    isolate: false,
    // The gradient modules of tfjs-core have extension-less imports that Node cannot load; Vite can.
    server: { deps: { inline: [/tfjs-core[\\/]dist[\\/](?!tf-core\.node)/] } },
  },
});
