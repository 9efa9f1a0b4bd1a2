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
  });
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
  test('pictures of filters are saved as one sheet, with their numbers', async () => {
    const figure = page.locator('#filters figure').first();
    await figure.locator('details.save > summary').click();
    const saved = async (kind: RegExp) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        figure.getByRole('button', { name: kind }).click(),
      ]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const losses = await figure.locator('tbody tr').count();
    const svg = await saved(/^SVG/);
    expect(svg.name).toBe('filters-of-encoder-0.svg');
    expect(svg.bytes.toString().match(/<image [^>]*href="data:image\/png/g)).toHaveLength(losses);
    expect(svg.bytes.toString()).toContain('>CE 1:1</text>');
    const png = await saved(/^PNG/);
    const [width, height] = [png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)];
    const [, w, h] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg.bytes.toString())!;
    expect([width, height]).toEqual([3 * Number(w), 3 * Number(h)]);
    // The pictures are drawn, not left out by the page's policy: few of the first one's pixels are as white as paper.
    const paper = await page.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(3 * 151, 3 * 17, 42, 42);
      return data.filter((value, i) => i % 4 === 0 && value > 250).length;
    }, png.bytes.toString('base64'));
    expect(paper).toBeLessThan(42 * 42 * 0.2);
    const csv = (await saved(/^CSV/)).bytes.toString().split('\n');
    expect(csv[0]).toBe('layer,filter,loss,epoch,before,after');
    expect(csv[1]).toBe('encoder.0,0,CE 1:1,4,0,1');
  });
  test('axe finds nothing, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page)).toEqual([]);
    }
  });
  test('there were no errors', () => expect(errors).toEqual([]));
});
