import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedFolder } from '@segscape/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, type Lab, openLab } from './lab-in-chromium.js';
import { ended, openWith, smallSettings } from './small-study.js';

const shared = sharedFolder('data');

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
    await page.waitForSelector('.contour svg', { timeout: 30_000 });
    const values = (await page.locator('[data-point] td').allTextContents()).map(Number);
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value > 0 && value < 10)).toBe(true);
    expect(lab.errors).toEqual([]);
  });
  test.skipIf(shared === undefined)(
    'photographs of one’s own: IDRiD’s eyes are dropped, two losses trained, a place walked to',
    { timeout: 400_000 },
    async () => {
      const { page, url } = lab;
      const folder = mkdtempSync(join(tmpdir(), 'segscape-lab-idrid-'));
      try {
        for (const [part, ending] of [
          ['images', 'jpg'],
          ['masks', 'png'],
        ] as const) {
          mkdirSync(join(folder, part));
          for (const number of ['01', '02', '03', '04', '05', '06']) {
            const name = `IDRiD_${number}.${ending}`;
            copyFileSync(`${shared}/idrid-optic-disc/${part}/${name}`, join(folder, part, name));
          }
        }
        await openWith(page, url, 'data', {
          ...smallSettings,
          // A processor that plays a graphics card would take minutes; the test above is for WebGL.
          plan: { ...settings.plan, device: 'wasm', amount: 2, augment: false },
        });
        await page.getByLabel('Names of the classes').fill('background, disc');
        await page.getByLabel('A folder').setInputFiles(folder);
        await page.waitForSelector('[data-examined="6"]', { timeout: 120_000 });
        await page.goto(`${url}#/plan`);
        await page.getByRole('button', { name: 'Start' }).click();
        expect(await ended(page, 250_000)).toBe('done');
        expect(await page.locator('[aria-label=Curves] tbody tr').count()).toBe(2);
        await page.getByRole('link', { name: 'Look', exact: true }).click();
        const here = page.getByRole('region', { name: 'What the networks at the point see', exact: true });
        const losses = () => here.locator('tbody tr').first().textContent();
        await here.locator('.sight').nth(1).waitFor({ timeout: 60_000 });
        const middle = await losses();
        await page.getByLabel(/^Along it/).press('Home');
        await expect.poll(losses, { timeout: 60_000 }).not.toBe(middle);
        expect(lab.errors).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
