import type { DataConfig } from './data-config.js';
import { shelf } from './run-shelf.js';

/** Pictures or painted masks of this browser, as lists show them. */
export interface KeptFolder {
  readonly folder: string;
  /** For `data` of a config; none where an older lab kept them, or where keeping them was broken off. */
  readonly config?: DataConfig;
  readonly files: number;
}

const root = 'segscape-pictures';
const facts = 'data.json';

export const pathOf = (folder: string, part = ''): string => `${root}/${folder}${part && `/${part}`}`;

/** A name that no other folder has. */
export const newFolder = (what: 'pictures' | 'painted'): string =>
  `${what}-${new Date().toISOString().replace(/[:.]/g, '-')}`;

/** Says last of what a folder holds: one that lacks it was not kept whole. */
export const describeFolder = (folder: string, config: DataConfig): Promise<void> =>
  shelf.write(pathOf(folder, facts), JSON.stringify(config));

async function configOf(folder: string): Promise<DataConfig | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await shelf.read(pathOf(folder, facts)))) as DataConfig;
  } catch {
    // Nothing that can be read; it can still be removed.
    return undefined;
  }
}

/** All that is kept, the newest first. */
export async function keptFolders(): Promise<KeptFolder[]> {
  const counts = new Map<string, number>();
  for (const path of await shelf.list(root)) {
    const [folder = '', part] = path.slice(root.length + 1).split('/');
    counts.set(folder, (counts.get(folder) ?? 0) + Number(part === 'masks'));
  }
  const kept = [...counts].map(async ([folder, files]) => {
    const config = await configOf(folder);
    return { folder, files, ...(config && { config }) };
  });
  const age = ({ folder }: KeptFolder) => folder.replace(/^\D+/, '');
  return (await Promise.all(kept)).sort((a, b) => (age(a) < age(b) ? 1 : -1));
}

export async function removeFolder(folder: string): Promise<void> {
  for (const path of await shelf.list(pathOf(folder))) await shelf.remove(path);
}
