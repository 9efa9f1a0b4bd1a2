import process from 'node:process';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isolation } from './built-lab.js';
import { absent, type Lab, openLab } from './lab-in-chromium.js';
import { ended, openWith, smallSettings } from './small-study.js';

/** What trains: `SEGSCAPE_LAB_DEVICE`, for a machine with a graphics card, else the processor. */
const device = process.env.SEGSCAPE_LAB_DEVICE ?? smallSettings.plan.device;

/** What the page did while a network trained. */
interface Frames {
  /** Milliseconds from frame to frame. */
  readonly gaps: readonly number[];
  /** Times that the words of the progress changed. */
  readonly changes: number;
  readonly seconds: number;
}

/** Frames of a page for some seconds, by their own clock: when a callback is called within one is the page's affair. */
const framesOf = (page: Page, seconds: number, whileTraining: boolean): Promise<Frames> =>
  page.evaluate(
    ([most, training]) =>
      new Promise<Frames>((resolve) => {
        const gaps: number[] = [];
        let changes = 0;
        const stage = document.querySelector('[data-stage]');
        const watched = new MutationObserver(() => changes++);
        const progress = stage?.querySelector('progress');
        if (progress) watched.observe(progress, { attributes: true });
        const goesOn = () => !training || stage?.getAttribute('data-stage') === 'training';
        const start = performance.now();
        let last: number | undefined;
        const tick = (now: number) => {
          if (last !== undefined) gaps.push(now - last);
          last = now;
          if (goesOn() && now - start < 1000 * most) return void requestAnimationFrame(tick);
          watched.disconnect();
          resolve({ gaps, changes, seconds: (now - start) / 1000 });
        };
        requestAnimationFrame(tick);
      }),
    [seconds, whileTraining] as const,
  );

function p95({ gaps }: Frames): string {
  const sorted = [...gaps].sort((a, b) => a - b);
  return `${sorted[Math.floor(0.95 * (sorted.length - 1))]?.toFixed(2)} ms`;
}

describe.skipIf(absent !== undefined)(`the page while a network trains, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ headers: isolation });
  });
  afterAll(() => lab?.close());

  test('it is free most of the time: training is the workers’, and steps are shown five times a second at most', async () => {
    const { page, context, url } = lab;
    const empty = await context.newPage();
    const blank = new URL('empty', url).href;
    await empty.route(blank, (route) =>
      route.fulfill({ headers: isolation, contentType: 'text/html', body: '' }),
    );
    await empty.goto(blank);
    expect(await empty.evaluate(() => crossOriginIsolated)).toBe(true);
    const idle = await framesOf(empty, 3, false);
    await empty.close();
    // More than is watched: what is waited for is the watching.
    const plan = { ...smallSettings.plan, amount: 200, device };
    await openWith(page, url, 'plan', { ...smallSettings, plan });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForSelector('[data-stage=training]', { timeout: 120_000 });
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    const busy = async () =>
      (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!
        .value;
    const before = await busy();
    const frames = await framesOf(page, 8, true);
    const { gaps, changes, seconds } = frames;
    const share = ((await busy()) - before) / seconds;
    // How long frames take depends on what else the machine does; how long the page itself is busy does not.
    const measured = `p95 of ${gaps.length} frames ${p95(frames)} (of an empty page ${p95(idle)}), busy for ${(100 * share).toFixed(0)} % of the time`;
    process.stdout.write(`${device}: ${measured}\n`);
    expect(share, measured).toBeLessThan(0.4);
    expect(changes / seconds, measured).toBeLessThan(6);
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await ended(page)).toBe('paused');
    expect(lab.errors).toEqual([]);
  });
});
