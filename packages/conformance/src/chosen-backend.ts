import { useBackend } from '@segscape/backend';
import { beforeAll } from 'vitest';

// Tests on another backend run what users run, missing kernels added. Not a matter of `testing`, which all packages' tests
// build on, backend's too. Its name is not always the one in TensorFlow.js: 'node' is 'tensorflow' there.
beforeAll(async () => {
  await useBackend(process.env.SEGSCAPE_BACKEND as 'wasm', { threads: 1 });
});
