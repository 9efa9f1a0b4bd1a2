import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readImage } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, builtFile, type Lab, openLab, taken } from './lab-in-chromium.js';
import { openWith, smallSettings } from './small-study.js';

const kilobytes = (paths: readonly string[]) =>
  paths.reduce((sum, path) => sum + gzipSync(readFileSync(builtFile(path))).length, 0) / 1000;

describe.skipIf(absent !== undefined)(`the lab’s light pages in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  const curve = () => lab.page.locator('.chart svg').first().innerHTML();
  const changed = (before: string, now: () => Promise<string>) =>
    expect.poll(now, { timeout: 120_000 }).not.toBe(before);

  beforeAll(async () => {
    // It is taken away to see what works without it.
    lab = await openLab({ ownServer: true });
  });
  afterAll(() => lab?.close());

  test('the first sight is light: at most 250 kB, compressed, before what a page loads when it needs it', async () => {
    const { page, url } = lab;
    const loaded: string[] = [];
    page.on('request', (request) => {
      if (['document', 'script', 'stylesheet'].includes(request.resourceType())) loaded.push(request.url());
    });
    await page.goto(url);
    await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
    const own = loaded
      .filter((address) => !address.includes('worker-'))
      .map((address) => new URL(address).pathname);
    expect(own.length).toBeGreaterThan(2);
    expect(kilobytes(own)).toBeLessThan(250);
  });
  test('curves and maps come for the losses that are chosen at first', async () => {
    const { page } = lab;
    await page.waitForSelector('[data-ready]');
    await page.waitForSelector('[data-felt="3"]');
    expect(await page.locator('.chart path').count()).toBe(4 * 3);
    expect(await page.locator('.felt').count()).toBe(3);
    // Dice is no sum over pixels: it says so, and has its gradient alone.
    expect(await page.locator('.felt', { hasText: 'dice' }).locator('canvas').count()).toBe(1);
    expect(await page.locator('.felt', { hasText: 'focal' }).locator('canvas').count()).toBe(2);
  });
  test('an option moves its curve by the keyboard alone', async () => {
    const { page } = lab;
    const before = await curve();
    await page.getByLabel(/^gamma/).focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
    await changed(before, curve);
    expect(await page.locator('.loss', { hasText: 'focal' }).first().textContent()).toMatch(/gamma [34]/);
  });
  test('blurring and shifting the prediction changes what each loss says', async () => {
    const { page } = lab;
    const value = async () => (await page.locator('.felt output').first().textContent()) ?? '';
    const before = await value();
    await page.getByLabel(/^shift down/).focus();
    await page.keyboard.press('End');
    await changed(before, value);
    expect(Number(await value())).toBeGreaterThan(Number(before));
    await page.getByRole('button', { name: 'Prediction as the truth' }).click();
    await expect.poll(async () => Number(await value()), { timeout: 120_000 }).toBeLessThan(Number(before));
  });
  test('a loss is added with its options, and removed', async () => {
    const { page } = lab;
    await page.getByLabel('Another loss').selectOption('boundary');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.waitForSelector('[data-felt="4"]', { timeout: 120_000 });
    expect(await page.locator('.felt', { hasText: 'boundary' }).locator('.problem').count()).toBe(0);
    await page.getByRole('button', { name: 'Remove boundary' }).click();
    await page.waitForSelector('[data-felt="3"]');
  });
  test('settings outlast a reload', async () => {
    await lab.page.reload();
    await lab.page.waitForSelector('[data-ready]');
    expect(await lab.page.locator('.loss', { hasText: 'focal' }).first().textContent()).toMatch(/gamma [34]/);
  });
  test('a folder of one’s own: pairs are shown, what cannot be used is listed with what to do', async () => {
    const { page, url } = lab;
    const folder = mkdtempSync(join(tmpdir(), 'segscape-lab-pictures-'));
    const disc = (at: number, on: number) =>
      encodePng({
        data: Uint8Array.from({ length: 40 * 40 }, (_, i) =>
          (Math.floor(i / 40) - 20) ** 2 + ((i % 40) - at) ** 2 < 60 ? on : 0,
        ),
        height: 40,
        width: 40,
        channels: 1,
      });
    try {
      for (const part of ['images', 'masks']) mkdirSync(join(folder, part));
      for (let i = 0; i < 4; i++) {
        writeFileSync(join(folder, 'images', `cell-${i}.png`), disc(12 + 4 * i, 180));
        if (i < 3) writeFileSync(join(folder, 'masks', `cell-${i}.png`), disc(12 + 4 * i, 255));
      }
      writeFileSync(join(folder, 'images', 'torn.png'), disc(20, 180).subarray(0, 60));
      writeFileSync(join(folder, 'masks', 'torn.png'), disc(20, 255));
      await page.goto(`${url}#/data`);
      await page.waitForSelector('[data-examined="24"]', { timeout: 120_000 });
      await page.getByLabel('A folder').setInputFiles(folder);
      await page.waitForSelector('[data-examined="3"]', { timeout: 120_000 });
      const failures = await page.locator('.failures li').allInnerTexts();
      expect(failures[0]).toBe("cell-3.png: There is no mask 'cell-3'. Add it, or leave the image out.");
      expect(failures[1]).toMatch(/^torn\.png: .*torn\.png/);
      expect(await page.locator('.sheet canvas').count()).toBe(3);
      await page.getByRole('heading', { name: 'Losses to begin with' }).waitFor();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test('a mask is painted, taken back, painted again by the keyboard, and saved', async () => {
    const { page, url } = lab;
    await openWith(page, url, 'data', smallSettings);
    await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
    await page.getByText('Paint and correct masks').click();
    await page.waitForSelector('.painting[data-painted="1"]');
    const saved = async () => readImage((await taken(page, /^Save the mask/)).bytes);
    const marked = ({ data }: { data: ArrayLike<number> }) =>
      Array.from(data).filter((value) => value === 1).length;
    const before = await saved();
    expect([before.height, before.width, before.channels]).toEqual([32, 32, 1]);
    await page.locator('.painting').click({ position: { x: 8, y: 8 } });
    const painted = await saved();
    expect(marked(painted)).toBeGreaterThan(marked(before));
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(marked(await saved())).toBe(marked(before));
    await page.getByRole('button', { name: 'Redo' }).click();
    expect(marked(await saved())).toBe(marked(painted));
    await page.locator('.painting').focus();
    await page.keyboard.press('f');
    await page.keyboard.press('1');
    for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 31; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    expect(marked(await saved())).toBe(32 * 32);
  });
  test.each([1440, 768, 390])('nothing hangs over at %d pixels, light and dark', async (width) => {
    const { page, url } = lab;
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const path of ['data', 'losses', 'plan', 'train', 'look', 'take-away', 'device']) {
        await page.goto(`${url}#/${path}`);
        await page.locator('main > :nth-child(3)').waitFor();
        expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
          path,
          width,
        ]);
      }
      const paper = await page.evaluate(() =>
        getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g)!.map(Number),
      );
      if (colorScheme === 'dark') expect(Math.max(...paper)).toBeLessThan(60);
      else expect(Math.min(...paper)).toBeGreaterThan(240);
    }
  });
  test('after the first visit every page opens without a network', async () => {
    const { page, url } = lab;
    await openWith(page, url, 'losses', smallSettings);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await lab.stopServer();
    await page.reload();
    await page.waitForSelector('[data-felt="2"]', { timeout: 120_000 });
    await page.getByRole('link', { name: 'Data' }).click();
    await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
    await page.getByRole('link', { name: 'Plan' }).click();
    await expect
      .poll(() => page.locator('code').textContent(), { timeout: 120_000 })
      .toContain('kind: phantom');
    await page.getByRole('link', { name: 'Train' }).click();
    await page.getByText('None yet.').waitFor();
    await page.getByRole('link', { name: 'Losses' }).click();
    await page.getByRole('button', { name: 'Open the demo' }).click();
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
  });
  test('there were no errors, the policy was kept, and nothing was asked of another host', () => {
    expect(lab.errors).toEqual([]);
    expect(
      lab.requests.filter((address) => !/^(data|blob):/.test(address) && !address.startsWith(lab.url)),
    ).toEqual([]);
  });
});
