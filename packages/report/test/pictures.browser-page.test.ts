import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { colourise, encodePng, packedRange, packValues } from '../src/index.js';
import type * as Parts from '../src/page/index.js';
import { axeViolations, barePage } from './bare-page.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';

declare const parts: typeof Parts;
declare const seen: { readonly violations: string[] };

describe.skipIf(chromiumPath === undefined)(`the picture browser on a bare page${about}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-parts-'));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
    page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(await barePage(folder));
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  async function expectClean(): Promise<void> {
    expect(errors).toEqual([]);
    expect(await page.evaluate(() => seen.violations)).toEqual([]);
    expect(await axeViolations(page)).toEqual([]);
  }
  const place = (selector: string) => page.locator(`#a ${selector}`);

  test('pictures: the scale recolours every loss map, the slider goes through the epochs, a click enlarges', async () => {
    // One bright pixel among faint ones.
    const values = Float32Array.from({ length: 64 }, (_, i) => (i === 5 ? 15 : 1e-6 * (i + 1)));
    const range = packedRange([values]);
    const size = { height: 8, width: 8 };
    const source = (raster: Parameters<typeof encodePng>[0]) =>
      `data:image/png;base64,${Buffer.from(encodePng(raster)).toString('base64')}`;
    const packed = source(packValues(values, { ...size, ...range }));
    const shown = source(colourise(values, size));
    await page.evaluate(
      ([packed_, shown_, low, high]) => {
        const base = { sample: 'eye 1', source: shown_ as string, width: 8, height: 8 };
        const values_ = { source: packed_ as string, low: low as number, high: high as number };
        const part = parts.mountPictures(document.querySelector<HTMLElement>('#a')!, {
          losses: ['Dice'],
          colours: ['#0072b2'],
          pictures: [
            { ...base, title: 'Image' },
            { ...base, title: 'Prediction', loss: 'Dice' },
            { ...base, title: 'CE', loss: 'Dice', values: values_ },
            { ...base, title: 'Prediction', loss: 'Dice', epoch: 3 },
          ],
        });
        Object.assign(globalThis, { part });
      },
      [packed, shown, range.low, range.high] as const,
    );
    const map = place('tbody tr').nth(1).locator('img');
    /** Pixels of the map that are not the first colour of the scale. */
    const coloured = async (scale: string) => {
      await page.waitForSelector(`#a[data-coloured=${scale}]`);
      return map.evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, 8, 8);
        let other = 0;
        for (let i = 0; i < data.length; i += 4)
          if (data[i]! > 0 || data[i + 1]! > 0 || data[i + 2]! > 132) other++;
        return other;
      });
    };
    expect(await coloured('percentile')).toBe(1);
    await place('label:has-text("Scale") select').selectOption('linear');
    expect(await coloured('linear')).toBe(1);
    await place('label:has-text("Scale") select').selectOption('logarithmic');
    expect(await coloured('logarithmic')).toBeGreaterThan(20);
    expect(await place('.words').textContent()).toContain('logarithmic');
    await place('input[type=range]').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await place('output').textContent()).toBe('3');
    // Rows stay where they are; what the epoch lacks is said.
    expect(await place('tbody tr').count()).toBe(2);
    expect(await place('tbody tr').nth(1).locator('td').allTextContents()).toEqual(['none of this epoch']);
    await place('tbody button.picture').first().click();
    expect(await place('dialog p').textContent()).toBe('Prediction (Dice, epoch 3), image eye 1');
    await expectClean();
    await page.getByRole('button', { name: 'Larger' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await place('dialog').isVisible()).toBe(false);
  });
});
