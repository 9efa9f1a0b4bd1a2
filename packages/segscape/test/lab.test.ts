import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Started, segscape, start, workFolder } from './cli.js';

const built = existsSync(fileURLToPath(new URL('../dist/lab/index.html', import.meta.url)));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as it stands: clients would tidy the path and the host. */
const ask = (port: number, path: string, { method = 'GET', host = `127.0.0.1:${port}` } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

test('the package holds the built lab (pnpm --filter @segscape/lab build, then this package’s)', () => {
  expect(built).toBe(true);
});

describe.skipIf(!built)('segscape lab RUN', () => {
  const cwd = workFolder();
  const folder = join(cwd, 'my run');
  let port: number;
  let lab: Started;

  beforeAll(async () => {
    const run = await createRun(fsStorage(folder), { losses: ['dice'] });
    await run.storage.write('notes/über 1.txt', 'text');
    writeFileSync(join(cwd, 'secret.txt'), 'not of the run');
    symlinkSync(join(cwd, 'secret.txt'), join(folder, 'link.txt'));
    port = await freePort();
    lab = start(cwd, 'lab', 'my run', '--port', String(port));
    await lab.seen(/Ctrl-C ends it/);
  });
  afterAll(() => lab?.process.kill('SIGKILL'));

  test('serves the page with its policy, and its files', async () => {
    const page = await ask(port, '/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = page.headers['content-security-policy'] ?? '';
    expect(page.body.replaceAll('&#39;', "'")).toContain(`content="${policy}"`);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    const [, script] = /src="\.(\/assets\/[^"]+\.js)"/.exec(page.body) ?? [];
    const asset = await ask(port, script!);
    expect([asset.status, asset.headers['content-type'], asset.headers['x-content-type-options']]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'nosniff',
    ]);
  });
  test('names the run and its files, and serves them as bytes', async () => {
    const { name, files } = JSON.parse((await ask(port, '/run.json')).body);
    expect(name).toBe('my run');
    expect(files).toContain('notes/über 1.txt');
    const file = await ask(port, `/run/notes/${encodeURIComponent('über 1.txt')}`);
    expect([
      file.status,
      file.body,
      file.headers['content-type'],
      file.headers['content-security-policy'],
    ]).toEqual([200, 'text', 'application/octet-stream', 'sandbox']);
  });
  test.each([
    '/run',
    '/run/',
    '/run/notes',
    '/run/notes/',
    '/assets/',
    '/run/link.txt',
    '/nothing.js',
    '/run//etc/passwd',
  ])('%s is no file of the lab', async (path) => {
    const { status, body } = await ask(port, path);
    expect([status, body]).toEqual([404, 'There is no such file in the lab.\n']);
  });
  test.each([
    '/../secret.txt',
    '/run/../../secret.txt',
    '/run/..%2f..%2fsecret.txt',
    '/run/%2e%2e/secret.txt',
    '/run/..\\secret.txt',
    '/%00',
    '/%zz',
    'http://elsewhere/',
  ])('%s is no path of the lab', async (path) => {
    const { status, body } = await ask(port, path);
    expect([status, body]).toEqual([400, 'That is no path of the lab.\n']);
  });
  test.each(['evil.example', 'evil.example:80', '127.0.0.1'])(
    'a request for the host %j is refused',
    async (host) => {
      const { status } = await ask(port, '/', { host });
      expect([400, 421]).toContain(status);
    },
  );
  test('localhost is this machine, too', async () => {
    expect((await ask(port, '/', { host: `localhost:${port}` })).status).toBe(200);
  });
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
    const { status, headers } = await ask(port, '/', { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });
  test('HEAD tells the headers without the page', async () => {
    const { status, body } = await ask(port, '/', { method: 'HEAD' });
    expect([status, body]).toEqual([200, '']);
  });
  test('a port that is taken is told of', async () => {
    const { code, err } = await segscape(cwd, 'lab', '--port', String(port));
    expect(code).toBe(1);
    expect(err).toContain(
      `lab: port ${port} is taken by another program. End it, or choose another port with --port.`,
    );
  });
  test('Ctrl-C ends it quietly', async () => {
    lab.process.kill('SIGINT');
    const { code, signal, err, out } = await lab.ended;
    expect([code, signal, err]).toEqual([0, null, '']);
    expect(out).toContain(`http://127.0.0.1:${port}/#/look?served`);
  });
});

test('a folder that is no run is told of before anything is served', async () => {
  const cwd = workFolder();
  mkdirSync(join(cwd, 'empty'));
  const { code, err } = await segscape(cwd, 'lab', 'empty');
  expect(code).toBe(1);
  expect(err).toMatch(built ? /there is no config\.yaml here/ : /built without the lab/);
});
