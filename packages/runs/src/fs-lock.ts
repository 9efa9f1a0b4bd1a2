import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SegscapeError } from '@segscape/core';

/** Not listed with the files of the folder. */
export const lockName = '.segscape-lock';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the system's own words: a process id is used again. */
  readonly began: string;
  /** ISO 8601, for people. */
  readonly since: string;
  /** Of this lock alone; those of earlier versions have none. */
  readonly key?: string;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** When a process began; undefined where it is gone, empty where the system does not tell. */
async function beginOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return undefined;
  }
  if (process.platform === 'linux')
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name, in brackets, may hold blanks; field 22 counts from before it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended: only its parent has yet to hear of it.
      return fields[0] === 'Z' ? undefined : fields[19]!;
    } catch {
      return ''; // of another user, where /proc hides those
    }
  if (process.platform === 'win32') return '';
  // In one language and zone: two processes with others of them would read two times.
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

/** What a lock says, where there is one. */
const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });

/** Nobody holds a lock that a power cut has torn. */
function holderIn(text: string | undefined): Holder | undefined {
  try {
    const holder = JSON.parse(text ?? '') as Holder | null;
    return Number.isInteger(holder?.pid) ? holder! : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, host, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  const now = await beginOf(pid);
  // Where the system does not tell, then or now, a process of that number is taken for the holder.
  return now !== undefined && (now === '' || began === '' || now === began);
}

/** A name beside the lock that no other process has, and that no list of the folder shows. */
const besides = (path: string) => `${path}.${randomUUID()}.partial`;

/**
 * Makes the lock with what it says at once, as a second name of a file that is whole: made and then filled, it could be read empty in between
 * and be taken for torn. Where the file system has no second names it is made first.
 * @returns whether it was not there before.
 */
async function made(path: string, text: string): Promise<boolean> {
  const whole = besides(path);
  try {
    await writeFile(whole, text);
    await link(whole, path).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      return filled(path, text);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(whole).catch(() => undefined);
  }
}

const filled = (path: string, text: string) =>
  writeFile(path, text, { flag: 'wx' }).catch(async (error: unknown) => {
    // A full disk takes the name and not the contents.
    if (codeOf(error) !== 'EEXIST') await unlink(path).catch(() => undefined);
    throw error;
  });

/** Milliseconds after which each of several that put their lock in the place of an old one sees whose has stayed. */
const settled = 50;

/**
 * Puts a lock in the place of one that is nobody's. Of several that do so at once the last one's stays.
 * @returns whether it is this one.
 */
async function replaced(path: string, old: string, text: string): Promise<boolean> {
  const whole = besides(path);
  try {
    await writeFile(whole, text);
    if ((await textOf(path)) !== old) return false;
    await rename(whole, path);
  } finally {
    await unlink(whole).catch(() => undefined);
  }
  await setTimeout(settled);
  return (await textOf(path)) === text;
}

/**
 * Takes a folder for this process alone, until the result is called. A lock whose process is gone, killed even, is
 * nobody's; its number may belong to another process by then, so when it began counts, too.
 * @throws {SegscapeError} `NOT_WRITABLE`, naming the process that holds it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockName);
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    began: (await beginOf(process.pid)) ?? '',
    since: new Date().toISOString(),
    key: randomUUID(),
  };
  const said = JSON.stringify(own);
  const release = async () => {
    if ((await textOf(path)) === said) await unlink(path).catch(() => undefined);
  };
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await made(path, said)) return release;
    const text = await textOf(path);
    if (text === undefined) continue; // let go in between
    const holder = holderIn(text);
    if (holder !== undefined && (await isAlive(holder))) throw taken(folder, path, holder);
    if (await replaced(path, text, said)) return release;
  }
  throw taken(folder, path, holderIn(await textOf(path)) ?? own);
}

function taken(folder: string, path: string, { pid, host, since }: Holder): SegscapeError {
  const who = pid === process.pid && host === hostname() ? 'this very process' : `process ${pid} on ${host}`;
  return new SegscapeError(
    'NOT_WRITABLE',
    `'${folder}' is being written to by ${who}, since ${since}. Two writers would mix their results: wait until it ends, or stop it. If it is gone for certain, remove '${path}'.`,
    { details: { pid, host, since, path } },
  );
}
