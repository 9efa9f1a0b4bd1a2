import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, type Lab, openLab } from './lab-in-chromium.js';
import { ended, openWith, smallSettings } from './small-study.js';

/** One loss, 21 steps, the coarsest surface: what a processor that plays a graphics card does in time. */
const settings = {
  ...smallSettings,
  losses: smallSettings.losses.slice(0, 1),
  plan: { ...smallSettings.plan, amount: 7, resolution: 3, device: 'webgl' },
};

describe.skipIf(absent !== undefined)(`the lab on WebGL, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab?.close());

  test('from the first sight to a surface of a net that was trained by more than twenty steps', async () => {
    const { page } = lab;
    await openWith(page, lab.url, 'plan', settings);
    await page.getByRole('button', { name: 'Start' }).click();
    expect(await ended(page, 170_000)).toBe('done');
    const said = (await page.locator('[data-state]').textContent()) ?? '';
    expect(said).toMatch(/Computes with webgl/);
    expect(Number(/trainings of (\d+) steps/.exec(said)?.[1])).toBeGreaterThanOrEqual(20);
    await page.getByRole('link', { name: 'Look', exact: true }).click();
    await page.waitForSelector('.contours svg', { timeout: 30_000 });
    const values = (await page.locator('[data-point] td').allTextContents()).map(Number);
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value > 0 && value < 10)).toBe(true);
    expect(lab.errors).toEqual([]);
  });
});
