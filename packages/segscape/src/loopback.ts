import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { always, hostsOf } from './lab/this-machine.js';

/** What is answered. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Default plain text. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server for this machine alone. */
export interface Loopback {
  readonly address: string;
  /** Keeps it up until Ctrl-C, SIGTERM or a closed terminal. */
  untilStopped(): Promise<void>;
  close(): void;
}

/**
 * Serves what is only read, to this machine alone: a request for another host's name is refused.
 * @param what is served, in words.
 * @param reply to a path and its query.
 */
export async function loopback(what: string, reply: (url: URL) => Promise<Reply>): Promise<Loopback> {
  let hosts: ReadonlySet<string> = new Set();
  const replyTo = async ({ headers, method, url = '/' }: IncomingMessage): Promise<Reply> => {
    if (!hosts.has(headers.host ?? ''))
      return { status: 421, text: `The ${what} answers only to the address that it was started with.\n` };
    if (method !== 'GET' && method !== 'HEAD')
      return { status: 405, text: `The ${what} is only read.\n`, headers: { Allow: 'GET, HEAD' } };
    return reply(new URL(url, 'http://127.0.0.1'));
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, text, type = 'text/plain', headers } = await replyTo(request);
    response.writeHead(status, { ...always, 'Content-Type': `${type}; charset=utf-8`, ...headers });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
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
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, close);
      await once(server, 'close');
    },
    close,
  };
}
