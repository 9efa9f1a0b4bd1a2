import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles one of `src`'s entries from source, with exactly one TensorFlow.js and its gradients inside (its Node
 * build has none, and Node cannot import them one by one).
 *
 * @param {'oracles' | 'browser-entry'} entry
 * @returns {Promise<string>} path of the bundle.
 */
export async function bundleEntry(entry) {
  const inBrowser = entry === 'browser-entry';
  const folder = here('../node_modules/.oracles/');
  await mkdir(folder, { recursive: true });
  const bundle = await rolldown({
    input: here(`../src/${entry}.ts`),
    platform: inBrowser ? 'browser' : 'node',
    resolve: {
      conditionNames: ['@segscape/source', inBrowser ? 'browser' : 'node', 'import', 'default'],
      mainFields: ['module', 'main'],
    },
    external: inBrowser ? [] : [/^onnxruntime/, 'webgpu', 'playwright-core', /^node:/],
    logLevel: 'silent',
  });
  const file = `${folder}${entry}.mjs`;
  await bundle.write({ file, format: inBrowser ? 'iife' : 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}
