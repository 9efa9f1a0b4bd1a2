import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { axeViolations } from './bare-page.js';
import { syntheticExperiment, withFacts } from './synthetic-experiment.js';
import { syntheticRun } from './synthetic-run.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';
const losses = ['CE', 'Dice'];

describe.skipIf(chromiumPath === undefined)(`the single-image experiment in Chromium${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-experiment-'));
    const file = join(folder, 'report.html');
    const storage = await syntheticRun({ losses, epochs: 2, resolution: 5, side: 24, samples: 2 });
    await withFacts(storage, async ({ scores }) => ({
      experiment: await syntheticExperiment(storage, { losses }),
      cases: losses.map((loss) => ({
        loss,
        worst: scores[0]!.images[1]!.id,
        best: scores[0]!.images[0]!.id,
      })),
    }));
    writeFileSync(file, await reportHtml(storage));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('#experiment .browser[data-coloured]');
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const first = () => page.locator('#experiment > details').first();
  const slider = () => first().locator('input[type=range]');
  const step = () => first().locator('output').textContent();
  const show = () => first().getByLabel('Show');
  const picture = (row: string, column = 0) =>
    first()
      .locator('tbody tr', { has: page.locator(`th:has-text("${row}")`) })
      .locator('td')
      .nth(column)
      .locator('img');

  test('begins at the last iteration; the slider goes back through them', async () => {
    expect(await step()).toBe('20');
    expect(await picture('Prediction').getAttribute('alt')).toBe('Prediction (CE, iteration 20), image few');
    const last = await picture('Prediction').getAttribute('src');
    await slider().press('Home');
    expect(await step()).toBe('0');
    expect(await slider().getAttribute('aria-label')).toBe('Iteration of the pictures');
    expect(await picture('Prediction').getAttribute('src')).not.toBe(last);
  });
  test('the button plays through all iterations and stops at the last', async () => {
    await first().getByRole('button', { name: 'Play' }).click();
    await expect.poll(step, { timeout: 10_000 }).toBe('20');
    await expect.poll(() => first().getByRole('button', { name: 'Play' }).count()).toBe(1);
  });
  test('a loss that is none of single pixels has no map of it, at any iteration', async () => {
    const cells = first()
      .locator('tbody tr', { has: page.locator('th:text-is("Loss")') })
      .locator('td');
    expect(await cells.nth(0).locator('img').count()).toBe(1);
    expect(await cells.nth(1).textContent()).toBe('none');
  });
  test('one kind through all iterations: a row a loss, a column an iteration', async () => {
    await show().selectOption('Prediction, all iterations');
    expect(await first().locator('thead th').allTextContents()).toEqual(['0', '10', '20']);
    expect(await first().locator('tbody th').allTextContents()).toEqual(losses);
    expect(await slider().isVisible()).toBe(false);
    expect(await picture('Dice', 1).getAttribute('alt')).toBe('Prediction (Dice, iteration 10), image few');
    await show().selectOption('Loss, all iterations');
    await expect
      .poll(async () => {
        const sources = await first()
          .locator('tbody img')
          .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).src));
        return sources.length === 3 && new Set(sources).size === 3;
      })
      .toBe(true);
    await show().selectOption('one iteration, all kinds');
    expect(await slider().isVisible()).toBe(true);
  });
  test('loss maps share a scale, the gradients of each loss have their own', async () => {
    // Losses of CE at iteration 0 go from 1 to 24, gradients of Dice from 2 to 25.
    await first().getByLabel('Scale of the maps').selectOption('linear');
    await expect
      .poll(() => first().locator('.words').textContent(), { timeout: 15_000 })
      .toMatch(
        /one scale for all losses of this image: 0\.0476 to 24, linear\. On scales of their own: Gradient of CE 0\.0476 to 24, Gradient of Dice 0\.0952 to 25\./,
      );
  });
  test('an image that is folded away is filled when it is unfolded', async () => {
    const second = page.locator('#experiment > details').nth(1);
    expect(await second.locator('.player-controls').count()).toBe(0);
    await second.locator('summary').first().click();
    await expect.poll(() => second.locator('.player-controls').count()).toBe(1);
    expect(await second.locator('tbody img').first().getAttribute('alt')).toContain('image many');
  });
  test('why an image is shown stands beside its name', async () => {
    const summaries = await page.locator('#samples details[data-sample] > summary').allTextContents();
    expect(summaries[0]).toMatch(/best of CE \(IoU 0\.\d{3}\); best of Dice \(IoU 0\.\d{3}\)/);
    expect(summaries[1]).toMatch(/worst of CE \(IoU 0\.\d{3}\)/);
  });
  test('axe finds nothing, nothing hangs over at 390 pixels, and there were no errors', async () => {
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(errors).toEqual([]);
  });
});
