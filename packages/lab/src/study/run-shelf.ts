import { SegscapeError, type Storage } from '@segscape/core';
import { memoryStorage, openRun, opfsStorage, subStorage } from '@segscape/runs';

/** A run of the shelf, as lists show it. */
export interface RunFacts {
  readonly name: string;
  readonly losses: readonly string[];
  /** Whether it came to its report. */
  readonly finished: boolean;
  /** Files of it; an unfinished run without a checkpoint has not begun to train. */
  readonly files: number;
}

const folder = 'segscape-runs';

const privateFiles = opfsStorage();
const memory = memoryStorage();

/** Whether this browser keeps files when the tab is closed. */
export const lasts: Promise<boolean> = Promise.resolve(globalThis.navigator?.storage?.getDirectory?.()).then(
  (directory) => directory !== undefined,
  () => false,
);

const kept = async (): Promise<Storage> => ((await lasts) ? privateFiles : memory);

/** The tab's private file system, or memory where the browser has none. */
export const shelf: Storage = {
  read: async (path) => (await kept()).read(path),
  write: async (path, content) => (await kept()).write(path, content),
  append: async (path, content) => (await kept()).append(path, content),
  list: async (under) => (await kept()).list(under),
  remove: async (path) => (await kept()).remove(path),
};

export const runStorage = (name: string): Storage => subStorage(shelf, `${folder}/${name}`);

async function namesOf(): Promise<string[]> {
  const paths = await shelf.list(folder);
  return [...new Set(paths.map((path) => path.slice(folder.length + 1).split('/')[0]!))];
}

const labelsOf = (config: unknown): string[] => {
  const { losses = [] } = config as { losses?: readonly { label?: string; kind?: string; name?: string }[] };
  return losses.map(({ label, kind, name }) => label ?? kind ?? name ?? '');
};

/** Whether a run has come to its end; the report that tells it may be made later. */
async function isFinished(storage: Storage, files: readonly string[]): Promise<boolean> {
  if (files.includes('report.html') || !files.includes('report.json')) return files.includes('report.html');
  try {
    const facts: unknown = JSON.parse(new TextDecoder().decode(await storage.read('report.json')));
    return (facts as { unfinished?: string }).unfinished === undefined;
  } catch {
    // A damaged file says nothing; opening the run names it.
    return false;
  }
}

/** All runs, the newest first. */
export async function runsOnShelf(): Promise<RunFacts[]> {
  const facts = await Promise.all(
    (await namesOf()).map(async (name) => {
      const storage = runStorage(name);
      const files = await storage.list('');
      const losses = await openRun(storage).then(
        ({ config }) => labelsOf(config),
        () => [],
      );
      return { name, losses, finished: await isFinished(storage, files), files: files.length };
    }),
  );
  return facts.sort((a, b) => (a.name < b.name ? 1 : -1));
}

export const isOnShelf = async (name: string): Promise<boolean> => (await namesOf()).includes(name);

export async function removeRun(name: string): Promise<void> {
  const storage = runStorage(name);
  for (const path of await storage.list('')) await storage.remove(path);
}

/** A name that no run has. @throws {SegscapeError} `BAD_OPTION` for one that is no folder's name. */
export async function freeName(wanted: string): Promise<string> {
  const name = wanted.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '');
  if (name === '')
    throw new SegscapeError('BAD_OPTION', `The name of a run (='${wanted}') needs a letter or a digit.`);
  const taken = new Set(await namesOf());
  for (let count = 1; ; count++) {
    const tried = count === 1 ? name : `${name}-${count}`;
    if (!taken.has(tried)) return tried;
  }
}
