import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Parts from '../src/page/index.js';
import { axeViolations, barePage } from './bare-page.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';

declare const parts: typeof Parts;
interface Seen {
  picked: [number, number][];
  moments: number[];
  violations: string[];
}
declare const seen: Seen;

describe.skipIf(chromiumPath === undefined)(`the parts on a bare page${about}`, () => {
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
    await page.evaluate(() => {
      const axis = Float64Array.from({ length: 11 }, (_, i) => i / 5 - 1);
      const bowl = (steep: number, tilt: number) =>
        Float32Array.from({ length: 121 }, (_, i) => {
          const [x, y] = [axis[i % 11]!, axis[Math.floor(i / 11)]!];
          return 0.1 + steep * (x * x + y * y) + tilt * x;
        });
      const grid = (steep: number) => ({
        x: axis,
        y: axis,
        values: { Dice: bowl(steep, 0), CE: bowl(1, 3) },
      });
      Object.assign(globalThis, { grid });
    });
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

  test('a surface: a click and the arrow keys pick places, all losses are said, and other data come', async () => {
    await page.evaluate(() => {
      const { grid } = globalThis as unknown as { grid: (steep: number) => Parts.SurfaceData['grid'] };
      const part = parts.mountSurface(document.querySelector<HTMLElement>('#a')!, {
        grid: grid(1),
        label: 'Bowl',
        onPick: (x, y) => seen.picked.push([x, y]),
      });
      Object.assign(globalThis, { part });
    });
    const box = (await place('.pick').boundingBox())!;
    // The square of the contours goes from 46 to 308 of 380 across, and from 10 to 272 of 310 down.
    await page.mouse.click(
      box.x + (box.width * (46 + 0.75 * 262)) / 380,
      box.y + (box.height * (10 + 0.25 * 262)) / 310,
    );
    const [x, y] = (await page.evaluate(() => seen.picked))[0]!;
    expect(x).toBeCloseTo(0.5, 1);
    expect(y).toBeCloseTo(0.5, 1);
    expect(await place('.picked').textContent()).toMatch(/^At 0\.\d+, 0\.\d+: Dice 0\.\d+, CE \d/);
    await place('.pick').press('ArrowLeft');
    const after = (await page.evaluate(() => seen.picked)).at(-1)!;
    expect(after[0]).toBeCloseTo(x - 0.05, 6);
    expect(after[1]).toBeCloseTo(y, 6);
    const before = await place('.terrain canvas').screenshot();
    await place('.terrain').press('ArrowRight');
    await expect.poll(async () => (await place('.terrain canvas').screenshot()).equals(before)).toBe(false);
    const figure = await place('.contour svg').innerHTML();
    await page.evaluate(() => {
      const { grid, part } = globalThis as unknown as {
        grid: (steep: number) => Parts.SurfaceData['grid'];
        part: Parts.Mounted<Parts.SurfaceData>;
      };
      part.update({
        grid: grid(4),
        label: 'Bowl',
        loss: 'CE',
        onPick: (x, y) => seen.picked.push([x, y]),
      });
    });
    expect(await place('.contour svg').innerHTML()).not.toBe(figure);
    await expectClean();
  });
  test('what is clicked in three dimensions is picked', async () => {
    const count = (await page.evaluate(() => seen.picked)).length;
    await place('.terrain').click();
    expect((await page.evaluate(() => seen.picked)).length).toBe(count + 1);
  });
  test('after dispose nothing is left, and nothing listens', async () => {
    await page.evaluate(() =>
      (globalThis as unknown as { part: Parts.Mounted<Parts.SurfaceData> }).part.dispose(),
    );
    expect(await page.evaluate(() => document.querySelector('#a')!.innerHTML)).toBe('');
  });
  test('a player plays to the end, keeps one scale, and draws a path as far as it has come', async () => {
    await page.evaluate(() => {
      const { grid } = globalThis as unknown as { grid: (steep: number) => Parts.SurfaceData['grid'] };
      const points = [0, 1, 2].map((epoch) => ({ x: epoch / 2 - 0.5, y: 0, epoch }));
      const moments = [0, 1, 2].map((epoch) => ({ name: `epoch ${epoch}`, epoch }));
      const surfaces = [grid(1), grid(2), grid(8)];
      const part = parts.mountPlayer(document.querySelector<HTMLElement>('#a')!, {
        label: 'Bowls',
        moments,
        panels: [
          { title: 'one', loss: 'Dice', surfaces },
          { title: 'two', loss: 'Dice', surfaces: [grid(1), undefined, grid(1)] },
          {
            title: 'path',
            loss: 'Dice',
            surfaces: [grid(1)],
            paths: [{ label: 'Dice', colour: '#0072b2', points }],
          },
        ],
        start: 0,
        pace: 60,
        onMoment: (index) => seen.moments.push(index),
      });
      Object.assign(globalThis, { part });
    });
    const bar = (panel: number) =>
      place('figure').nth(panel).locator('text[font-size="10.5"]').allTextContents();
    expect(await bar(0)).toEqual(await bar(1));
    const circles = () => place('figure').nth(2).locator('circle').count();
    const first = await circles();
    // Collected, since on a slow machine it may have ended before it is asked.
    await page.evaluate(() => {
      const button = document.querySelector('#a button')!;
      const said: string[] = [];
      new MutationObserver(() => said.push(button.textContent ?? '')).observe(button, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      Object.assign(globalThis, { said });
    });
    await place('button').click();
    await expect.poll(() => place('output').textContent()).toBe('epoch 2');
    await expect.poll(() => place('button').textContent()).toBe('Play');
    expect(await page.evaluate(() => (globalThis as unknown as { said: string[] }).said)).toEqual([
      'Pause',
      'Play',
    ]);
    expect(await page.evaluate(() => seen.moments)).toEqual([1, 2]);
    expect(await circles()).toBe(first + 1);
    await place('input[type=range]').press('ArrowLeft');
    expect(await place('figure').nth(1).textContent()).toContain('There is no surface of this moment.');
    await place('input[type=checkbox]').check();
    expect(await place('canvas').count()).toBe(2);
    await expectClean();
    await page.evaluate(() =>
      (globalThis as unknown as { part: Parts.Mounted<Parts.PlayerData> }).part.dispose(),
    );
  });
  test('curves are read by the arrow keys, profiles have their pixels beneath them', async () => {
    await page.evaluate(() => {
      const p = [0.1, 0.5, 0.9];
      const part = parts.mountProfiles(document.querySelector<HTMLElement>('#a')!, {
        profiles: [{ loss: 'CE', p, values: [2.3, 0.7, 0.1], slopes: [-10, -2, -1.1] }],
        colours: ['#0072b2'],
        histogram: [1, 0, 5, 90],
      });
      Object.assign(globalThis, { part });
    });
    await place('figure').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await place('.readout').first().textContent()).toContain('0.1');
    await page.keyboard.press('ArrowRight');
    expect(await place('.readout').first().textContent()).toMatch(/0\.5.*CE.*0\.7/);
    expect(await place('.profile-histogram svg').first().getAttribute('aria-label')).toContain(
      '1 of 96 pixels',
    );
    await expectClean();
    await page.evaluate(() =>
      (globalThis as unknown as { part: Parts.Mounted<Parts.ProfilesData> }).part.dispose(),
    );
  });
});
