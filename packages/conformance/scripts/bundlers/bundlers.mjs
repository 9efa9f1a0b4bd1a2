import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const builders = {
  async vite(root) {
    const { build } = await import('vite');
    await build({ root, logLevel: 'silent', configFile: false, build: { minify: false, target: 'esnext' } });
  },

  async webpack(root) {
    const { default: webpack } = await import('webpack');
    const stats = await new Promise((resolve, reject) => {
      webpack(
        {
          context: root,
          entry: './main.js',
          mode: 'production',
          optimization: { minimize: false },
          output: { path: join(root, 'dist'), filename: 'main.js', module: true },
          experiments: { outputModule: true },
          performance: { hints: false },
        },
        (error, result) => (error ? reject(error) : resolve(result)),
      );
    });
    const { errors } = stats.toJson({ all: false, errors: true });
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  },

  async esbuild(root) {
    const { build } = await import('esbuild');
    await build({
      absWorkingDir: root,
      entryPoints: ['main.js'],
      bundle: true,
      format: 'esm',
      splitting: true,
      outdir: 'dist',
      logLevel: 'silent',
    });
  },

  async rollup(root) {
    const { rollup } = await import('rollup');
    const { default: commonjs } = await import('@rollup/plugin-commonjs');
    const { default: nodeResolve } = await import('@rollup/plugin-node-resolve');
    const bundle = await rollup({
      input: join(root, 'main.js'),
      plugins: [nodeResolve({ browser: true, preferBuiltins: false }), commonjs()],
      onwarn() {},
    });
    await bundle.write({ dir: join(root, 'dist'), format: 'es' });
    await bundle.close();
  },
};

/** Every bundler builds `main.js` of a folder for browsers into `dist/` there, and throws when that fails. */
export const bundlers = Object.fromEntries(
  Object.entries(builders).map(([name, build]) => [
    name,
    async (root) => {
      await rm(join(root, 'dist'), { recursive: true, force: true });
      await build(root);
    },
  ]),
);

/** The modules that a build gave, joined. */
export async function builtCode(root) {
  const files = await readdir(join(root, 'dist'), { recursive: true });
  const scripts = files.filter((file) => /\.m?js$/.test(file));
  return (await Promise.all(scripts.map((file) => readFile(join(root, 'dist', file), 'utf8')))).join('\n');
}

/** Every module that a page asks Vite's development server for, also those loaded later, and those that it did not get. */
export async function serveWithVite(root) {
  const { createServer } = await import('vite');
  const server = await createServer({ root, logLevel: 'silent', configFile: false, server: { port: 0 } });
  try {
    await server.listen();
    const base = server.resolvedUrls.local[0];
    const modules = [];
    const failed = [];
    const waiting = ['/main.js'];
    while (waiting.length > 0) {
      const path = waiting.pop();
      if (modules.includes(path)) continue;
      modules.push(path);
      const response = await fetch(new URL(path, base));
      const code = await response.text();
      if (!response.ok) failed.push(`${path}: ${code.slice(0, 500)}`);
      else
        waiting.push(
          ...importsOf(code)
            .map((one) => new URL(one, new URL(path, base)))
            .map((url) => url.pathname + url.search),
        );
    }
    return { modules, failed };
  } finally {
    await server.close();
  }
}

/** Addresses in the imports of a module as Vite serves it. */
const importsOf = (code) =>
  [...code.matchAll(/(?:^|[;\s])(?:from|import)\s*\(?\s*["']((?:\/|\.{1,2}\/)[^"']+)["']/g)].map(
    ([, address]) => address,
  );
