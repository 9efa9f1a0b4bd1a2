import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Storage } from '@segscape/core';
import { reportHtml } from '@segscape/report';
import { always, hostsOf } from './lab/this-machine.js';

export interface Watch {
  readonly address: string;
  /** Keeps the last report up until Ctrl-C, where it may be read in peace. */
  untilStopped(): Promise<void>;
  close(): void;
}

/** Seconds after which the page is loaded anew: while there is none yet, and while it grows. */
const soon = 2;
const later = 15;

/**
 * The report of a run that is under way, as it is now, for this machine alone: one page, loaded anew every quarter of a minute.
 * A request for another host's name is refused.
 */
export async function watched(storage: Storage): Promise<Watch> {
  let hosts: ReadonlySet<string> = new Set();
  let page: string | undefined;
  let making: Promise<void> | undefined;
  let ended = false;

  /** The page from what the folder holds; one that is just being written to is read a moment later. */
  const make = async () => {
    try {
      page = await reportHtml(storage);
    } catch {
      // The one before is still true of what was there.
    }
  };
  async function answer({ headers, method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, text: string, more: Record<string, string> = {}) => {
      response.writeHead(status, { ...always, 'Content-Type': 'text/plain; charset=utf-8', ...more });
      response.end(`${text}\n`);
    };
    if (!hosts.has(headers.host ?? ''))
      return say(421, 'The report answers only to the address that it was started with.');
    if (method !== 'GET' && method !== 'HEAD')
      return say(405, 'The report is only read.', { Allow: 'GET, HEAD' });
    if (url !== '/') return say(404, 'There is only the report, at /.');
    making ??= make().finally(() => {
      making = undefined;
    });
    await making;
    if (page === undefined)
      return say(503, 'The run has not come to its first report.', { Refresh: String(soon) });
    response.writeHead(200, {
      ...always,
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(!ended && { Refresh: String(later) }),
    });
    response.end(method === 'HEAD' ? undefined : page);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  hosts = hostsOf(port);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    address: `http://127.0.0.1:${port}/`,
    async untilStopped() {
      ended = true;
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, close);
      await once(server, 'close');
    },
    close,
  };
}
