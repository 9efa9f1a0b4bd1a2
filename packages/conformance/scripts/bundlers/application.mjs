import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../../', import.meta.url));

const page = `
import { useBackend } from '@segscape/backend';
import * as landscape from '@segscape/landscape';
import * as study from '@segscape/study';
import * as train from '@segscape/train';

globalThis.ours = { landscape, study, train };
globalThis.start = async (name, options) => {
  try {
    return (await useBackend(name, options)).name;
  } catch (error) {
    return String(error.message);
  }
};
`;

const manifestOf = async (folder) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

/** Where a package's own code finds another one. */
function folderOf(name, from) {
  const require = createRequire(join(from, 'package.json'));
  const at = require.resolve.paths(name).map((folder) => join(folder, name));
  return at.find((folder) => {
    try {
      require.resolve(join(folder, 'package.json'));
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Makes a folder with a page that uses `train`, `landscape` and `study`, and what npm would install for it: our packages
 * as they are built and published, their dependencies, and of the backends those that are named.
 *
 * @param {string} root a folder, made anew.
 * @param {readonly string[]} installed packages that the application itself depends on.
 */
export async function makeApplication(root, installed) {
  await rm(root, { recursive: true, force: true });
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(
    join(root, 'package.json'),
    '{ "name": "application", "private": true, "type": "module" }\n',
  );
  await writeFile(join(root, 'main.js'), page);
  await writeFile(
    join(root, 'index.html'),
    '<!doctype html><script type="module" src="/main.js"></script>\n',
  );
  await writeFile(
    join(root, 'built.html'),
    '<!doctype html><script type="module" src="/dist/main.js"></script>\n',
  );
  const done = new Set();
  const put = async (name, from) => {
    if (done.has(name)) return;
    done.add(name);
    const target = join(root, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    if (!name.startsWith('@segscape/')) {
      // Its own dependencies lie beside the place that the link leads to.
      await symlink(folderOf(name, from), target, 'dir');
      return;
    }
    const source = join(packages, name.slice('@segscape/'.length));
    const { dependencies = {} } = await manifestOf(source);
    // As the tarball has it: nothing of a package's own node_modules, where what is optional would be found.
    await cp(source, target, {
      recursive: true,
      filter: (path) =>
        !path.startsWith(join(source, 'node_modules')) && !path.startsWith(join(source, 'test')),
    });
    for (const one of Object.keys(dependencies)) await put(one, source);
  };
  for (const name of ['train', 'landscape', 'study']) await put(`@segscape/${name}`);
  const backend = join(packages, 'backend');
  for (const name of ['@tensorflow/tfjs-core', ...installed]) await put(name, backend);
}
