import { execFile } from 'node:child_process';
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
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
}

/** When a process began; undefined where it is gone, empty where the system does not tell. */
async function beginOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform === 'linux')
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name, in brackets, may hold blanks; field 22 counts from before it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended: only its parent has yet to hear of it.
      return fields[0] === 'Z' ? undefined : fields[19]!;
    } catch {
      return undefined;
    }
  if (process.platform === 'win32') return '';
  return promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    // Torn by a kill while it was taken: nobody holds it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isAlive = async ({ pid, host, began }: Holder) => host !== hostname() || (await beginOf(pid)) === began;

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
  };
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx' });
      return async () => {
        const holder = await holderOf(path);
        if (holder?.pid === own.pid && holder.since === own.since) await unlink(path).catch(() => undefined);
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        // A full disk takes the name and not the contents.
        await unlink(path).catch(() => undefined);
        throw error;
      }
    }
    const holder = await holderOf(path);
    if (holder !== undefined && (await isAlive(holder))) throw taken(folder, path, holder);
    await unlink(path).catch(() => undefined);
  }
  throw taken(folder, path, (await holderOf(path)) ?? own);
}

function taken(folder: string, path: string, { pid, host, since }: Holder): SegscapeError {
  const who = pid === process.pid && host === hostname() ? 'this very process' : `process ${pid} on ${host}`;
  return new SegscapeError(
    'NOT_WRITABLE',
    `'${folder}' is being written to by ${who}, since ${since}. Two writers would mix their results: wait until it ends, or stop it. If it is gone for certain, remove '${path}'.`,
    { details: { pid, host, since, path } },
  );
}
