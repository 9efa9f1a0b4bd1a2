import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** Folders whose files are served under these names. */
const folders = {
  wasm: () => dirname(resolve('@tensorflow/tfjs-backend-wasm')),
  ort: () => dirname(resolve('onnxruntime-web')),
};

const types: Readonly<Record<string, string>> = { wasm: 'application/wasm', mjs: 'text/javascript' };

const importMap = JSON.stringify({ imports: { 'onnxruntime-web': '/ort/ort.wasm.bundle.min.mjs' } });
const html = `<!doctype html><meta charset="utf-8"><script type="importmap">${importMap}</script><script src="/suite.js"></script>`;

/** A page with one script, wasm files and ONNX Runtime, on this machine only; isolated, as threads of wasm want it. */
export async function serve(script: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const code = await readFile(script);
  const server = createServer(async ({ url = '/' }, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    const send = (type: string, body: string | Buffer) => {
      response.setHeader('Content-Type', type);
      response.end(body);
    };
    const [, folder, file, extension] = /^\/(wasm|ort)\/([\w.-]+\.(wasm|mjs))$/.exec(url) ?? [];
    try {
      if (url === '/') send('text/html', html);
      else if (url === '/suite.js') send('text/javascript; charset=utf-8', code);
      else if (file === undefined) response.writeHead(404).end();
      else send(types[extension!]!, await readFile(`${folders[folder as 'wasm' | 'ort']()}/${file}`));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
