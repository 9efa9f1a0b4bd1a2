import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * Serves files on this machine only.
 *
 * @param {Readonly<Record<string, string>>} folders by the beginning of their address, the longest first.
 * @param {Readonly<Record<string, string>>} [headers] of every answer. Default none.
 */
export async function serveFolder(folders, headers = {}) {
  const server = createServer(async ({ url }, response) => {
    const path = new URL(url, 'http://localhost').pathname;
    const prefix = Object.keys(folders).find((one) => path.startsWith(one));
    try {
      const file = join(folders[prefix], path.slice(prefix.length));
      const body = await readFile(file);
      response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
