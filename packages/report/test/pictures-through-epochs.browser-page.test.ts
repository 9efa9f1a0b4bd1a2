import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../src/index.js';
import { axeViolations } from './bare-page.js';
import { syntheticRun } from './synthetic-run.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';

describe.skipIf(chromiumPath === undefined)(`a run that kept pictures of several epochs${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-epochs-'));
    const file = join(folder, 'report.html');
    const run = await syntheticRun({
      losses: ['CE', 'Dice'],
      epochs: 4,
      resolution: 5,
      side: 24,
      samples: 2,
      pictureEpochs: [3, 0],
    });
    writeFileSync(file, await reportHtml(run));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('#samples .browser[data-coloured]');
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const slider = () => page.locator('#samples input[type=range]');
  const epoch = () => page.locator('#samples .player-controls output').textContent();
  const pictureOf = (row: string, image = 0) =>
    page
      .locator('#samples details[data-sample]')
      .nth(image)
      .locator('tbody tr', { has: page.locator(`th:text-is("${row}")`) })
      .locator('img')
      .first();

  test('an image is saved as it is shown: one figure of all its pictures, and the numbers of its maps', async () => {
    const row = page.locator('#samples details[data-sample]').first().locator('details.save');
    const taken = async (kind: string) => {
      await row.evaluate((details) => details.setAttribute('open', ''));
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        row.getByRole('button', { name: kind }).click(),
      ]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
    };
    await slider().press('Home');
    const svg = await taken('SVG');
    const shown = page.locator('#samples details[data-sample]').first().locator('.sample img');
    expect(svg.text.match(/<image /g)).toHaveLength(await shown.count());
    for (const words of ['CE', 'Dice', 'Prediction', 'Truth']) expect(svg.text).toContain(`>${words}</text>`);
    expect(svg.name).toMatch(/-epoch-0\.svg$/);
    const csv = await taken('CSV');
    const [head, ...rows] = csv.text.trimEnd().split('\n');
    expect(head).toBe('image,map,trained,epoch,y,x,value');
    const maps = new Set(rows.map((line) => line.split(',').slice(0, 4).join()));
    expect(rows).toHaveLength(24 * 24 * maps.size);
    for (const map of maps) expect(map).toMatch(/,0$/);
    expect(rows.every((line) => Number.isFinite(Number(line.split(',').at(-1))))).toBe(true);
    await slider().press('End');
  });

  test('the slider goes through them in their order and ends with what was scored', async () => {
    expect(await epoch()).toBe('as scored');
    await slider().press('Home');
    expect(await epoch()).toBe('0');
    expect(await slider().getAttribute('aria-valuetext')).toBe('0');
    const early = await pictureOf('Prediction').getAttribute('src');
    await slider().press('ArrowRight');
    expect(await epoch()).toBe('3');
    expect(await pictureOf('Prediction').getAttribute('src')).not.toBe(early);
    expect(await pictureOf('Prediction').getAttribute('alt')).toBe(
      'Prediction (CE, epoch 3), image phantom-024',
    );
    await slider().press('End');
    expect(await epoch()).toBe('as scored');
    expect(await pictureOf('Prediction').getAttribute('alt')).toBe('Prediction (CE), image phantom-024');
  });
  test('all epochs of an image are coloured on one scale, so that a map fades as it is learnt', async () => {
    const mean = async (at: 'Home' | 'ArrowRight') => {
      const before = await pictureOf('CE').getAttribute('src');
      await slider().press(at);
      await expect.poll(() => pictureOf('CE').getAttribute('src')).not.toBe(before);
      await page.waitForTimeout(300);
      return pictureOf('CE').evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [24, 24];
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, 24, 24);
        // In jet, what is low is blue and what is higher is not.
        let blue = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i + 2]! > data[i]! + data[i + 1]!) blue++;
        return blue;
      });
    };
    const first = await mean('Home');
    expect(await mean('ArrowRight')).toBeGreaterThan(first);
    await expect
      .poll(() => page.locator('#samples .words').first().textContent())
      .toContain('one scale for all losses of this image: 0.27 to');
  });
  test('kinds that were not kept at an epoch say so, and the table keeps its rows', async () => {
    await slider().press('End');
    const rows = () => page.locator('#samples details').first().locator('tbody th').allTextContents();
    const scored = await rows();
    await slider().press('Home');
    expect(await rows()).toEqual(scored);
    expect(await page.locator('#samples details').first().locator('td.absent').first().textContent()).toBe(
      'none of this epoch',
    );
  });
  test('an image that is unfolded later is coloured then', async () => {
    const second = page.locator('#samples details[data-sample]').nth(1);
    expect(await second.locator('.words').textContent()).toBe('');
    await second.locator('> summary').click();
    await expect.poll(() => second.locator('.words').textContent()).toContain('Loss per pixel');
  });
  test('axe finds nothing, and there were no errors', async () => {
    expect(await axeViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
