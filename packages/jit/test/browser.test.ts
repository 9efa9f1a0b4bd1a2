import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { builtinModules, createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JitOptions, jit } from '@segscape/jit';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '@segscape/testing';
import type { Answer } from './browser/page.js';
import { batch, step } from './browser/step.js';

const ortFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const page = fileURLToPath(new URL('browser/page.ts', import.meta.url));

/** The page's script as an application's bundler makes it. */
async function bundle(external: (string | RegExp)[] = []) {
  const build = await rolldown({
    input: page,
    platform: 'browser',
    external,
    resolve: { conditionNames: ['@segscape/source', 'browser', 'import', 'default'] },
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  return output.flatMap((one) => (one.type === 'chunk' ? [one] : []));
}

test('the bundle holds nothing of Node and nothing of ONNX Runtime', async () => {
  const chunks = await bundle([/^@tensorflow\//]);
  const names = new Set(chunks.map(({ fileName }) => fileName));
  const imports = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]);
  expect(imports.filter((name) => !name.startsWith('@tensorflow/') && !names.has(name))).toEqual([]);
  for (const { code } of chunks) {
    expect(code).not.toMatch(/onnxruntime-node\/|node:|ort-wasm/);
    for (const name of builtinModules) expect(code).not.toMatch(new RegExp(`from ["']${name}["']`));
  }
});

test('what traces and writes ONNX is no part of the page’s own script', async () => {
  const [entry, ...others] = await bundle([/^@tensorflow\//]);
  expect(entry!.isEntry).toBe(true);
  expect(entry!.code).not.toContain('MaxUnpool');
  expect(others.some(({ code }) => code.includes('MaxUnpool'))).toBe(true);
});

const html = (imports: Record<string, string>) =>
  `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script><script type="module" src="/page.js"></script>`;

/** The page with and without an import map, its script, and the files of onnxruntime-web. */
async function serve(): Promise<Server> {
  const scripts = new Map((await bundle()).map(({ fileName, code }) => [`/${fileName}`, code]));
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const send = (type: string, body: string | Uint8Array) =>
      response.writeHead(200, { 'content-type': type }).end(body);
    const script = scripts.get(path);
    if (script !== undefined) return send('text/javascript', script);
    if (path === '/with') return send('text/html', html({ 'onnxruntime-web': '/ort/ort.bundle.min.mjs' }));
    if (path === '/without') return send('text/html', html({}));
    const file = /^\/ort\/([\w.-]+)$/.exec(path)?.[1];
    if (file === undefined || !existsSync(join(ortFolder, file))) return response.writeHead(404).end();
    return send(
      file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
      await readFile(join(ortFolder, file)),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

declare global {
  var run: (options: JitOptions & { module?: string }) => Promise<Answer>;
}

const about = chromiumPath === undefined ? ' (no Chromium here)' : '';

describe.skipIf(chromiumPath === undefined)(`in Chromium${about}`, () => {
  let server: Server;
  let browser: Browser;
  let expected: number[][];

  beforeAll(async () => {
    server = await serve();
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: chromiumArguments({ webgpu: true }),
    });
    const native = jit(step, { executor: 'onnxruntime' });
    const { weights } = await native(batch() as never);
    const result = await native({ ...batch(), weights } as never);
    expected = [result.loss, ...result.weights].map((value) => [...value.dataSync()]);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function inPage(path: string, options: JitOptions & { module?: string }) {
    const { port } = server.address() as AddressInfo;
    const tab = await browser.newPage();
    const requests: string[] = [];
    tab.on('request', (request) => void requests.push(new URL(request.url()).pathname));
    try {
      await tab.goto(`http://127.0.0.1:${port}${path}`);
      await tab.waitForFunction(() => typeof globalThis.run === 'function');
      const answer: Answer = await tab.evaluate((given) => globalThis.run(given), options as never);
      return { answer, requests };
    } finally {
      await tab.close();
    }
  }

  function expectNumbers({ values, error }: Answer, rel: number) {
    expect(error).toBeUndefined();
    for (const [i, got] of values!.entries())
      expect(Float32Array.from(got), `result ${i}`).toBeAllclose(expected[i]!, { abs: rel / 10, rel });
  }

  test("executor 'onnxruntime' gives the numbers of Node on onnxruntime-web", async () => {
    const { answer } = await inPage('/with', { executor: 'onnxruntime' });
    expectNumbers(answer, 1e-5);
    expect(answer.stats).toMatchObject({ executor: 'onnxruntime', programs: 1, cpuNodes: 0 });
  });

  test('the module can be given, and nothing else is fetched', async () => {
    const { answer, requests } = await inPage('/without', {
      executor: 'onnxruntime',
      module: '/ort/ort.wasm.bundle.min.mjs',
    });
    expectNumbers(answer, 1e-5);
    expect(requests).toContain('/ort/ort-wasm-simd-threaded.wasm');
    expect(requests.filter((path) => /jsep|asyncify/.test(path))).toEqual([]);
  });

  test("device 'webgpu'", async () => {
    const { answer } = await inPage('/without', {
      executor: 'onnxruntime',
      device: 'webgpu',
      module: '/ort/ort.webgpu.bundle.min.mjs',
    });
    expectNumbers(answer, 1e-4);
    expect(answer.stats).toMatchObject({ executor: 'onnxruntime', cpuNodes: 0 });
  });

  test("without onnxruntime-web 'onnxruntime' says what to do", async () => {
    const { answer } = await inPage('/without', { executor: 'onnxruntime' });
    expect(answer.error).toBe(
      "jit: 'onnxruntime-web' could not be loaded. Install it and pass runtime: () => import('onnxruntime-web'), or name it in the page's import map; or use executor: 'eager' or 'auto'.",
    );
  });

  test("without onnxruntime-web 'auto' goes eager", async () => {
    const { answer, requests } = await inPage('/without', {});
    expectNumbers(answer, 1e-5);
    expect(answer.stats?.executor).toBe('eager');
    expect(answer.reasons).toEqual([expect.stringContaining("'onnxruntime-web' could not be loaded")]);
    expect(requests.filter((path) => path.startsWith('/ort/'))).toEqual([]);
  });
});
