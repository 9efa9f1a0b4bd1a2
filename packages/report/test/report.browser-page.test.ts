import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { decode } from 'fast-png';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { axeViolations } from './bare-page.js';
import { syntheticRun } from './synthetic-run.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';

describe.skipIf(chromiumPath === undefined)(`the report in Chromium, from a file, offline${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-report-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, await reportHtml(await syntheticRun({ side: 48, samples: 2, epochs: 8 })));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    const context = await browser.newContext({ viewport: { width: 1100, height: 800 } });
    await context.setOffline(true);
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('#surfaces[data-drawn]');
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  /** Pixels of an element that are coloured as terrain is, and not gray. */
  async function colourful(element: Locator): Promise<number> {
    const { data, channels, width, height } = decode(await element.screenshot());
    let count = 0;
    for (let i = 0; i < data.length; i += channels) {
      const colour = [data[i]!, data[i + 1]!, data[i + 2]!];
      if (Math.max(...colour) - Math.min(...colour) > 60) count++;
    }
    return count / (width * height);
  }
  const drawn = () => page.getAttribute('#surfaces', 'data-drawn');
  async function redrawn(action: () => Promise<unknown>): Promise<void> {
    const before = await drawn();
    await action();
    await page.waitForFunction(
      (was) => document.querySelector('#surfaces')?.getAttribute('data-drawn') !== was,
      before,
    );
  }
  const contour = (panel: number) => page.locator('.panel').nth(panel).locator('.contour');
  const terrain = (panel: number) => page.locator('.panel').nth(panel).locator('.terrain');

  test('both surfaces are drawn in three dimensions and fill a good part of them', async () => {
    for (const panel of [0, 1]) {
      expect(await terrain(panel).locator('canvas').count()).toBeGreaterThan(0);
      expect(await colourful(terrain(panel))).toBeGreaterThan(0.08);
    }
  });
  test('nothing moved while the page came up', async () => {
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) =>
            resolve(
              list
                .getEntries()
                .reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0),
            ),
          ).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(0), 500);
        }),
    );
    expect(shift).toBeLessThan(0.02);
  });
  test('the slider changes both pictures and says where it stands', async () => {
    const before = [await contour(0).innerHTML(), await contour(1).innerHTML()];
    const picture = await terrain(0).screenshot();
    await page.focus('#moment');
    await redrawn(() => page.keyboard.press('ArrowLeft'));
    expect(await page.locator('#moment-name').textContent()).toBe('middle (epoch 3)');
    expect(await page.getAttribute('#moment', 'aria-valuetext')).toBe('middle (epoch 3)');
    expect(await contour(0).innerHTML()).not.toBe(before[0]);
    expect(await contour(1).innerHTML()).not.toBe(before[1]);
    expect((await terrain(0).screenshot()).equals(picture)).toBe(false);
  });
  test('a selector changes its own panel; the scale of both follows while they share it', async () => {
    await redrawn(() => page.uncheck('#surface-shared'));
    const [left, right] = [await contour(0).innerHTML(), await contour(1).innerHTML()];
    await redrawn(() => page.getByLabel('Right surface: evaluated with').selectOption('Dice'));
    expect(await contour(0).innerHTML()).toBe(left);
    expect(await contour(1).innerHTML()).not.toBe(right);
    await redrawn(() => page.check('#surface-shared'));
    const bars = await page
      .locator('.contour')
      .evaluateAll((figures) =>
        figures.map((figure) =>
          [...figure.querySelectorAll('text[font-size="10.5"]')].map((t) => t.textContent),
        ),
      );
    expect(bars[0]).toEqual(bars[1]);
  });
  test('the logarithm changes the contours', async () => {
    const before = await contour(0).innerHTML();
    await redrawn(() => page.locator('#surface-log').click());
    expect(await contour(0).innerHTML()).not.toBe(before);
  });
  test('arrow keys turn both surfaces', async () => {
    await terrain(0).focus();
    const before = await terrain(1).screenshot();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await terrain(1).screenshot()).equals(before)).toBe(false);
  });
  test('all losses play side by side on one scale, or each on its own', async () => {
    const player = page.locator('#surface-player');
    expect(await player.locator('figure').count()).toBe(4);
    const bars = () =>
      player
        .locator('figure')
        .evaluateAll((figures) =>
          figures.map((figure) =>
            [...figure.querySelectorAll('text[font-size="10.5"]')].map((t) => t.textContent).join(),
          ),
        );
    expect(new Set(await bars()).size).toBe(1);
    await player.locator('select').selectOption({ index: 0 });
    expect(new Set(await bars()).size).toBeGreaterThan(1);
    await player.locator('input[type=range]').press('Home');
    expect(await player.locator('output').textContent()).toBe('start (epoch 0)');
  });
  test('a click on the contours says every loss there', async () => {
    await contour(0).locator('.pick').click();
    expect(await page.locator('.panel .picked').first().textContent()).toMatch(/^At .*CE 1:1 .*, Dice /);
  });
  test('any measure can be chosen, and the pointer reads values', async () => {
    await page.selectOption('#measure', 'dice.disc');
    expect(await page.locator('#explorer svg').getAttribute('aria-label')).toContain('Dice, disc');
    await page.locator('#explorer').hover({ position: { x: 300, y: 100 } });
    expect(await page.locator('#explorer .readout').textContent()).toMatch(/epoch \d+[\s\S]*Focal γ=2/);
  });
  test('a picture opens large by keyboard and closes by Escape', async () => {
    await page.locator('button.picture').first().focus();
    await page.keyboard.press('Enter');
    const dialog = page.locator('#samples dialog');
    expect(await dialog.isVisible()).toBe(true);
    const first = await dialog.locator('p').textContent();
    await page.keyboard.press('ArrowRight');
    expect(await dialog.locator('p').textContent()).not.toBe(first);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(false);
  });
  test('the history can be saved as it was', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'history.csv' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('history.csv');
    const stream = await download.createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toMatch(/^loss,seed,fold,epoch,split,measure,value\nCE 1:1,1,0,0,train,loss,/);
  });
  test('nothing hangs over at 360 pixels', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });
  test('the dark scheme is dark, and its text is legible', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const [paper, ink] = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return [backgroundColor, color].map((text) => Math.max(...text.match(/\d+/g)!.map(Number)));
    });
    expect(paper).toBeLessThan(60);
    expect(ink).toBeGreaterThan(200);
  });
  test('axe finds nothing, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page)).toEqual([]);
    }
  });
  test('there were no errors, and nothing was asked of the network', () => {
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
  });
});
