import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { chromiumPath } from '@segscape/testing/chromium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeApplication } from '../scripts/bundlers/application.mjs';
import { builtCode, bundlers, serveWithVite } from '../scripts/bundlers/bundlers.mjs';
import { serveFolder } from '../scripts/bundlers/serve.mjs';
import { launchChromium } from '../src/chromium.js';

/** Beside the checkout, where nothing is found that an application did not install. */
const folder = mkdtempSync(`${tmpdir()}/segscape-application-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `useBackend` of the page gives or says. */
async function tried(url: string, ...args: unknown[]): Promise<string> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${url}built.html`);
    await page.waitForFunction(() => 'start' in globalThis);
    return await page.evaluate((given) => (globalThis as unknown as Page).start(...given), args);
  } finally {
    await browser.close();
  }
}

interface Page {
  start(...args: readonly unknown[]): Promise<string>;
}

describe('a page with train, landscape and study, where of the backends only WebGL is installed', () => {
  const root = `${folder}/webgl`;
  beforeAll(() => makeApplication(root, ['@tensorflow/tfjs-backend-webgl']));

  test.each(Object.keys(bundlers) as (keyof typeof bundlers)[])('is built by %s', async (name) => {
    await bundlers[name](root);
    const code = await builtCode(root);
    expect(code.length).toBeGreaterThan(1e6);
    // Nothing of Node, and of what is not there nothing that the page would ask for when it starts.
    const asked = [...code.matchAll(/^\s*(?:import|export)[^'"();]*?from\s*["']([^"'.][^"']*)["']/gm)];
    expect(asked.map(([, specifier]) => specifier)).toEqual([]);
    expect(code.match(/(?:import|require)\(\s*["'`](?:node:|onnxruntime-node)[^)]*\)/g)).toBeNull();
  });

  test('is served by Vite while it is written, every module of it', async () => {
    const { modules, failed } = await serveWithVite(root);
    expect(failed).toEqual([]);
    expect(modules).toContain('/main.js');
    expect(modules.length).toBeGreaterThan(5);
  });

  test.skipIf(chromiumPath === undefined)(
    'trains on WebGL, and says of wasm that it is missing',
    async () => {
      await bundlers.esbuild(root);
      const server = await serveFolder({ '/': root });
      try {
        expect(await tried(server.url, 'webgl')).toBe('webgl');
        expect(await tried(server.url, 'wasm')).toMatch(
          /^useBackend: 'wasm' is not available here \(.*@tensorflow\/tfjs-backend-wasm.*\)\. To have it: npm install @tensorflow\/tfjs-backend-wasm\. Others here: webgpu, webgl, cpu\.$/,
        );
      } finally {
        await server.close();
      }
    },
  );
});

describe('wasm under a bundler', () => {
  const root = `${folder}/wasm`;
  const files = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  beforeAll(async () => {
    await makeApplication(root, ['@tensorflow/tfjs-backend-wasm']);
    await bundlers.esbuild(root);
  });

  test.skipIf(chromiumPath === undefined)(
    'takes its files from wasmPath, and says so where they are not beside the script',
    async () => {
      const server = await serveFolder({ '/wasm/': files, '/': root });
      try {
        expect(await tried(server.url, 'wasm', { wasmPath: '/wasm/', threads: 1 })).toBe('wasm');
        expect(await tried(server.url, 'wasm')).toBe(
          "useBackend: 'wasm' is not available here (its .wasm files were not found, or could not be read). To have it: serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist, and give their folder as wasmPath. Others here: webgpu, webgl, cpu.",
        );
      } finally {
        await server.close();
      }
    },
  );
});
