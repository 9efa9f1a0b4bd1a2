import { launchChromium } from '../chromium.js';
import { Inbox } from './inbox.js';
import type { SuiteMessage, SuiteRequest } from './protocol.js';
import { serve } from './site.js';

const decoded = (json: string): SuiteMessage =>
  JSON.parse(json, (_, value: { float64?: string } | null) => {
    if (typeof value?.float64 !== 'string') return value;
    const bytes = Uint8Array.from(Buffer.from(value.float64, 'base64'));
    return new Float64Array(bytes.buffer);
  }) as SuiteMessage;

/** Runs a request in a page of headless Chromium, or in a Web Worker of it. Ends early when the page crashes. */
export async function* inChromium(
  script: string,
  request: SuiteRequest,
  inWorker: boolean,
): AsyncGenerator<SuiteMessage> {
  const site = await serve(script);
  const browser = await launchChromium({ webgpu: request.backend === 'webgpu' });
  const inbox = new Inbox<SuiteMessage>();
  try {
    const page = await browser.newPage();
    page.on('crash', () => inbox.fail(new Error('the page crashed')));
    page.on('pageerror', ({ message }) => inbox.fail(new Error(message)));
    browser.on('disconnected', () => inbox.fail(new Error('Chromium ended')));
    await page.exposeFunction('tellRunner', (json: string) => inbox.put(decoded(json)));
    await page.goto(site.url);
    const order: SuiteRequest = { ...request, wasmPath: `${site.url}wasm/` };
    page
      .evaluate(([asked, worker]) => globalThis.startSuite(asked, worker), [order, inWorker] as const)
      .catch((error: unknown) => inbox.fail(error as Error));
    yield* inbox;
  } finally {
    await browser.close();
    await site.close();
  }
}
