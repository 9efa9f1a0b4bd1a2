import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { decode } from 'fast-png';
import { type Browser, chromium, type Download, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { fullRun } from './full-run.js';
import { assertWellFormed } from './well-formed.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';

/** A spreadsheet would compute it. */
const formula = '=1+2';

describe.skipIf(chromiumPath === undefined)(`figures are saved from the report, offline${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-saving-'));
    const file = join(folder, 'report.html');
    const run = await fullRun({
      losses: ['Dice', formula],
      seeds: [1, 2],
      epochs: 4,
      images: 3,
      resolution: 5,
      side: 16,
      samples: 1,
    });
    writeFileSync(file, await reportHtml(run));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, colorScheme: 'dark' });
    await context.setOffline(true);
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('#surfaces[data-drawn]');
    // All that is folded away can be saved as well.
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const bytesOf = async (download: Download) => readFileSync(await download.path());
  /** Chromium drops one of many downloads that follow each other fast: a button is pressed again, and one that is broken fails again. */
  async function saved(button: string, again = 2): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 8_000 }).catch((error: unknown) => {
        if (again === 0) throw error;
      }),
      page.locator(button).first().press('Enter'),
    ]);
    if (!download) return saved(button, again - 1);
    return { name: download.suggestedFilename(), bytes: await bytesOf(download) };
  }
  const rowsOf = (text: string) => text.trimEnd().split('\n');

  test('every figure that is drawn has its row, in every section that draws', async () => {
    const { without, sections } = await page.evaluate(() => ({
      without: [...document.querySelectorAll('main svg')]
        .filter((svg) => {
          // The nearest place around it that offers files.
          let place = svg.parentElement;
          while (place && !place.matches('.charts, .panel, .chart, section') && !place.querySelector('.save'))
            place = place.parentElement;
          return !place?.querySelector('.save');
        })
        .map((svg) => svg.getAttribute('aria-label')),
      sections: [...document.querySelectorAll('main section')]
        .filter((section) => section.querySelector('.save'))
        .map(({ id }) => id),
    }));
    expect(without).toEqual([]);
    expect(sections).toEqual([
      'comparison',
      'data-sheet',
      'curves',
      'steps',
      'learning-rates',
      'surfaces',
      'lines',
      'maps',
      'curvature',
      'weight-change',
      'gradients',
      'similarity',
      'profiles',
      'samples',
      'augmentation',
      'calibration',
    ]);
  });

  test('each of its buttons gives a file that is what it says, named by the figure', async () => {
    const kinds = await page.evaluate(() =>
      [...document.querySelectorAll('.save button')].map((button, i) => {
        button.setAttribute('data-test', String(i));
        return button.textContent ?? '';
      }),
    );
    expect(kinds.length).toBeGreaterThan(80);
    for (const [i, kind] of kinds.entries()) {
      const { name, bytes } = await saved(`[data-test="${i}"]`);
      expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}-]*\.(?:svg|png|csv)$/u);
      if (kind === 'SVG') {
        const svg = String(bytes);
        assertWellFormed(svg);
        expect(svg).not.toMatch(/var\(|currentColor/);
        expect(svg).toContain('fill="#ffffff"');
      } else if (kind.endsWith('PNG')) {
        const { data, channels, width } = decode(bytes);
        expect(width).toBeGreaterThan(200);
        // Something is drawn on it.
        const colours = new Set<number>();
        for (let at = 0; at < data.length; at += channels * 7) colours.add(data[at]! * 256 + data[at + 1]!);
        expect(colours.size, name).toBeGreaterThan(3);
      } else {
        const rows = rowsOf(String(bytes));
        expect(rows.length, name).toBeGreaterThan(1);
        // A formula stays a text.
        expect(String(bytes)).not.toMatch(/(?:^|,)=/m);
      }
    }
  });

  test('a table holds the numbers that are drawn', async () => {
    const scores = await saved('[aria-label="CSV of Scores IoU, disc"]');
    expect(scores.name).toBe('scores-iou-disc.csv');
    const rows = rowsOf(String(scores.bytes));
    expect(rows[0]).toBe('loss,what,place,value');
    expect(rows.filter((row) => row.startsWith("'=1+2,image,"))).toHaveLength(3);
    const rates = await saved('[aria-label="CSV of What each rate came to"]');
    expect(rowsOf(String(rates.bytes)).slice(0, 4)).toEqual([
      'loss,part,log10 of the learning rate,value,low,high',
      'Dice,,-3.522879,0.4,,',
      'Dice,,-3,0.7,,',
      'Dice,,-2,,,',
    ]);
    const curve = String((await saved('#curves [aria-label="SVG of IoU, disc"]')).bytes);
    // In the page one legend is there for all charts; a file has its own.
    expect(curve).toContain('>Dice</text>');
    const pixels = await saved('[aria-label="CSV of Pixels by the probability of their true class"]');
    expect(String(pixels.bytes)).toBe('from,to,pixels\n0,0.25,2\n0.25,0.5,0\n0.5,0.75,6\n0.75,1,120\n');
  });

  test('what is saved follows the slider, and three dimensions are a picture of their own', async () => {
    const player = page.locator('#surface-player');
    await player.locator('input[type=range]').press('Home');
    const first = '#surface-player figure .save';
    const early = await saved(`${first} button:text-is("CSV")`);
    expect(early.name).toBe('surfaces-of-all-losses-dice-start-epoch-0.csv');
    expect(rowsOf(String(early.bytes))).toHaveLength(26);
    await player.getByLabel('three dimensions').check();
    await page.evaluate(() => {
      for (const details of document.querySelectorAll<HTMLDetailsElement>('.save')) details.open = true;
    });
    expect(await page.locator(first).first().locator('button').allTextContents()).toEqual(['PNG', 'CSV']);
    const solid = await saved(`${first} button:text-is("PNG")`);
    expect(decode(solid.bytes).width).toBeGreaterThan(200);
  });

  test('the keyboard alone gets there: the row opens by Enter, its buttons follow by Tab', async () => {
    const row = page.locator('#comparison .save').first();
    await row.evaluate((details) => (details as HTMLDetailsElement).removeAttribute('open'));
    await row.locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'SVG of Scores IoU, disc',
    );
  });

  test('there were no errors, and nothing was asked of the network', () => {
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
  });
});
