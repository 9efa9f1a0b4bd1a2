import { readImage } from '@segscape/data';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from './axe.js';
import { absent, type Lab, openLab, taken } from './lab-in-chromium.js';
import { niftiFile } from './nifti-file.js';
import { openWith, smallSettings } from './small-study.js';

describe.skipIf(absent !== undefined)(`what a visitor sets in the lab, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab?.close());

  test.each([
    ['data', '[data-examined="8"]'],
    ['losses', '[data-felt="2"]'],
    ['plan', '[data-elastic]'],
    ['train', '[data-runs]'],
    ['look', 'select[data-ready]'],
    ['take-away', 'select[data-ready]'],
    ['device', '[data-backends]'],
  ])('axe finds nothing serious on the page %s, light and dark', async (path, ready) => {
    const { page, url } = lab;
    // Only the first page needs the settings: the others find them in the browser.
    if (path === 'data') await openWith(page, url, path, smallSettings);
    else await page.goto(`${url}#/${path}`);
    await page.waitForSelector(ready, { timeout: 120_000, state: 'attached' });
    if (path === 'data') {
      await page.getByText('Paint and correct masks').click();
      await page.waitForSelector('.painting[data-painted="1"]');
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await seriousFindings(page)]).toEqual([colorScheme, []]);
    }
  });
  test('a deformation moves with α, σ and the grid lines while it is planned', async () => {
    const { page, url } = lab;
    await openWith(page, url, 'plan', smallSettings);
    const deformed = () =>
      page
        .locator('.elastic canvas')
        .nth(1)
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await page.waitForSelector('[data-elastic]', { timeout: 120_000 });
    for (const change of [
      () => page.getByLabel(/^α/).press('End'),
      () => page.getByLabel(/^σ/).press('Home'),
      () => page.getByLabel('grid lines').click(),
      () => page.getByRole('button', { name: 'Another draw' }).click(),
    ]) {
      const before = await deformed();
      await change();
      await expect.poll(deformed, { timeout: 120_000 }).not.toBe(before);
    }
    await page.getByText('The same as a config for the command line').click();
    await expect
      .poll(() => page.locator('code').textContent(), { timeout: 120_000 })
      .toMatch(/alpha: 200\s+sigma: 1\b/);
  });
  test('another network is planned, and what it takes here is measured before anything is kept', async () => {
    const { page } = lab;
    await page.getByRole('combobox', { name: 'Network' }).selectOption('nestedUnet');
    await expect.poll(() => page.locator('code').textContent()).toMatch(/kind: nestedUnet/);
    await page.getByRole('button', { name: 'Measure what it takes' }).click();
    await expect
      .poll(() => page.locator('[data-takes=true]').textContent(), { timeout: 120_000 })
      .toMatch(
        /^By wasm \(.+\)(, float32)?\. About [\d.]+ (seconds|minutes) and .+: 2 trainings of \d+ steps, [\d.]+ ms each\.$/,
      );
    await page.getByRole('combobox', { name: 'Network' }).selectOption('unet');
    await expect.poll(() => page.locator('[data-takes=true]').count()).toBe(0);
  });
  test('a link carries losses and plan into another browser, and no picture', async () => {
    const { page, url } = lab;
    await page.getByText('A link that holds these settings').click();
    const link = await page.getByLabel('Link', { exact: true }).inputValue();
    await openWith(page, url, 'losses', { ...smallSettings, losses: [], plan: {} });
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByText('The settings of the link are set.').waitFor();
    expect(await page.getByLabel(/^α/).inputValue()).toBe('200');
    await page.getByText('crossEntropy; dice').waitFor();
    expect(page.url()).toBe(`${url}#/plan`);
    await page.goto('about:blank');
    await page.goto(`${url}#/plan?settings=torn`);
    await page.getByText(/cannot be read: it was cut off/).waitFor();
  });
  test('a zip of NIfTI volumes becomes their slices', async () => {
    const { page, url } = lab;
    const ball = (x: number, y: number, z: number) =>
      Number((x - 12) ** 2 + (y - 14) ** 2 + (z - 2) ** 2 < 30);
    const size = [24, 28, 4] as const;
    const files = {
      'scans/images/head.nii': niftiFile(size, (x, y, z) => 40 + 150 * ball(x, y, z)),
      'scans/masks/head.nii': niftiFile(size, ball),
      'scans/images/alone.nii': niftiFile(size, ball),
    };
    await page.goto(`${url}#/data`);
    await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
    const buffer = Buffer.from(zipSync(files));
    await page
      .getByLabel('or its zip')
      .setInputFiles({ name: 'scans.zip', mimeType: 'application/zip', buffer });
    await page.waitForSelector('[data-examined="4"]', { timeout: 120_000 });
    await page.getByText('head-slice-003, 28×24').or(page.getByText('head-slice-003, 24×28')).waitFor();
    expect(await page.locator('.failures li').allInnerTexts()).toEqual([
      "alone.nii: There is no mask 'alone'. Add it, or leave the image out.",
    ]);
  });
  test('a polygon is drawn by clicks, and by the keyboard alone', async () => {
    const { page, url } = lab;
    await openWith(page, url, 'data', smallSettings);
    await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
    await page.getByText('Paint and correct masks').click();
    await page.waitForSelector('.painting[data-painted="1"]');
    const painting = page.locator('.painting');
    const marked = async () => {
      const { data } = await readImage((await taken(page, /^Save the mask/)).bytes);
      return Array.from(data).filter((value) => value === 1).length;
    };
    const before = await marked();
    await painting.focus();
    await page.keyboard.press('p');
    await page.keyboard.press('1');
    const { width } = (await painting.boundingBox())!;
    const at = (column: number, row: number) => ({
      x: ((column + 0.5) * width) / 32,
      y: ((row + 0.5) * width) / 32,
    });
    for (const [column, row] of [
      [1, 1],
      [8, 1],
      [1, 8],
    ] as const)
      await painting.click({ position: at(column, row) });
    await page.getByRole('button', { name: 'Close the polygon of 3' }).click();
    // The half of a square of 8 by 8 pixels, with its diagonal.
    expect((await marked()) - before).toBe(36);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await marked()).toBe(before);
    await painting.focus();
    await page.keyboard.press('0');
    await page.keyboard.press('1');
    for (const keys of [
      ['Space'],
      ['ArrowLeft', 'ArrowLeft', 'Space'],
      ['ArrowUp', 'ArrowUp', 'Space'],
      ['Enter'],
    ])
      for (const key of keys) await page.keyboard.press(key);
    expect(await marked()).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await marked()).toBe(before);
  });
  test('a painted mask is still there when one comes back to its picture', async () => {
    const { page } = lab;
    const painting = page.locator('.painting');
    const slider = page.getByLabel(/^Picture/);
    const saved = async () => (await taken(page, /^Save the mask/)).name;
    const marked = async () => {
      const { data } = await readImage((await taken(page, /^Save the mask/)).bytes);
      return Array.from(data).filter((value) => value === 1).length;
    };
    const before = await marked();
    await painting.focus();
    for (const key of ['f', '1', 'b', 'Space']) await page.keyboard.press(key);
    // With Control these keys are the browser's own.
    await page.keyboard.press('Control+e');
    await page.keyboard.press('Space');
    const after = await marked();
    expect(after).not.toBe(before);
    const first = await saved();
    await slider.fill('1');
    await expect.poll(saved).not.toBe(first);
    await slider.fill('0');
    await expect.poll(saved).toBe(first);
    expect(await marked()).toBe(after);
    // And when one comes back to the page.
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByRole('heading', { name: 'Plan', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByText('Paint and correct masks').click();
    await page.waitForSelector('.painting[data-painted="1"]');
    await expect.poll(saved).toBe(first);
    expect(await marked()).toBe(after);
  });
  test('there were no errors, the policy was kept, and nothing was asked of another host', () => {
    expect(lab.errors).toEqual([]);
    const own = (address: string) => /^(data|blob|about):/.test(address) || address.startsWith(lab.url);
    expect(lab.requests.filter((address) => !own(address))).toEqual([]);
  });
});
