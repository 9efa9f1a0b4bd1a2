import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StudyInput } from '@segscape/study';

/** Options of data that name a file or a folder. */
const ofData = ['root', 'images', 'masks', 'annotations', 'split'] as const;

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Against the config's folder; against the present one, as older versions read it, where only there is such a file. */
async function place(path: string, folder: string): Promise<string> {
  const [beside, here] = [resolve(folder, path), resolve(path)];
  return !(await isThere(beside)) && (await isThere(here)) ? here : beside;
}

/** The same record with its paths placed; addresses and what is no text stay. */
async function placedIn<T extends object>(record: T, keys: readonly string[], folder: string): Promise<T> {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(record))
    if (keys.includes(key) && typeof value === 'string' && !/^[a-z][a-z0-9+.-]+:\/\//i.test(value))
      found[key] = await place(value, folder);
  return { ...record, ...found };
}

/**
 * A config whose files are found from its own folder, as its plug-ins are, and recorded absolute: a run goes on from any
 * folder, and never with other images of the same names.
 */
export async function placed(config: StudyInput, folder: string): Promise<StudyInput> {
  const { data, training } = config;
  const initialise = training?.initialise;
  return {
    ...config,
    ...(typeof data === 'object' && data !== null && { data: await placedIn(data, ofData, folder) }),
    ...(initialise && {
      training: { ...training, initialise: await placedIn(initialise, ['weights'], folder) },
    }),
  };
}
