import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { segscape, start, tinyConfig, workFolder } from './cli.js';

const about = chromiumPath === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : '';
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = workFolder();

/** A study of seconds that records everything: two seeds, curvature, pictures through epochs, images trained on alone. */
const config = `${tinyConfig({ repeats: 2 })
  .replace('batchSize: 2,', 'batchSize: 2, seeds: [1, 2],')
  .replace('samples: 2 }', 'samples: 2, curvature: { eigenvalues: 1 } }')}
experiment: { iterations: 4, every: 2 }
`;

/** What a finished run has sections for. */
const sections = [
  'comparison',
  'data-sheet',
  'curves',
  'steps',
  'surfaces',
  'lines',
  'maps',
  'curvature',
  'weight-change',
  'gradients',
  'similarity',
  'profiles',
  'samples',
  'experiment',
  'augmentation',
  'calibration',
  'config',
];

describe.skipIf(chromiumPath === undefined)(`the report of a run, in Chromium${about}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    writeFileSync(join(folder, 'tiny.yaml'), config);
    const { code, err } = await segscape(folder, 'run', 'tiny.yaml', '--out', 'run');
    expect(err).toBe('');
    expect(code).toBe(0);
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumArguments() });
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** The report at a width and in a scheme, with what went wrong. */
  async function opened(run: string, width: number, colorScheme: 'light' | 'dark') {
    const errors: string[] = [];
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    await context.setOffline(true);
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => /^(file|data|blob):/.test(request.url()) || errors.push(request.url()));
    await page.goto(pathToFileURL(join(folder, run, 'report.html')).href);
    return { page, errors };
  }
  const idsOf = (page: Page) =>
    page.locator('main > section').evaluateAll((all) => all.map((section) => section.id));
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(readFileSync(axe, 'utf8'));
    return page.evaluate(async () => {
      const { axe: checker } = globalThis as typeof globalThis & {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
  }

  test.each(
    [390, 768, 1440].flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
    ),
  )(
    'at %i pixels, %s: every section, nothing hangs over, axe finds nothing, no error',
    async (width, scheme) => {
      const { page, errors } = await opened('run', width, scheme);
      await page.waitForSelector('#surfaces[data-drawn]');
      await page.waitForSelector('#samples .browser[data-coloured]');
      expect(await idsOf(page)).toEqual(sections);
      // Folded parts must fit as well.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await violations(page)).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );
  test('pictures that no network made alike: columns of two losses differ', async () => {
    const { page } = await opened('run', 1440, 'light');
    const show = page.locator('#experiment').getByLabel('Show').first();
    await show.selectOption('Gradient, all iterations');
    const rows = page.locator('#experiment .film').first().locator('tbody tr');
    const last = (row: number) => rows.nth(row).locator('img').last().getAttribute('src');
    expect(await rows.count()).toBe(2);
    expect(await last(0)).not.toBe(await last(1));
    await page.context().close();
  });
  test('of a run that was killed as it trained says what is missing', async () => {
    const run = start(folder, 'run', 'tiny.yaml', '--out', 'killed');
    await run.seen(/Dice, seed 1, epoch 1\/2/);
    run.process.kill('SIGKILL');
    await run.ended;
    expect((await segscape(folder, 'report', 'killed')).code).toBe(0);
    const { page, errors } = await opened('killed', 768, 'light');
    const notice = await page.locator('header .notice').first().textContent();
    expect(notice).toMatch(/^Still missing:.*Dice \(seed [12]\): (epoch 1 of 2|not begun)\./);
    expect(notice).toContain('Loss surfaces and maps.');
    expect(notice).toContain('The images that are trained on alone.');
    expect(notice).toContain('segscape run --resume');
    expect(await idsOf(page)).toEqual(['data-sheet', 'curves', 'config']);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('--live: a click on a surface shows what the network sees there, and asks nobody else', async () => {
    const before = readFileSync(join(folder, 'run', 'report.html'));
    const served = start(folder, 'report', 'run', '--live', '--pseudonyms');
    let out = '';
    served.process.stdout!.on('data', (chunk) => {
      out += chunk;
    });
    await served.seen(/Ctrl-C ends it/);
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(out)!;
    const errors: string[] = [];
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on(
      'request',
      (request) =>
        [address, 'data:', 'blob:'].some((own) => request.url().startsWith(own)) ||
        errors.push(request.url()),
    );
    await page.goto(address);
    const panel = page.locator('#surfaces .panel').first();
    const status = panel.locator('.live [role=status]');
    expect(await status.textContent()).toContain('Click a place');
    const looked = async (act: () => Promise<unknown>) => {
      const answer = page.waitForResponse((response) => response.url().includes('/look?'));
      await act();
      await answer;
      await expect
        .poll(() => status.textContent(), { timeout: 20_000 })
        .toMatch(/^On this image alone: crossEntropy [\d.]+, Dice [\d.]+\.$/);
      return (await status.textContent())!;
    };
    const pick = panel.locator('.pick');
    const middle = await looked(() => pick.click());
    expect(await panel.locator('.live-pictures figcaption').allTextContents()).toEqual([
      'Image',
      'Truth',
      'Prediction',
      'Difference',
      '1 − confidence in the truth',
    ]);
    const drawn = panel.locator('.live-pictures img').first();
    expect(await drawn.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(32);
    const elsewhere = await looked(() => pick.press('ArrowRight'));
    expect(elsewhere).not.toBe(middle);
    expect(await panel.locator('.live select option').allTextContents()).toEqual([
      'test image 1',
      'test image 2',
    ]);
    expect(await looked(() => panel.locator('.live select').selectOption('test image 2'))).not.toBe(
      elsewhere,
    );
    expect(await violations(page)).toEqual([]);
    for (const width of [768, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    // Another surface is another place to look from.
    await panel.locator('[data-role=trained]').selectOption({ index: 1 });
    await expect.poll(() => status.textContent()).toBe('Click a place of this surface.');
    expect(errors).toEqual([]);
    await context.close();
    served.process.kill('SIGINT');
    expect((await served.ended).code).toBe(0);
    expect(Buffer.compare(readFileSync(join(folder, 'run', 'report.html')), before)).toBe(0);
  });

  test('--live looks at one run, with its pictures', async () => {
    for (const options of [['--no-images'], ['run', '--compare', '--out', 'both.html']]) {
      const { code, err } = await segscape(folder, 'report', 'run', '--live', ...options);
      expect(code).toBe(1);
      expect(err).toContain('report: --live shows pictures of one run. Leave --compare and --no-images out.');
    }
  });
});
