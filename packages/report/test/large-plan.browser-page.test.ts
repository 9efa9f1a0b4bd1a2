import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { syntheticExperiment, withFacts } from './synthetic-experiment.js';
import { syntheticRun } from './synthetic-run.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';
const losses = Array.from({ length: 10 }, (_, i) => `Loss ${i + 1}`);
const seeds = [1, 2, 3, 4, 5, 6];

/** Seconds of the page's own thread: what a reader waits for where a core is free, whatever else the machine does. */
const promised = 2;
/** Milliseconds by the clock: other programs of the machine may have the cores first. */
const patience = 15_000;

describe.skipIf(chromiumPath === undefined)(`the report of a plan of 60 trainings${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let file: string;
  let shown: number;
  let worked: number;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-large-'));
    file = join(folder, 'report.html');
    const options = { losses, seeds, epochs: 40, images: 40, resolution: 15, side: 96, samples: 3 };
    const storage = await syntheticRun({ ...options, pictureEpochs: [0, 10, 20] });
    await withFacts(storage, async () => ({
      experiment: await syntheticExperiment(storage, { losses, side: 96, iterations: 100, every: 20 }),
    }));
    writeFileSync(file, await reportHtml(storage));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const begun = performance.now();
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
    await page.waitForFunction(() => (document.querySelector('main figure svg')?.clientWidth ?? 0) > 0);
    shown = performance.now() - begun;
    const { metrics } = await session.send('Performance.getMetrics');
    worked = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    await page.waitForSelector('#surfaces[data-drawn]');
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  test('is as large as such a plan makes it: hundreds of pictures in one file', async () => {
    expect(await page.locator('#comparison tbody').first().locator('tr').count()).toBe(10);
    expect(statSync(file).size).toBeGreaterThan(4e6);
  });
  test('shows its first picture within two seconds of work', () => {
    expect(worked).toBeGreaterThan(0);
    expect(worked).toBeLessThan(promised);
    expect(shown).toBeLessThan(patience);
  });
  test('keeps the reader waiting by no long script', async () => {
    expect(await page.locator('#experiment .browser').first().getAttribute('data-coloured')).not.toBe('');
    const begun = performance.now();
    await page.locator('#samples').getByLabel('Epoch of the pictures').press('Home');
    await page.waitForFunction(() => document.querySelector('#samples output')?.textContent === '0');
    expect(performance.now() - begun).toBeLessThan(patience);
    expect(errors).toEqual([]);
  });
});
