import { createHash } from 'node:crypto';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What computes: TypeScript's output and the modules in WebAssembly; the lab's pages compute in browsers. */
const isCode = (path: string) => /\.(?:[cm]?js|json|wasm)$/.test(path) && !path.startsWith(`lab${sep}`);

/** The folder that a package finds another in, as Node does. */
async function folderOf(name: string, from: string): Promise<string | undefined> {
  for (const place of createRequire(join(from, 'package.json')).resolve.paths(name) ?? [])
    try {
      return await realpath(join(place, name));
    } catch {
      // The next place.
    }
  return undefined;
}

/** Adds a package, and those of ours that it depends on, by their names. */
async function gather(folder: string, found: Map<string, string>): Promise<void> {
  const { name, dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  if (found.has(name)) return;
  found.set(name, folder);
  for (const other of Object.keys(dependencies)) {
    const place = other.startsWith('@segscape/') ? await folderOf(other, folder) : undefined;
    if (place !== undefined) await gather(place, found);
  }
}

/**
 * One hash of all code of ours that computes here: this command and the packages it stands on, as they are built. The same
 * release gives the same hash on every machine; an edited file another.
 * @param root folder of the package whose code runs. Default this command's.
 * @returns SHA-256, hexadecimal; undefined where the packages cannot be read as files (a bundle of one's own).
 */
export async function codeHash(
  root = fileURLToPath(new URL('..', import.meta.url)),
): Promise<string | undefined> {
  try {
    const found = new Map<string, string>();
    await gather(root, found);
    const hash = createHash('sha256');
    for (const name of [...found.keys()].sort()) {
      const built = join(found.get(name)!, 'dist');
      const entries = await readdir(built, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(built, join(entry.parentPath, entry.name)))
        .filter(isCode)
        .map((path) => path.split(sep).join('/'))
        .sort();
      for (const path of paths) {
        const bytes = await readFile(join(built, path));
        hash.update(`${name}/${path}\0${bytes.length}\0`).update(bytes);
      }
    }
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
