import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileIn, filesBelow, partsOf, typeOf } from './known-files.js';
import { always, hostsOf } from './this-machine.js';

/** A run folder that is served read-only under `/run/`. */
export interface ServedRun {
  readonly name: string;
  readonly folder: string;
}

export interface LabServer {
  readonly server: Server;
  /** Whom the server answers: names that lead to this machine alone. */
  allow(port: number): void;
}

/** The policy that the page was built with, for its workers too, which take theirs from the answer. */
async function policyOf(app: string): Promise<string> {
  const page = await readFile(join(app, 'index.html'), 'utf8');
  const [, policy = "default-src 'self'"] =
    /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  return policy.replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...always, 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${message}\n`);
}

/**
 * The built lab, and a run folder beside it, for this machine alone: only GET and HEAD, only files, no list of a folder,
 * no path out of the two folders, and only for requests that name this machine as their host (a page of another site that
 * had its own name lead here is refused).
 */
export async function labServer(app: string, run?: ServedRun): Promise<LabServer> {
  const policy = await policyOf(app);
  const known = new Set(await filesBelow(app));
  let hosts: ReadonlySet<string> = new Set();

  async function found(
    parts: readonly string[],
  ): Promise<{ file: string; headers: Record<string, string> } | undefined> {
    if (run && parts[0] === 'run' && parts.length > 1) {
      const file = await fileIn(run.folder, parts.slice(1));
      // Bytes for the lab to read; a page among them is never run.
      const headers = {
        'Content-Type': 'application/octet-stream',
        'Content-Security-Policy': 'sandbox',
        'Cache-Control': 'no-store',
      };
      return file === undefined ? undefined : { file, headers };
    }
    const path = parts.join('/') || 'index.html';
    if (!known.has(path)) return undefined;
    // Names of assets change with their content.
    const cache = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const headers = {
      'Content-Type': typeOf(path),
      'Content-Security-Policy': policy,
      'Cache-Control': cache,
    };
    return { file: join(app, path), headers };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hosts.has(request.headers.host ?? ''))
      return refuse(response, 421, 'The lab answers only to the address that it was started with.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'The lab is only read.', { Allow: 'GET, HEAD' });
    const parts = partsOf(request.url ?? '');
    if (parts === undefined) return refuse(response, 400, 'That is no path of the lab.');
    if (run && parts.length === 1 && parts[0] === 'run.json') {
      const body = JSON.stringify({ name: run.name, files: await filesBelow(run.folder) });
      response.writeHead(200, { ...always, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    const target = await found(parts);
    if (target === undefined) return refuse(response, 404, 'There is no such file in the lab.');
    response.writeHead(200, { ...always, ...target.headers });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(target.file), response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      // The visitor has gone, or a file went while it was read.
      response.destroy();
    });
  });
  return {
    server,
    allow: (port) => {
      hosts = hostsOf(port);
    },
  };
}
