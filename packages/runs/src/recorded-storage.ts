import { assertOption, SegscapeError, type Storage } from '@segscape/core';
import {
  formatManifest,
  formatSums,
  type Manifest,
  manifestPath,
  type Prefix,
  readManifest,
  runFormat,
  sumsPath,
} from './manifest.js';
import { digest, type Growing, growing } from './sha256.js';
import { toBytes } from './storage-path.js';

/** A storage that knows what it holds: what is written is recorded, and what is read is what was written. */
export interface RecordedStorage extends Storage {
  /** What is recorded; undefined for a run from before there were manifests. */
  manifest(): Manifest | undefined;
  /** Brings files that grow back to what is recorded of them: a kill may have left more. */
  cutTails(): Promise<void>;
}

/** How a file compares with what is recorded of it. */
export type Verdict =
  | { readonly sound: true; readonly bytes: Uint8Array }
  | { readonly sound: false; readonly why: string };

/** Compares a file's bytes with the record; of a file that grows, what is recorded counts. */
export async function verify(
  path: string,
  bytes: Uint8Array,
  { finished, growing: prefixes, pending }: Manifest,
): Promise<Verdict> {
  const prefix = prefixes.get(path);
  const known = finished.get(path);
  if (prefix === undefined && known === undefined) return { sound: true, bytes };
  if (prefix !== undefined && bytes.length >= prefix.length) {
    const part = bytes.subarray(0, prefix.length);
    if ((await digest(part)) === prefix.sha256) return { sound: true, bytes: part };
  }
  const hash = await digest(bytes);
  if (hash === known || hash === pending.get(path)) return { sound: true, bytes };
  return {
    sound: false,
    why:
      prefix !== undefined && bytes.length < prefix.length
        ? `it has ${bytes.length} bytes of the ${prefix.length} that were written`
        : 'it is not what was written: its SHA-256 differs',
  };
}

/**
 * Records the hash of every file that is written through it in `manifest.sha256` (finished files) and `manifest.json`
 * (files that grow), and compares what is read with them. The record of a file is written before and after it, so that a kill at
 * any moment leaves files that fit it.
 * @throws {SegscapeError} from `read`: `CORRUPT_FILE` for a file that is not what was written.
 */
export async function recordedStorage(storage: Storage): Promise<RecordedStorage> {
  let manifest = await readManifest(storage);
  const grown = new Map<string, Growing>();
  let queue: Promise<unknown> = Promise.resolve();

  /** Records are one file for all: changes wait for one another. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = queue.then(action, action);
    queue = turn.catch(() => undefined);
    return turn;
  };
  const change = async (changes: Partial<Manifest>) => {
    const before = manifest ?? {
      format: runFormat,
      finished: new Map(),
      growing: new Map(),
      pending: new Map(),
    };
    const next = { ...before, ...changes };
    if (changes.growing || changes.pending || manifest === undefined)
      await storage.write(manifestPath, formatManifest(next));
    if (changes.finished) await storage.write(sumsPath, formatSums(next.finished));
    manifest = next;
  };
  const withEntry = <V>(map: ReadonlyMap<string, V> | undefined, path: string, value: V) =>
    new Map(map).set(path, value);
  const without = <V>(map: ReadonlyMap<string, V> | undefined, path: string) => {
    const rest = new Map(map);
    rest.delete(path);
    return rest;
  };

  /** What was cut off between a file and its record: where the newer file is there, it is recorded before others are pending. */
  const settle = async () => {
    for (const [path, sha256] of manifest?.pending ?? []) {
      if (manifest?.finished.get(path) === sha256 || !(await storage.list('')).includes(path)) continue;
      if ((await digest(await storage.read(path))) === sha256) await finish(path, sha256);
    }
  };

  const finish = async (path: string, sha256: string) => {
    await change({ finished: withEntry(manifest?.finished, path, sha256) });
    if (manifest?.growing.has(path)) await change({ growing: without(manifest.growing, path) });
  };

  const write = async (path: string, content: Uint8Array | string) => {
    const bytes = toBytes(content);
    const sha256 = await digest(bytes);
    await settle();
    await change({ pending: new Map([[path, sha256]]) });
    await storage.write(path, bytes);
    grown.delete(path);
    await finish(path, sha256);
  };

  const append = async (path: string, content: Uint8Array | string) => {
    const bytes = toBytes(content);
    const state = grown.get(path) ?? (await begin(path));
    // What of it a failure has left, the next one cuts off.
    grown.delete(path);
    await storage.append(path, bytes);
    const next = state.add(bytes);
    grown.set(path, next);
    // What was pending of the file when it was last replaced is past.
    await change({
      growing: withEntry(manifest?.growing, path, prefixOf(next)),
      pending: without(manifest?.pending, path),
    });
  };

  /** Makes a file one that grows, recorded as it stands. */
  const begin = async (path: string): Promise<Growing> => {
    const there = (await storage.list('')).includes(path);
    const state = growing(there ? await read(path) : new Uint8Array());
    // A tail that a kill left would come before what is added.
    if (there && (await storage.read(path)).length > state.length)
      await storage.write(path, await read(path));
    await change({ growing: withEntry(manifest?.growing, path, prefixOf(state)) });
    if (manifest?.finished.has(path)) await change({ finished: without(manifest.finished, path) });
    return state;
  };

  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await storage.read(path);
    if (manifest === undefined || path === manifestPath || path === sumsPath) return bytes;
    const verdict = await verify(path, bytes, manifest);
    if (verdict.sound) return verdict.bytes;
    throw new SegscapeError('CORRUPT_FILE', `'${path}' is damaged (${verdict.why}) and was not used.`, {
      details: { path },
    });
  };

  return {
    manifest: () => manifest,
    read: (path) => inTurn(() => read(path)),
    list: (folder) => storage.list(folder),
    write: (path, content) => inTurn(() => write(others(path), content)),
    append: (path, content) => inTurn(() => append(others(path), content)),
    remove: (path) =>
      inTurn(async () => {
        others(path);
        // The record first: a file that nothing is said of is no damage, one that is missing is.
        grown.delete(path);
        if (manifest?.finished.has(path)) await change({ finished: without(manifest.finished, path) });
        if (manifest?.growing.has(path) || manifest?.pending.has(path))
          await change({
            growing: without(manifest.growing, path),
            pending: without(manifest.pending, path),
          });
        await storage.remove(path);
      }),
    cutTails: () =>
      inTurn(async () => {
        for (const path of manifest?.growing.keys() ?? []) {
          if (!(await storage.list('')).includes(path)) continue;
          const [bytes, sound] = [await storage.read(path), await read(path)];
          if (sound.length < bytes.length) await storage.write(path, sound);
        }
      }),
    ...(storage.lock && { lock: storage.lock }),
    ...(storage.free && { free: storage.free }),
  };
}

/** A path of a file that is no manifest: those say what the others are, and are written by themselves. */
function others(path: string): string {
  const must = 'be another file: the manifests are written with the files that they tell of';
  assertOption(path !== manifestPath && path !== sumsPath, 'Storage', 'path', path, must);
  return path;
}

const prefixOf = ({ length, sha256 }: Prefix): Prefix => ({ length, sha256 });
