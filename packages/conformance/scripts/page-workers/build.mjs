import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * A page that draws surfaces by web workers, as an application's bundler makes it: the page and the worker's whole script.
 * @param {string} folder where it goes.
 */
export async function buildPageWorkers(folder) {
  const build = await rolldown({
    input: { page: source('page.mjs'), worker: source('worker.mjs') },
    platform: 'browser',
    external: [/^onnxruntime-/],
    logLevel: 'silent',
  });
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' });
  await build.close();
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="page.js"></script>\n',
  );
}
