import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { describe, expect, test } from 'vitest';

/** The packages up to floor 5 and the most that their own code, TensorFlow.js left out, may weigh: KB of gzip. */
const limits: Readonly<Record<string, number>> = {
  core: 10,
  morphology: 15,
  backend: 40,
  data: 60,
  augment: 20, // its loops stand twice: in WebAssembly and plain
  models: 20,
  losses: 25,
  metrics: 30,
  jit: 100,
  train: 110,
  landscape: 140,
  runs: 80,
  report: 2000, // the page's viewer, plotly.js, is inside as text
};

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
}

const packageFolder = (name: string) => fileURLToPath(new URL(`../../${name}/`, import.meta.url));
const entry = (name: string) => {
  const manifest = JSON.parse(readFileSync(`${packageFolder(name)}package.json`, 'utf8')) as Manifest;
  return packageFolder(name) + manifest.exports['.']!.default;
};

/** Bundles a file as an application for browsers would. */
async function bundle(input: string) {
  const build = await rolldown({
    input,
    platform: 'browser',
    external: [/^@tensorflow\//],
    treeshake: false, // what an application does not use must not save us
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  const chunks = output.flatMap((one) => (one.type === 'chunk' ? [one] : []));
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const outside = chunks
    .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    .filter((name) => !own.has(name));
  const code = chunks.map((chunk) => chunk.code).join('\n');
  return { outside: [...new Set(outside)], code, kilobytes: gzipSync(code).length / 1024 };
}

describe('the main entry bundles for a browser, with nothing of Node in it', () => {
  for (const [name, limit] of Object.entries(limits)) {
    const built = existsSync(entry(name));
    test.skipIf(!built)(built ? name : `${name} (not built)`, async () => {
      const { outside, code, kilobytes } = await bundle(entry(name));
      expect(outside.filter((specifier) => !specifier.startsWith('@tensorflow/tfjs-'))).toEqual([]);
      expect(code).not.toMatch(/(?:from|import|require\()\s*\(?["'`](?:node:|onnxruntime-node)/);
      for (const module of builtinModules) expect(outside).not.toContain(module);
      expect(kilobytes, `${name}: ${kilobytes.toFixed(1)} KB`).toBeLessThan(limit);
      process.stdout.write(`${name.padEnd(11)} ${kilobytes.toFixed(1).padStart(7)} KB gzip\n`);
    });
  }
});

test('a module of Node in a bundle is seen', async () => {
  const { outside } = await bundle(fileURLToPath(new URL('../scripts/publish/tarball.mjs', import.meta.url)));
  expect(outside).toContain('node:zlib');
});
