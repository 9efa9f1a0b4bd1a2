import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Kinds of content by ending; whatever else is bytes to be saved. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
};

export const typeOf = (path: string): string =>
  types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

/** Paths of all files below a folder, with `/`, sorted. */
export async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name).slice(root.length).split(sep).filter(Boolean).join('/'),
    )
    .sort();
}

/** The parts of an address's path; undefined for one that is no plain path below the root. */
export function partsOf(address: string): string[] | undefined {
  let path: string;
  try {
    path = decodeURIComponent(address.split(/[?#]/)[0]!);
  } catch {
    return undefined;
  }
  if (!path.startsWith('/') || /[\\\0]/.test(path)) return undefined;
  const parts = path.slice(1).split('/');
  return parts.some((part) => part === '..' || part === '.') ? undefined : parts;
}

/** Where a file of the folder really lies; undefined for what is no file, or leads out of the folder by a link. */
export async function fileIn(root: string, parts: readonly string[]): Promise<string | undefined> {
  try {
    const [home, file] = [await realpath(root), await realpath(join(root, ...parts))];
    if (!file.startsWith(home + sep)) return undefined;
    return (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
