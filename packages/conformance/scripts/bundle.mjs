import { mkdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Never bundled for Node: binaries, and packages that may be missing. */
const binaries = [/^onnxruntime/, 'webgpu', 'playwright-core', 'rolldown', /^node:/];

/** TensorFlow.js as its users have it; its gradient modules, which Node cannot import, are still bundled. */
const engine = [/^@tensorflow\/tfjs-(core|backend-\w+|node|node-gpu)$/];

const kinds = {
  // With exactly one TensorFlow.js and its gradients inside.
  node: { platform: 'node', external: binaries },
  'node, engine outside': { platform: 'node', external: [...binaries, ...engine] },
  // Everything inside, in double precision.
  reference: { platform: 'node', external: binaries, inDoubles: true },
  browser: { platform: 'browser', external: [] },
};

const folder = here('../node_modules/.conformance/');

async function write(input, file, { platform, external, plugins = [], whole }) {
  const inBrowser = platform === 'browser';
  await mkdir(folder, { recursive: true });
  const bundle = await rolldown({
    input,
    platform,
    resolve: {
      conditionNames: ['@segscape/source', inBrowser ? 'browser' : 'node', 'import', 'default'],
      mainFields: ['module', 'main'],
    },
    external,
    plugins,
    // A file of tests exports nothing and is all effect.
    ...(whole && { treeshake: false, transform: { define: whole } }),
    logLevel: 'silent',
  });
  await bundle.write({ file, format: inBrowser && !whole ? 'iife' : 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}

/** The plugin that the packages' own tests in double precision use; Node reads no TypeScript. */
async function float64Plugin() {
  const file = await write(here('../../testing/float64.ts'), `${folder}float64.mjs`, kinds.node);
  return (await import(pathToFileURL(file).href)).float64();
}

/**
 * Bundles one of `src`'s entries from source.
 *
 * @param {string} entry path below `src`, without extension.
 * @param {keyof typeof kinds} [kind]
 * @returns {Promise<string>} path of the bundle.
 */
export async function bundleEntry(entry, kind = 'node') {
  const { inDoubles, ...options } = kinds[kind];
  const plugins = inDoubles ? [await float64Plugin()] : [];
  const file = `${folder}${entry.replaceAll('/', '-')}${inDoubles ? '-float64' : ''}.mjs`;
  return write(here(`../src/${entry}.ts`), file, { ...options, plugins });
}

/** TensorFlow.js's tests require Jasmine, which its package does not depend on. */
const ownJasmine = {
  name: 'own-jasmine',
  resolveId: (source) => (source.startsWith('jasmine-core/') ? here(`../node_modules/${source}`) : undefined),
};

/** What scripts of CommonJS find in Node, and Jasmine in a page. */
const globals = {
  node: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  browser: { global: 'globalThis' },
};

/**
 * Bundles TensorFlow.js's own tests with exactly one TensorFlow.js and our backend package.
 *
 * @param {'node' | 'browser'} platform
 * @returns {Promise<string>} path of the bundle, a module.
 */
export const bundleTensorflowSuite = (platform) =>
  write(here('../tfjs-suite/entry.mjs'), `${folder}tfjs-suite-${platform}.mjs`, {
    ...kinds[platform],
    plugins: [ownJasmine],
    whole: globals[platform],
  });
