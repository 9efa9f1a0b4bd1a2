import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SegscapeError } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import { fileIn } from '../lab/known-files.js';
import { labServer, type ServedRun } from '../lab/lab-server.js';

/** The address matters: what a browser keeps for the lab, it keeps by it. */
const usualPort = 4747;

/** The lab's own files, copied beside the command line when it was built. */
const app = fileURLToPath(new URL('./lab/', import.meta.url));

async function runOf(folder: string): Promise<ServedRun> {
  const whole = resolve(folder);
  await openRun(fsStorage(whole)); // a folder that is no run is told of here
  return { name: basename(whole), folder: whole };
}

const listens = (server: Server, port: number) =>
  new Promise<boolean>((done, failed) => {
    const taken = (error: NodeJS.ErrnoException) => {
      server.off('listening', ready);
      if (error.code === 'EADDRINUSE') done(false);
      else failed(error);
    };
    const ready = () => {
      server.off('error', taken);
      done(true);
    };
    server.once('error', taken).once('listening', ready);
    server.listen(port, '127.0.0.1');
  });

/** Begins to listen at the port, or where none was asked for and the usual one is taken, at any. */
async function listening(server: Server, asked: number | undefined): Promise<number> {
  if (!(await listens(server, asked ?? usualPort))) {
    if (asked !== undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `lab: port ${asked} is taken by another program. End it, or choose another port with --port.`,
        { details: { option: 'port', value: asked } },
      );
    process.stderr.write(
      `Port ${usualPort} is taken, so runs that a browser keeps for it are not shown here.\n`,
    );
    await listens(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

/** `segscape lab`: serves the browser app on this machine alone, with a run folder to look at, until Ctrl-C. */
export async function lab(folder: string | undefined, { port: asked }: { port?: number }): Promise<number> {
  if ((await fileIn(app, ['index.html'])) === undefined)
    throw new SegscapeError(
      'NOT_FOUND',
      "lab: this copy of segscape was built without the lab. Build both: 'pnpm build' in the repository.",
    );
  const run = folder === undefined ? undefined : await runOf(folder);
  const { server, allow } = await labServer(app, run);
  const port = await listening(server, asked);
  allow(port);
  process.stdout.write(
    `The lab is at http://127.0.0.1:${port}/${run ? '#/look?served' : ''}\nIt computes in your browser; nothing is uploaded. Ctrl-C ends it.\n`,
  );
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  await once(server, 'close');
  return 0;
}
