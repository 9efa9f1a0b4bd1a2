import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decodeTensors } from '@segscape/core';
import { reportHtml } from '@segscape/report';
import { memoryStorage, openRun, validateRun } from '@segscape/runs';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unzipRun } from '../src/study/run-archive.js';
import { seriousFindings } from './axe.js';
import { cli } from './built-lab.js';
import { absent, builtFile, fileOfRun, type Lab, openLab, taken as takenFrom } from './lab-in-chromium.js';
import { playTheCheckpoints, walkTheLandscape } from './looking.js';
import { checkedPackage } from './model-package.js';
import { ended, openWith, shortSettings, smallSettings } from './small-study.js';

const rows = (history: string) => history.trim().split('\n').sort();

describe.skipIf(absent !== undefined)(`a study in the lab, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  let page: Page;
  let downloads: string;
  const runName = async () => (await page.locator('.runs strong').first().textContent()) ?? '';

  beforeAll(async () => {
    lab = await openLab();
    page = lab.page;
    downloads = mkdtempSync(join(tmpdir(), 'segscape-lab-taken-'));
  });
  afterAll(async () => {
    await lab?.close();
    if (downloads) rmSync(downloads, { recursive: true });
  });

  const taken = async (button: string) => {
    const file = await takenFrom(page, button);
    writeFileSync(join(downloads, file.name), file.bytes);
    return file;
  };

  let first = '';

  test('trains two losses from one start, with live curves, to scores and surfaces', async () => {
    const scripts = new Set<string>();
    page.on('request', (request) => {
      if (/\.js$/.test(request.url())) scripts.add(new URL(request.url()).pathname);
    });
    await openWith(page, lab.url, 'plan');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForSelector('[data-stage=training]', { timeout: 120_000 });
    // What it takes to train: at most 1 MB of code, compressed.
    const heavy = [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(builtFile(path))).length, 0);
    expect(heavy).toBeLessThan(1_000_000);
    await page.waitForSelector('.uplot canvas');
    // Each network shows what it makes of a picture while it trains.
    await page.waitForSelector('[data-sights] .sight canvas', { timeout: 120_000 });
    expect(await page.getByText(/Computes with wasm/).textContent()).toMatch(/float32/);
    expect(await ended(page)).toBe('done');
    expect(await page.locator('[data-sights] .sight').count()).toBe(2);
    expect(await seriousFindings(page)).toEqual([]);
    const scores = await page.locator('[aria-label=Curves] tbody tr').allInnerTexts();
    expect(scores.map((row) => row.split(/\s+/)[0] || row.trim().split(/\s+/)[0])).toEqual([
      'crossEntropy',
      'dice',
    ]);
    first = await runName();
    expect(await fileOfRun(page, `${first}/config.yaml`)).toContain('kind: phantom');
  });
  test('its surfaces are looked at, and a point of them is read', async () => {
    await page.getByRole('link', { name: 'Look', exact: true }).click();
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
    expect(await page.locator('.contour svg').count()).toBe(2);
    expect(await page.locator('[data-profiles="2"] svg').count()).toBe(4);
    const row = () => page.locator('[data-point] tr').first().textContent();
    const middle = await row();
    const picks = page.locator('.contour .pick');
    await picks.first().click({ position: { x: 80, y: 80 } });
    const corner = await row();
    expect(corner).not.toBe(middle);
    await picks.first().press('ArrowRight');
    expect(await row()).not.toBe(corner);
    const terrains = page.locator('.surfaces .terrain');
    const before = await terrains.nth(1).screenshot();
    await terrains.first().press('ArrowRight');
    await expect.poll(async () => (await terrains.nth(1).screenshot()).equals(before)).toBe(false);
    await page.getByLabel('Moment of the training').selectOption('start');
    await page.getByText('epoch 0').first().waitFor();
    await page.getByLabel('Moment of the training').selectOption('end');
  });
  test('walking the landscape changes the prediction, the loss map and every loss there', () =>
    walkTheLandscape(page));
  test('the networks are played through their checkpoints, and along their paths', () =>
    playTheCheckpoints(page));
  test('the zip that is taken away is a sound run, which reports anew', async () => {
    await page.getByRole('link', { name: 'Take away' }).click();
    await page.waitForSelector('[data-files]');
    const { name, bytes } = await taken('Run folder (zip)');
    expect(name).toBe(`${first}.zip`);
    const storage = memoryStorage();
    await unzipRun(bytes, storage);
    expect(await validateRun(storage)).toEqual([]);
    // Two networks at three moments, at least.
    expect((await (await openRun(storage)).landscapes()).length).toBeGreaterThanOrEqual(6);
    expect(await reportHtml(storage)).toContain('crossEntropy');
    if (!existsSync(cli)) return;
    // As it lies on a disk, the command line reads every file of it.
    const folder = join(downloads, 'unpacked');
    for (const path of await storage.list('')) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), await storage.read(path));
    }
    expect(execFileSync(process.execPath, [cli, 'inspect', folder], { encoding: 'utf8' })).toContain(
      'Everything is sound.',
    );
  });
  test('weights, network and report are taken away', async () => {
    const weights = await taken('crossEntropy/seed-1/best');
    expect(Object.keys(decodeTensors(weights.bytes).tensors)[0]).toMatch(/^encoder\.0/);
    const report = await taken('Report (HTML)');
    expect(new TextDecoder().decode(report.bytes.subarray(0, 15))).toBe('<!doctype html>');
    const onnx = await taken('Network (ONNX)');
    expect(onnx.bytes.length).toBeGreaterThan(5_000);
    await page.getByLabel(/^Channels/).selectOption('first');
    await page.getByLabel(/^Gives/).selectOption('probabilities');
    const other = await taken('Network (ONNX)');
    // Names of the graph's outputs stand in the file as they are.
    const holds = (bytes: Uint8Array, word: string) => Buffer.from(bytes).includes(word);
    expect([holds(onnx.bytes, 'probabilities'), holds(other.bytes, 'probabilities')]).toEqual([false, true]);
    const figures = unzipSync((await taken('Figures (SVG)')).bytes);
    expect(Object.keys(figures).length).toBeGreaterThan(4);
    for (const [name, bytes] of Object.entries(figures)) {
      expect(name).toMatch(/^[\w-]+\.svg$/);
      expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('<svg');
    }
  });
  test('a package for bioimage.io is what it describes, for another program, too', async () => {
    expect(await page.getByRole('button', { name: /^Package for bioimage\.io/ }).isDisabled()).toBe(true);
    await page.getByLabel(/^Its authors/).fill('A. Author; B. Author');
    const { name, bytes } = await taken('Package for bioimage.io (zip)');
    expect(name).toBe(`${first}-bioimageio.zip`);
    expect(await checkedPackage(bytes)).toMatchObject({
      type: 'model',
      authors: [{ name: 'A. Author' }, { name: 'B. Author' }],
      license: 'CC-BY-4.0',
    });
  });
  test('a zip is opened again beside the run that it came from', async () => {
    await page.getByLabel('Open the zip of a run folder').setInputFiles(join(downloads, `${first}.zip`));
    await page.getByText(`${first}-2 is open; every file of it is sound.`).waitFor();
    await page.getByRole('link', { name: 'Look', exact: true }).click();
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
  });
  test('a run that the command line serves is looked at, and not kept', async () => {
    const storage = memoryStorage();
    await unzipRun(new Uint8Array(readFileSync(join(downloads, `${first}.zip`))), storage);
    await lab.context.route('**/run.json', async (route) =>
      route.fulfill({ json: { name: 'of the terminal', files: await storage.list('') } }),
    );
    await lab.context.route('**/run/**', async (route) => {
      const path = decodeURIComponent(new URL(route.request().url()).pathname.slice('/run/'.length));
      await route.fulfill({ body: Buffer.from(await storage.read(path)) });
    });
    await page.goto(`${lab.url}#/look?served`);
    await page.reload();
    const chosen = () => page.locator('main select').first().inputValue();
    await expect.poll(chosen, { timeout: 120_000 }).toBe(':served');
    await page.waitForSelector('[data-surfaces]', { timeout: 120_000 });
    await page.getByRole('link', { name: 'Train' }).click();
    await page.waitForSelector('[data-runs="2"]');
    await page.getByRole('link', { name: 'Look', exact: true }).click();
  });
  test('what is no run is refused in words', async () => {
    await page
      .getByLabel('Open the zip of a run folder')
      .setInputFiles({ name: 'a.zip', mimeType: 'application/zip', buffer: Buffer.from('no zip') });
    await page.getByText('This is not a zip that can be read').waitFor();
  });
  test('a tab closed in the middle of a training goes on to equal numbers', async () => {
    // What is drawn afterwards changes no number of a training.
    const plan = { ...smallSettings.plan, maps: false };
    await openWith(page, lab.url, 'plan', { ...smallSettings, plan });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForSelector('.uplot canvas', { timeout: 120_000 });
    await page.getByText(/training: dice/).waitFor({ timeout: 120_000 });
    await page.reload();
    await page.waitForSelector('[data-runs="3"]');
    const second = await runName();
    expect(second).not.toBe(first);
    expect(await page.locator('.runs li').first().textContent()).toContain('(not finished)');
    await page.getByRole('button', { name: `Go on with ${second}` }).click();
    expect(await ended(page)).toBe('done');
    expect(rows(await fileOfRun(page, `${second}/history.csv`))).toEqual(
      rows(await fileOfRun(page, `${first}/history.csv`)),
    );
  });
  test('a study is paused after a step, and goes on', async () => {
    await openWith(page, lab.url, 'plan', shortSettings);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForSelector('[data-stage=training]', { timeout: 120_000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await ended(page)).toBe('paused');
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    expect(await ended(page)).toBe('done');
  });
  test('there were no errors, the policy was kept, and nothing was asked of another host', () => {
    expect(lab.errors).toEqual([]);
    expect(
      lab.requests.filter((address) => !/^(data|blob):/.test(address) && !address.startsWith(lab.url)),
    ).toEqual([]);
  });
});
