import { readFileSync } from 'node:fs';
import { memoryStorage, openRun, validateRun } from '@segscape/runs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unzipRun } from '../src/study/run-archive.js';
import { seriousFindings } from './axe.js';
import { absent, builtFile, type Lab, openLab, taken } from './lab-in-chromium.js';

/** What a visitor may wait for a first surface of a network of one's own, seconds; and what a busy machine may add. */
const patience = 60;
const busy = 5;

describe.skipIf(absent !== undefined)(`a first visit, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab?.close());

  test('the demo is small, sound, and a run like any other', async () => {
    const zip = readFileSync(builtFile('demo.zip'));
    expect(zip.length).toBeLessThan(300_000);
    const storage = memoryStorage();
    await unzipRun(new Uint8Array(zip), storage);
    expect(await validateRun(storage)).toEqual([]);
    const run = await openRun(storage);
    expect((await run.landscapes()).length).toBeGreaterThanOrEqual(8);
    // Nobody's folders are told of.
    for (const path of await storage.list(''))
      if (/\.(json|yaml|csv)$/.test(path))
        expect(new TextDecoder().decode(await storage.read(path))).not.toMatch(/\/(tmp|home|root|work)\//);
  });
  test('the demo opens from the first page: surfaces, and what networks at a point see, without any training', async () => {
    const { page, url } = lab;
    await page.goto(url);
    await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Open the demo' }).click();
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
    expect(await page.locator('.contour svg').count()).toBe(2);
    const here = page.getByRole('region', { name: 'What the networks at the point see', exact: true });
    await here.locator('.sight').nth(1).waitFor({ timeout: 120_000 });
    // Its pictures are drawn by the lab, so they are here, too.
    expect(await here.getByText('This browser lacks').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Take away' }).click();
    await page.waitForSelector('[data-files]');
    const report = await taken(page, 'Report (HTML)');
    expect(new TextDecoder().decode(report.bytes.subarray(0, 15))).toBe('<!doctype html>');
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.waitForSelector('[data-runs="1"]');
    expect(await page.locator('.runs li').textContent()).not.toContain('not finished');
    // A second time it is there already.
    await page.getByRole('link', { name: 'Losses' }).click();
    await page.getByRole('button', { name: 'Open the demo' }).click();
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.waitForSelector('[data-runs="1"]');
  });
  test('from the first sight to a coarse surface of a network of more than twenty steps; it is seen before all points are', async () => {
    const { page, url } = lab;
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    const begun = performance.now();
    await page.goto(url);
    await page.getByRole('link', { name: 'Plan' }).click();
    await page.getByLabel('Length').fill('24');
    await page.getByLabel('Length').press('Enter');
    await page.getByRole('button', { name: 'Start' }).click();
    const sketch = page.locator('[data-sketch]');
    await sketch.locator('.contour svg').waitFor({ timeout: 170_000 });
    const seconds = (performance.now() - begun) / 1000;
    const said = (await page.locator('[data-state]').textContent()) ?? '';
    const steps = Number(/trainings of (\d+) steps/.exec(said)?.[1]);
    const points = async () => ((await sketch.getAttribute('data-sketch')) ?? '').split('/').map(Number);
    const [known, total] = await points();
    process.stdout.write(`a coarse surface after ${seconds.toFixed(1)} s (${known} of ${total} points)\n`);
    expect(steps).toBeGreaterThanOrEqual(20);
    expect(known).toBeLessThan(total!);
    // The network that was trained is drawn first, not the one that it began as.
    expect(await sketch.locator('h2').textContent()).toBe('Being drawn: crossEntropy, end');
    expect(seconds).toBeLessThan(patience * busy);
    await expect.poll(async () => (await points())[0], { timeout: 120_000 }).toBeGreaterThan(known!);
    // Whole, it is among those that can be walked, while others are still drawn.
    await page.getByRole('button', { name: 'Look at the surfaces so far' }).click({ timeout: 120_000 });
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForSelector('[data-state=paused]', { timeout: 120_000 });
    expect(await page.locator('[data-sketch]').count()).toBe(0);
  });
  test('there were no errors, the policy was kept, and nothing was asked of another host', () => {
    expect(lab.errors).toEqual([]);
    const own = (address: string) => /^(data|blob|about):/.test(address) || address.startsWith(lab.url);
    expect(lab.requests.filter((address) => !own(address))).toEqual([]);
  });
});
