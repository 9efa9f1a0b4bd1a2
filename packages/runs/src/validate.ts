import { isSegscapeError, type Storage } from '@segscape/core';
import { parse } from 'yaml';
import { decodeCheckpoint } from './checkpoint.js';
import { parseHistory } from './history.js';
import { type Manifest, manifestPath, readManifest, sumsPath } from './manifest.js';
import { verify } from './recorded-storage.js';
import { countRecords } from './tensorboard.js';

/** A file of a run that cannot be trusted. */
export interface RunProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const begins = (bytes: Uint8Array, signature: readonly number[]) =>
  signature.every((value, i) => bytes[i] === value);

function checkPng(bytes: Uint8Array, path: string): void {
  if (!begins(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    throw new Error(`'${path}' is not a PNG file.`);
  if (!decode(bytes.slice(-8, -4)).startsWith('IEND')) throw new Error(`'${path}' is cut off.`);
}

/** HDF5 says in its superblock (version 0 or 2/3) where the file ends. */
function checkHdf5(bytes: Uint8Array, path: string): void {
  if (!begins(bytes, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]))
    throw new Error(`'${path}' is not an HDF5 file.`);
  const at = bytes[8]! < 2 ? 40 : 28;
  if (bytes.length < at + 8) throw new Error(`'${path}' is cut off.`);
  const end = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true));
  if (end > bytes.length) throw new Error(`'${path}' is cut off: ${bytes.length} of ${end} bytes.`);
}

function checkJson(bytes: Uint8Array, path: string): void {
  try {
    JSON.parse(decode(bytes));
  } catch {
    throw new Error(`'${path}' is not JSON.`);
  }
}

/** What the form of a file tells of damage, whatever was recorded of it. */
function check(path: string, bytes: Uint8Array): void {
  if (path === 'config.yaml') parse(decode(bytes));
  else if (path === 'history.csv') parseHistory(decode(bytes));
  else if (path.endsWith('.safetensors')) decodeCheckpoint(bytes, path);
  else if (path.includes('tfevents')) countRecords(bytes, path);
  else if (path.endsWith('.png')) checkPng(bytes, path);
  else if (path.endsWith('.h5')) checkHdf5(bytes, path);
  else if (path.endsWith('.json')) checkJson(bytes, path);
}

const problemOf = (path: string, error: unknown): RunProblem => ({
  path,
  code: isSegscapeError(error) ? error.code : 'CORRUPT_FILE',
  message: (error as Error).message,
});

/** Of a file that the run's record has, and its folder has not. */
export const missingText = (path: string): string =>
  `'${path}' is missing: it was written, and is no file of this folder any more.`;

/**
 * Reads every file of a run, and looks for every one that should be there.
 * @param storage the run folder.
 * @returns all files that are damaged or missing, with a code and a sentence each; an empty list is a sound run.
 */
export async function validateRun(storage: Storage): Promise<RunProblem[]> {
  const problems: RunProblem[] = [];
  let manifest: Manifest | undefined;
  try {
    manifest = await readManifest(storage);
  } catch (error) {
    const path = (error as { details?: { path?: string } }).details?.path ?? manifestPath;
    problems.push(problemOf(path, error));
  }
  const there = (await storage.list('')).filter((path) => path !== manifestPath && path !== sumsPath);
  if (!there.includes('config.yaml'))
    problems.push({
      path: 'config.yaml',
      code: 'NOT_FOUND',
      message: 'There is no config.yaml, so this is not a run folder.',
    });
  // A file is recorded before its first piece is written.
  const grown = [...(manifest?.growing ?? [])].filter(([, { length }]) => length > 0);
  const recorded = [...(manifest?.finished.keys() ?? []), ...grown.map(([path]) => path)];
  for (const path of new Set(recorded))
    if (path !== 'config.yaml' && !there.includes(path))
      problems.push({
        path,
        code: 'NOT_FOUND',
        message: missingText(path),
      });
  for (const path of there)
    try {
      const bytes = await storage.read(path);
      const verdict = manifest && (await verify(path, bytes, manifest));
      if (verdict?.sound === false)
        problems.push({ path, code: 'CORRUPT_FILE', message: `'${path}' is damaged: ${verdict.why}.` });
      else check(path, verdict?.bytes ?? bytes);
    } catch (error) {
      problems.push(problemOf(path, error));
    }
  return problems;
}
