import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { axeViolations } from './bare-page.js';
import { fullRun } from './full-run.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';
const sections = ['data-sheet', 'steps', 'lines', 'gradients', 'similarity', 'filters'];

describe.skipIf(chromiumPath === undefined)(`what explains a result, in Chromium, offline${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-evidence-'));
    const file = join(folder, 'report.html');
    const run = await fullRun(
      { seeds: [1], epochs: 4, images: 3, resolution: 5, side: 16, samples: 1 },
      (facts) => ({
        filters: facts.losses.map((loss) => ({
          name: facts.pictures[0]!.name,
          loss,
          epoch: 4,
          layer: 'encoder.0',
          filter: 0,
          before: 0,
          after: 1,
        })),
      }),
    );
    writeFileSync(file, await reportHtml(run));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.setOffline(true);
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('#surfaces[data-drawn]');
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details:not(.save)')) details.setAttribute('open', '');
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  test('every section is there, and the navigation leads to it', async () => {
    for (const id of sections) {
      expect(await page.locator(`section#${id}`).isVisible(), id).toBe(true);
      expect(await page.locator(`nav a[href="#${id}"]`).count(), id).toBe(1);
    }
  });
  test('nothing hangs over from 390 to 1440 pixels, and figures fit', async () => {
    for (const width of [390, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const wide = await page.evaluate(
        (ids) =>
          ids.flatMap((id) =>
            [...document.querySelectorAll(`#${id} svg`)].filter(
              (svg) => svg.getBoundingClientRect().right > document.documentElement.clientWidth,
            ),
          ).length,
        sections,
      );
      expect(wide, `${width} px`).toBe(0);
    }
  });
  test('figures are saved with their numbers', async () => {
    const figure = page.locator('#similarity figure').first();
    await figure.locator('details.save > summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      figure.getByRole('button', { name: /^CSV/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('similarity-ce-1-1-and-ce-1-3.csv');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toContain('encoder.0,bottleneck,CE 1:1,CE 1:3,0.2\n');
  });
  test('axe finds nothing, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page)).toEqual([]);
    }
  });
  test('there were no errors', () => expect(errors).toEqual([]));
});
