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
});
