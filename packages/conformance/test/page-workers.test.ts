import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from '@segscape/testing/chromium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveFolder } from '../scripts/bundlers/serve.mjs';
import { buildPageWorkers } from '../scripts/page-workers/build.mjs';
import { launchChromium } from '../src/chromium.js';

interface Page {
  compare(workers: number): Promise<{ own: number[]; theirs: number[]; shared: boolean }>;
}

const folder = mkdtempSync(join(tmpdir(), 'segscape-page-workers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(chromiumPath === undefined)(
  'surfaces drawn by the web workers of a page, in Chromium',
  () => {
    beforeAll(() => buildPageWorkers(folder));

    test.each([
      [
        'shared memory',
        { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
      ],
      ['addresses of blobs', {}],
    ] as const)('have the bits of those drawn in the page itself, by %s', async (by, headers) => {
      const server = await serveFolder({ '/': folder }, headers);
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(String(error)));
        await page.goto(`${server.url}index.html`);
        await page.waitForFunction(() => 'compare' in globalThis);
        for (const workers of [1, 3]) {
          const seen = await page.evaluate(
            (count) => (globalThis as unknown as Page).compare(count),
            workers,
          );
          expect(seen.shared).toBe(by === 'shared memory');
          expect(seen.own).toHaveLength(35);
          expect(new Set(seen.own).size).toBeGreaterThan(30);
          expect(seen.theirs).toEqual(seen.own);
        }
        expect(errors).toEqual([]);
      } finally {
        await browser.close();
        await server.close();
      }
    });
  },
);
