import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { type PreviewServer, preview } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Why these tests cannot run here, or nothing. */
export const absent =
  chromiumPath === undefined
    ? ' (skipped: no Chromium found; set CHROMIUM_PATH)'
    : existsSync(join(root, 'dist/index.html'))
      ? undefined
      : ' (skipped: the lab is not built; pnpm --filter @segscape/lab build)';

export interface Lab {
  readonly url: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of any page: exceptions, console errors, violations of the content policy. */
  readonly errors: string[];
  /** Addresses that were asked for. */
  readonly requests: string[];
  /** Follows what another page says, too. */
  watch(page: Page): Page;
  /** Ends the server; the browser stays. */
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

/** The built lab on this machine, in a Chromium with a profile of its own. */
export async function openLab({ width = 1280, height = 900 } = {}): Promise<Lab> {
  const server: PreviewServer = await preview({
    root,
    logLevel: 'silent',
    preview: { host: '127.0.0.1', port: 0, strictPort: false },
  });
  const url = server.resolvedUrls!.local[0]!;
  const profile = mkdtempSync(join(tmpdir(), 'segscape-lab-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath!,
    args: chromiumArguments(),
    viewport: { width, height },
    acceptDownloads: true,
  });
  const errors: string[] = [];
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  const watch = (page: Page): Page => {
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    // A worker's own violations are no console errors of the page.
    page.on('worker', (worker) => {
      const told = () =>
        addEventListener(
          'securitypolicyviolation',
          ({ violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber }) =>
            console.error(
              `policy: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}:${columnNumber}`,
            ),
        );
      worker.evaluate(told).catch(() => undefined); // it ended before it could be asked
    });
    return page;
  };
  const page = watch(context.pages()[0] ?? (await context.newPage()));
  let stopped = false;
  const stopServer = async () => {
    if (stopped) return;
    stopped = true;
    await server.close();
  };
  return {
    url,
    context,
    page,
    errors,
    requests,
    watch,
    stopServer,
    async close() {
      await context.close();
      await stopServer();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A file of the built lab. */
export const builtFile = (path: string): string => join(root, 'dist', path === '/' ? 'index.html' : path);

/** Text of a file of a run, from the browser's private file system. */
export const fileOfRun = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (parts) => {
    let folder = await navigator.storage.getDirectory();
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
    return (await (await folder.getFileHandle(parts.at(-1)!)).getFile()).text();
  }, `segscape-runs/${path}`.split('/'));
