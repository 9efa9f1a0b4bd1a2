import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const names = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

/** TensorFlow.js's WebAssembly beside the page, in `wasm/`, where the study worker looks for it. */
export const wasmFiles = (): Plugin => ({
  name: 'lab:wasm-files',
  apply: 'build',
  generateBundle() {
    const require = createRequire(import.meta.url);
    const folder = require
      .resolve('@tensorflow/tfjs-backend-wasm/package.json')
      .replace('package.json', 'dist/');
    for (const name of names)
      this.emitFile({ type: 'asset', fileName: `wasm/${name}`, source: readFileSync(folder + name) });
  },
});
