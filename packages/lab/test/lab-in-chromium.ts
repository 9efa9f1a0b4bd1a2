import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { servedLab } from './built-lab.js';

export { absent, builtFile } from './built-lab.js';

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
  /** Ends a server of one's own; the browser stays. */
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

export interface LabOptions {
  /** A server that the test may stop. Default: that of all tests. */
  readonly ownServer?: boolean;
  /** What a server of its own says beside each file. Default nothing. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The built lab on this machine, in a profile of its own. */
export async function openLab({ headers, ownServer = headers !== undefined }: LabOptions = {}): Promise<Lab> {
  const shared = inject('lab')!;
  const own = ownServer ? await servedLab(headers) : undefined;
  const url = own?.url ?? shared.url;
  const browser = await chromium.connect(shared.browser);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
  });
  // A busy machine is not a fault.
  context.setDefaultTimeout(120_000);
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
  const page = watch(await context.newPage());
  let stopped = own === undefined;
  const stopServer = async () => {
    if (stopped) return;
    stopped = true;
    await own?.close();
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
      await browser.close();
      await stopServer();
    },
  };
}

/** Text of a file of a run, from the browser's private file system. */
export const fileOfRun = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (parts) => {
    let folder = await navigator.storage.getDirectory();
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
    return (await (await folder.getFileHandle(parts.at(-1)!)).getFile()).text();
  }, `segscape-runs/${path}`.split('/'));

/** What a click hands to the visitor as a file. */
export async function taken(
  page: Page,
  button: string | RegExp,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 120_000 }),
    page.getByRole('button', { name: button }).first().click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return { name: download.suggestedFilename(), bytes: new Uint8Array(Buffer.concat(chunks)) };
}
