import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { hostileRun, hostileTexts } from './hostile-run.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';

interface Seen {
  readonly violations: string[];
  readonly ran: number;
}

describe.skipIf(chromiumPath === undefined)(`reports of hostile runs in Chromium${about}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-hostile-'));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    context = await browser.newContext({ viewport: { width: 1100, height: 800 } });
    await context.addInitScript(() => {
      const seen = { violations: [] as string[], ran: 0 };
      Object.defineProperty(globalThis, 'seen', { value: seen });
      // What every hostile text tries to call.
      Object.defineProperty(globalThis, 'hacked', { value: () => seen.ran++ });
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
        seen.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`),
      );
    });
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  /** Without canvases a page is ready at once; that is for texts, not for surfaces. */
  async function opened(
    html: string,
    { canvas = false } = {},
  ): Promise<{ page: Page; errors: string[]; requests: string[] }> {
    const [errors, requests]: [string[], string[]] = [[], []];
    const file = join(folder, 'report.html');
    writeFileSync(file, html);
    const page = await context.newPage();
    if (!canvas)
      await page.addInitScript(() => {
        HTMLCanvasElement.prototype.getContext = () => null;
      });
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('dialog', (dialog) => {
      errors.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('#surfaces[data-drawn]');
    return { page, errors, requests };
  }

  /** Everything that a reader can do, so that every text comes to where it is shown. */
  async function used(page: Page): Promise<void> {
    const drawn = () => page.getAttribute('#surfaces', 'data-drawn');
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    for (const select of await page.locator('select:visible').all())
      for (let i = (await select.locator('option').count()) - 1; i >= 0; i--)
        await select.selectOption({ index: i });
    const before = await drawn();
    await page.locator('#surface-log').click();
    await page.waitForFunction(
      (was) => document.querySelector('#surfaces')?.getAttribute('data-drawn') !== was,
      before,
    );
    for (const box of await page.locator('[name=split]').all()) await box.uncheck();
    await page.locator('#curve-log').check();
    for (const box of await page.locator('[name=split]').all()) await box.check();
    await page.locator('#explorer').hover({ position: { x: 300, y: 100 } });
    await page.locator('button.picture').first().click();
    await page.getByRole('button', { name: 'Close' }).first().click();
    await page.locator('.terrain').first().hover();
  }

  const seenOn = (page: Page) => page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);

  async function expectHarmless(text: string, canvas: boolean): Promise<void> {
    const { page, errors, requests } = await opened(await reportHtml(await hostileRun(text)), { canvas });
    await used(page);
    expect(await seenOn(page)).toEqual({ violations: [], ran: 0 });
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
    expect(requests.filter((url) => url.startsWith('file:'))).toHaveLength(1);
    expect(await page.locator('main > section').count()).toBe(10);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.locator('.contour svg').count()).toBe(2);
    expect(await page.locator('.terrain canvas').count()).toBe(2);
    await page.close();
  }

  test.each(hostileTexts.map((text, i) => [JSON.stringify(text), i] as const))(
    '%s in every place: no script, no request, no violation, no error, every section there',
    (_, i) => expectHarmless(hostileTexts[i]!, false),
  );
  test('with surfaces drawn', () => expectHarmless(hostileTexts[0]!, true));

  test('a loss that is a formula is a text in surfaces.csv, and numbers are numbers', async () => {
    const { page } = await opened(await reportHtml(await hostileRun('=1+1')));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'surfaces.csv' }).click(),
    ]);
    const [head, row] = readFileSync(await download.path(), 'utf8').split('\n');
    expect(head).toBe('trained,seed,epoch,moment,evaluated,x,y,loss');
    expect(row).toMatch(/^'=1\+1,1,0,'=1\+1,'=1\+1,-1,-1,0\.1/);
    await page.close();
  });
  test('no curve and a logarithm: the page goes on', async () => {
    const { page } = await opened(await reportHtml(await hostileRun('plain')));
    for (const box of await page.locator('[name=split]').all()) await box.uncheck();
    await page.locator('#curve-log').check();
    expect(await page.locator('#explorer svg').textContent()).toContain('nothing was recorded');
    await page.close();
  });
  test('the policy has no unsafe word, and a script that is not ours does not run', async () => {
    const html = await reportHtml(await hostileRun('plain'));
    expect(/Content-Security-Policy" content="([^"]*)"/.exec(html)![1]).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; img-src data: blob:; base-uri 'none'; form-action 'none'$/,
    );
    const { page, errors } = await opened(html.replace('</main>', '<script>hacked()</script></main>'));
    const seen = await seenOn(page);
    expect(seen.ran).toBe(0);
    expect(seen.violations).toHaveLength(1);
    expect(seen.violations[0]).toMatch(/^script-src-elem inline/);
    expect(errors).toHaveLength(1);
    await page.close();
  });
});
