import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const rules = '@tensorflow/tfjs-core/dist/register_all_gradients';

/**
 * The gradients of tfjs-core in one file. Its modules have extension-less imports that Node cannot load, and Vite would
 * transform a hundred of them anew for every run of tests; the registries are global, so that a copy serves. Made once
 * and kept in `node_modules`, whoever comes first.
 * @returns the file's path.
 */
export async function bundledGradients(): Promise<string> {
  const home = dirname(fileURLToPath(import.meta.url));
  const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json');
  const { version } = JSON.parse(await readFile(core, 'utf8')) as { version: string };
  const folder = join(home, 'node_modules', `.gradients-${version}`);
  const file = join(folder, 'gradients.js');
  if (existsSync(file)) return file;
  const own = await mkdtemp(`${folder}-`);
  try {
    await build({
      config: false,
      entry: { gradients: join(dirname(core), 'dist/register_all_gradients.js') },
      outDir: own,
      platform: 'neutral',
      format: 'esm',
      fixedExtension: false,
      dts: false,
      noExternal: [/./],
      logLevel: 'error',
    });
    // Another run may have been quicker; its file is the same.
    await rename(own, folder).catch((error: unknown) => {
      if (!existsSync(file)) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return file;
}

/** What stands for the modules of tfjs-core in a configuration of tests. */
export const gradientsAlias = async () => [{ find: rules, replacement: await bundledGradients() }];
