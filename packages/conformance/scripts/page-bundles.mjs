// The main entry of each package, bundled whole as an application for browsers would have it: node packages/conformance/scripts/page-bundles.mjs
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/** The packages whose main entry runs in a page: all up to study. */
export const pagePackages = [
  'core',
  'morphology',
  'backend',
  'data',
  'augment',
  'models',
  'losses',
  'metrics',
  'jit',
  'train',
  'landscape',
  'runs',
  'report',
  'study',
];

/** Names that are weighed alone, by package: what a page gets that imports one function of many. */
export const pageNames = { losses: 'dice' };

/** Where the bundles lie: `<package>/eager.js`, and `<package>/lazy.js` of what is loaded on demand; of one name alone in `<package>.<name>`. */
export const bundleFolder = fileURLToPath(new URL('../node_modules/.page-bundles/', import.meta.url));

/** The built main entry of a package. */
export async function mainEntry(name) {
  const folder = new URL(`../../${name}/`, import.meta.url);
  const { exports } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
  return fileURLToPath(new URL(exports['.'].default, folder));
}

/** An entry that takes one name from a file. */
const taking = (name, file) => ({
  name: 'one-name',
  resolveId: (id) => (id === name ? id : null),
  load: (id) => (id === name ? `export { ${name} } from ${JSON.stringify(file)};` : null),
});

/**
 * Bundles a file with everything it imports but the engine and ONNX Runtime.
 *
 * @param {string} input
 * @param {string} [name] of the one export that is taken from it. Default all.
 * @returns {Promise<{ eager: string, lazy: string, outside: string[] }>} code that is loaded at once, code that is loaded on
 *   demand, and the modules left outside.
 */
export async function bundleForPage(input, name) {
  const build = await rolldown({
    input: name ?? input,
    plugins: name === undefined ? [] : [taking(name, input)],
    platform: 'browser',
    external: [/^@tensorflow\//, /^onnxruntime-/],
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  const chunks = new Map(output.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one]] : [])));
  const eager = new Set();
  const follow = (fileName) => {
    const chunk = chunks.get(fileName);
    if (chunk === undefined || eager.has(fileName)) return;
    eager.add(fileName);
    chunk.imports.forEach(follow);
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) follow(chunk.fileName);
  const imported = [...chunks.values()].flatMap(({ imports, dynamicImports }) => [
    ...imports,
    ...dynamicImports,
  ]);
  const code = (wanted) =>
    [...chunks.values()]
      .filter(({ fileName }) => eager.has(fileName) === wanted)
      .map((chunk) => chunk.code)
      .join('\n');
  return {
    eager: code(true),
    lazy: code(false),
    outside: [...new Set(imported)].filter((name) => !chunks.has(name)),
  };
}

/** Writes the bundles of these packages for size-limit to weigh. */
export async function writePageBundles(names = pagePackages) {
  await rm(bundleFolder, { recursive: true, force: true });
  const all = names.flatMap((name) => [
    { name, folder: name },
    ...(name in pageNames ? [{ name, only: pageNames[name], folder: `${name}.${pageNames[name]}` }] : []),
  ]);
  for (const { name, only, folder } of all) {
    const { eager, lazy } = await bundleForPage(await mainEntry(name), only);
    await mkdir(`${bundleFolder}${folder}`, { recursive: true });
    await writeFile(`${bundleFolder}${folder}/eager.js`, eager);
    await writeFile(`${bundleFolder}${folder}/lazy.js`, lazy);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await writePageBundles();
