import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { type Kind, type StudyRegistry, studyRegistry, withKinds } from '@segscape/study';

/** A module of one's own kinds, as a run records it. */
export interface PluginRecord {
  readonly path: string;
  readonly sha256: string;
}

/** What a config says of a plug-in: its file, and in a run that goes on the hash of what it was. */
export type PluginGiven = string | PluginRecord;

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new SegscapeError(
      'NOT_FOUND',
      `plug-in '${path}' cannot be read (${(cause as Error).message}). Give the path of a JavaScript module (.mjs).`,
      { details: { path }, cause },
    );
  }
}

async function kindsOf(path: string): Promise<readonly Kind[]> {
  let module: { readonly default?: readonly Kind[] };
  try {
    module = (await import(pathToFileURL(path).href)) as typeof module;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SegscapeError('BAD_OPTION', `plug-in '${path}' threw while it was loaded: ${why}`, {
      details: { value: path },
      cause,
    });
  }
  if (module.default !== undefined) return module.default;
  throw new SegscapeError(
    'BAD_OPTION',
    `plug-in '${path}' has no default export. End it with: export default [defineKind({ part, kind, schema, make })].`,
    { details: { value: path } },
  );
}

/**
 * Loads local modules whose default exports are lists of kinds, and records what they were. The hash is of the file
 * itself, not of what it imports.
 * @param base folder that relative paths begin at.
 * @throws {SegscapeError} naming the file and what its export lacks, or that it is not the one a run began with.
 */
export async function loadPlugins(
  given: readonly PluginGiven[],
  base: string,
): Promise<{ readonly registry: StudyRegistry; readonly records: readonly PluginRecord[] }> {
  let registry = studyRegistry;
  const records: PluginRecord[] = [];
  for (const plugin of given) {
    const path = resolve(base, typeof plugin === 'string' ? plugin : plugin.path);
    const sha256 = createHash('sha256')
      .update(await contentOf(path))
      .digest('hex');
    if (typeof plugin !== 'string' && plugin.sha256 !== sha256)
      throw new SegscapeError(
        'BAD_OPTION',
        `plug-in '${path}' is not the file that the run began with (SHA-256 ${sha256.slice(0, 12)}…, was ${plugin.sha256.slice(0, 12)}…). Restore it, or begin a new run.`,
        { details: { value: path } },
      );
    registry = withKinds(registry, await kindsOf(path), `plug-in '${path}'`);
    records.push({ path, sha256 });
  }
  return { registry, records };
}

/** The kinds that a run was made with: those of its plug-ins beside the built-in ones. */
export async function registryOf(storage: Storage, folder: string): Promise<StudyRegistry> {
  const { registry } = await loadPlugins(await recorded(storage), folder);
  return registry;
}

async function recorded(storage: Storage): Promise<readonly PluginGiven[]> {
  try {
    const { plugins = [] } = (await openRun(storage)).config as { readonly plugins?: readonly PluginGiven[] };
    return plugins;
  } catch (error) {
    // Whoever opens the run next says better that there is none.
    if (isSegscapeError(error, 'NOT_FOUND')) return [];
    throw error;
  }
}
