import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { memoryStorage } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import type { Worker } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unzipRun, zipRun } from '../src/study/run-archive.js';
import { cli } from './built-lab.js';
import { absent, type Lab, openLab, taken } from './lab-in-chromium.js';
import { folderOfAnnotations, foldersOfEyes, whose } from './own-pictures.js';
import { ended, openWith, smallSettings } from './small-study.js';

const run = promisify(execFile);
const withCli = existsSync(cli);
/** The command line, as a person would call it. */
const segscape = async (...words: string[]) =>
  (await run(process.execPath, [cli, ...words], { encoding: 'utf8' })).stdout;

/** A study of seconds for the terminal. */
const terminalStudy = `name: of the terminal
data: { kind: phantom, phantom: fundus, count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } }
model: { kind: unet, baseChannels: 4, depth: 2, norm: batch }
losses: [crossEntropy]
training: { epochs: 1, batchSize: 3 }
landscape: { resolution: 3, samples: 2, checkpoints: [end], maps: false }
`;

/** What the study's worker keeps of its graphics contexts, once it has been asked to. */
interface Keeping {
  contexts: WebGL2RenderingContext[];
}
/** Two losses, two epochs of a step or two of small images, the coarsest surfaces: what a processor that plays a graphics card does in time. */
const settings = {
  ...smallSettings,
  plan: {
    ...smallSettings.plan,
    amount: 2,
    batchSize: 4,
    side: 48,
    maps: false,
    augment: false,
    device: 'webgl',
  },
};

describe.skipIf(absent !== undefined)(`one’s own pictures in the lab, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  let folder: string;
  let eyes: string;
  let byTerminal: Promise<string> | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segscape-lab-own-'));
    eyes = await foldersOfEyes();
    lab = await openLab();
    const config = join(folder, 'study.yaml');
    writeFileSync(config, terminalStudy);
    if (withCli) byTerminal = segscape('run', config, '--out', join(folder, 'terminal'));
    byTerminal?.catch(() => undefined); // its own test tells
  });
  afterAll(async () => {
    await lab?.close();
    for (const each of [folder, eyes]) if (each) rmSync(each, { recursive: true, force: true });
  });

  test(`${whose} are dropped, and two losses trained on them on WebGL`, { timeout: 400_000 }, async () => {
    const { page, url } = lab;
    await openWith(page, url, 'data', settings);
    await page.getByLabel('Names of the classes').fill('background, disc');
    await page.getByLabel('A folder').setInputFiles(eyes);
    await page.waitForSelector('[data-examined="4"]', { timeout: 120_000 });
    expect(await page.locator('.failures li').count()).toBe(0);
    await page.goto(`${url}#/plan`);
    await page.getByRole('button', { name: 'Start' }).click();
    expect(await ended(page, 380_000)).toBe('done');
    expect(await page.locator('[data-state]').textContent()).toMatch(/Computes with webgl/);
    expect(await page.locator('[aria-label=Curves] tbody tr').count()).toBe(2);
    expect(await page.locator('.uplot canvas').count()).toBeGreaterThan(0);
  });
  test('a place of their surface is walked to, and the prediction and every loss there are others', async () => {
    const { page } = lab;
    await page.getByRole('link', { name: 'Look', exact: true }).click();
    await page.locator('.contour svg').nth(1).waitFor({ timeout: 120_000 });
    const here = page.getByRole('region', { name: 'What the networks at the point see', exact: true });
    const losses = () => here.locator('tbody tr').first().textContent();
    const prediction = () =>
      here
        .locator('.sight canvas')
        .first()
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await here.locator('.sight').nth(1).waitFor({ timeout: 120_000 });
    const [middle, seen] = [await losses(), await prediction()];
    await page.getByLabel(/^Along it/).press('Home');
    await expect.poll(losses, { timeout: 120_000 }).not.toBe(middle);
    expect(await prediction()).not.toBe(seen);
  });
  test.skipIf(!withCli)(
    'what is taken away is read by the command line: inspected, and reported anew',
    async () => {
      const { page } = lab;
      await page.getByRole('link', { name: 'Take away' }).click();
      await page.waitForSelector('[data-files]');
      const { bytes } = await taken(page, 'Run folder (zip)');
      const storage = memoryStorage();
      await unzipRun(bytes, storage);
      const unpacked = join(folder, 'unpacked');
      for (const path of await storage.list('')) {
        mkdirSync(dirname(join(unpacked, path)), { recursive: true });
        writeFileSync(join(unpacked, path), await storage.read(path));
      }
      expect(await segscape('inspect', unpacked)).toContain('Everything is sound.');
      rmSync(join(unpacked, 'report.html'));
      await segscape('report', unpacked);
      expect(existsSync(join(unpacked, 'report.html'))).toBe(true);
    },
  );
  test.skipIf(!withCli)(
    'a run of the command line is opened: its surface, and what its network sees',
    async () => {
      const { page, url } = lab;
      await byTerminal;
      const buffer = Buffer.from(await zipRun(fsStorage(join(folder, 'terminal')), 'terminal'));
      await page.goto(`${url}#/look`);
      await page
        .getByLabel('Open the zip of a run folder')
        .setInputFiles({ name: 'terminal.zip', mimeType: 'application/zip', buffer });
      await page.getByText('terminal is open; every file of it is sound.').waitFor({ timeout: 120_000 });
      await page.waitForSelector('[data-surfaces="1"]', { timeout: 120_000 });
      await page.locator('.sight').first().waitFor({ timeout: 120_000 });
      expect(await page.locator('.contour svg').count()).toBe(1);
    },
  );
  test('a graphics card that takes its context back is told of in words; nothing is lost, and it goes on', async () => {
    const { page, url } = lab;
    const studyWorker = async (): Promise<Worker> => {
      for (const worker of page.workers())
        if ((await worker.evaluate(() => self.name)) === 'study') return worker;
      throw new Error('The study’s worker has not begun.');
    };
    await openWith(page, url, 'plan', {
      ...settings,
      data: smallSettings.data,
      losses: settings.losses.slice(0, 1),
      plan: { ...settings.plan, amount: 30 },
    });
    await page.getByText('The same as a config').click();
    await expect
      .poll(() => page.locator('code').textContent(), { timeout: 120_000 })
      .toContain('kind: phantom');
    const worker = await studyWorker();
    await worker.evaluate(() => {
      const keeping = globalThis as unknown as Keeping;
      keeping.contexts = [];
      const make = OffscreenCanvas.prototype.getContext as (...given: unknown[]) => unknown;
      OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...given: unknown[]) {
        const context = make.apply(this, given);
        if (context instanceof WebGL2RenderingContext) keeping.contexts.push(context);
        return context;
      } as typeof OffscreenCanvas.prototype.getContext;
    });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/training: crossEntropy/).waitFor({ timeout: 170_000 });
    await expect
      .poll(async () => Number(await page.locator('progress').first().getAttribute('value')), {
        timeout: 120_000,
      })
      .toBeGreaterThan(3);
    const lost = await worker.evaluate(() => {
      const alive = (globalThis as unknown as Keeping).contexts.filter((context) => !context.isContextLost());
      for (const context of alive) context.getExtension('WEBGL_lose_context')!.loseContext();
      return alive.length;
    });
    expect(lost).toBeGreaterThan(0);
    await page
      .getByText(/The graphics card took its context back .* is kept\./)
      .waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await page.waitForSelector('[data-state=running]');
    await page.getByText(/training: crossEntropy/).waitFor({ timeout: 170_000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await ended(page)).toBe('paused');
  });
  test('COCO’s annotations beside their images are drawn as masks, and named by their categories', async () => {
    const { page, url } = lab;
    const cells = await folderOfAnnotations();
    try {
      await openWith(page, url, 'data', settings);
      await page.getByLabel('A folder').setInputFiles(cells);
      await page.waitForSelector('[data-examined="4"]', { timeout: 120_000 });
      expect(await page.locator('.failures li').count()).toBe(0);
      expect(await page.getByText('nucleus').count()).toBeGreaterThan(0);
    } finally {
      rmSync(cells, { recursive: true, force: true });
    }
  });
  test('there were no errors, and the policy was kept', () => {
    // Chromium itself says that a context was lost.
    expect(lab.errors.filter((error) => !/CONTEXT_LOST|context/i.test(error))).toEqual([]);
  });
});
