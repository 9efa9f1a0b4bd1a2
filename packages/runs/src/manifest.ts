import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';

/** The hashes of finished files, as `sha256sum -c` reads them. */
export const sumsPath = 'manifest.sha256';
/** The form of the run, and what files that grow held when they were last written. */
export const manifestPath = 'manifest.json';

/** The form in which this version writes runs; one of a higher number is refused by name. */
export const runFormat = 1;

/** A part from the start of a file, which what is added later does not change. */
export interface Prefix {
  readonly length: number;
  readonly sha256: string;
}

/** What a run folder says of its own files. */
export interface Manifest {
  readonly format: number;
  /** SHA-256 of finished files, by path. */
  readonly finished: ReadonlyMap<string, string>;
  /** Files that grow: what is recorded of them. A longer file was cut off in the middle of its growth. */
  readonly growing: ReadonlyMap<string, Prefix>;
  /** Hashes of files that were being written: a kill leaves the old one or this. */
  readonly pending: ReadonlyMap<string, string>;
}

/** Whether a file was written whole or in part, so that its folder must hold it. */
export const isRecorded = (manifest: Manifest | undefined, path: string): boolean =>
  manifest !== undefined && (manifest.finished.has(path) || (manifest.growing.get(path)?.length ?? 0) > 0);

const corrupt = (path: string, why: string, cause?: unknown) =>
  new SegscapeError(
    'CORRUPT_FILE',
    `'${path}' is damaged (${why}), so the other files of the run cannot be checked. Restore it from a copy, or begin a new run.`,
    { details: { path }, cause },
  );

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

const sorted = <V>(map: ReadonlyMap<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** A line of `sha256sum`; names with a backslash or a line break are written as it writes them. */
export function formatSums(finished: ReadonlyMap<string, string>): string {
  return sorted(finished)
    .map(([path, hash]) => {
      const odd = /[\\\n\r]/.test(path);
      const name = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
      return `${odd ? '\\' : ''}${hash}  ${name}\n`;
    })
    .join('');
}

/** @throws {SegscapeError} `CORRUPT_FILE`, naming the line. */
function parseSums(text: string): Map<string, string> {
  const finished = new Map<string, string>();
  if (text !== '' && !text.endsWith('\n')) throw corrupt(sumsPath, 'its last line is cut off');
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const [, odd, hash, name] = /^(\\?)([0-9a-f]{64}) [ *](.+)$/s.exec(line) ?? [];
    if (hash === undefined || name === undefined)
      throw corrupt(sumsPath, `line ${index + 1} is not a hash and a name`);
    const path = odd
      ? name.replace(/\\([\\nr])/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : '\\'))
      : name;
    if (finished.has(path)) throw corrupt(sumsPath, `line ${index + 1} names '${path}' again`);
    finished.set(path, hash);
  }
  return finished;
}

export function formatManifest({ format, growing, pending }: Omit<Manifest, 'finished'>): string {
  const records = {
    growing: Object.fromEntries(sorted(growing)),
    pending: Object.fromEntries(sorted(pending)),
  };
  return `${JSON.stringify({ format, ...records }, null, 1)}\n`;
}

/**
 * @throws {SegscapeError} `CORRUPT_FILE`; `UNSUPPORTED_FORMAT` for a run that a later version made.
 */
function parseManifest(text: string): Omit<Manifest, 'finished'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(manifestPath, 'not JSON', cause);
  }
  const { format, growing, pending } = (value ?? {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(format) || (format as number) < 1)
    throw corrupt(manifestPath, 'it has no format number');
  if ((format as number) > runFormat)
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `${manifestPath}: this run has format ${String(format)}, and this version of SegScape knows formats up to ${runFormat}. Update SegScape to open it.`,
      { details: { format, known: runFormat } },
    );
  const entries = (record: unknown, what: string): [string, unknown][] => {
    if (typeof record !== 'object' || record === null || Array.isArray(record))
      throw corrupt(manifestPath, `'${what}' is not an object`);
    return Object.entries(record);
  };
  const prefixes = entries(growing, 'growing').map(([path, given]): [string, Prefix] => {
    const { length, sha256 } = (given ?? {}) as Partial<Prefix>;
    if (!Number.isSafeInteger(length) || (length as number) < 0 || !isHash(sha256))
      throw corrupt(manifestPath, `the record of '${path}' is not a length and a hash`);
    return [path, { length: length as number, sha256 }];
  });
  const hashes = entries(pending, 'pending').map(([path, hash]): [string, string] => {
    if (!isHash(hash)) throw corrupt(manifestPath, `the record of '${path}' is not a hash`);
    return [path, hash];
  });
  return { format: format as number, growing: new Map(prefixes), pending: new Map(hashes) };
}

const textOf = async (storage: Storage, path: string): Promise<string | undefined> => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await storage.read(path));
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    if (error instanceof TypeError) throw corrupt(path, 'not text', error);
    throw error;
  }
};

/**
 * What a run folder says of its files; undefined for a run from before there were manifests, which says nothing.
 * @throws {SegscapeError} `CORRUPT_FILE`, `UNSUPPORTED_FORMAT`.
 */
export async function readManifest(storage: Storage): Promise<Manifest | undefined> {
  const [json, sums] = [await textOf(storage, manifestPath), await textOf(storage, sumsPath)];
  if (json === undefined && sums === undefined) return undefined;
  if (json === undefined) throw corrupt(manifestPath, 'it is missing');
  const records = parseManifest(json);
  // The first write of a run records the format alone.
  if (sums === undefined && records.growing.size > 0) throw corrupt(sumsPath, 'it is missing');
  // A run's config is finished before anything grows.
  if (sums === '' && records.growing.size > 0) throw corrupt(sumsPath, 'it is empty');
  return { ...records, finished: parseSums(sums ?? '') };
}
