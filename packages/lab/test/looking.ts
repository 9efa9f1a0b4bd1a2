import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFindings } from './axe.js';

/** Walks a point of the surfaces of the page Look, and expects that what its networks see goes with it. */
export async function walkTheLandscape(page: Page): Promise<void> {
  const here = page.getByRole('region', { name: 'What the networks at the point see', exact: true });
  const point = () => page.locator('[data-point]').getAttribute('data-point');
  /** What the first network sees, once it is seen from where the point is. */
  const seen = async () => {
    await expect
      .poll(
        async () => {
          const key = JSON.parse((await here.getAttribute('data-sights-key')) ?? '[{}]') as {
            x: number;
            y: number;
          }[];
          return `${key[0]?.x},${key[0]?.y}`;
        },
        { timeout: 120_000 },
      )
      .toBe(await point());
    const canvases = here.locator('.sight').first().locator('canvas');
    const pixels = (nth: number) =>
      canvases.nth(nth).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    return {
      prediction: await pixels(0),
      map: await pixels(2),
      losses: await here.locator('tbody tr').first().textContent(),
    };
  };
  await page.getByRole('button', { name: 'To the middle' }).click();
  const middle = await seen();
  await page.getByLabel(/^Walk /).selectOption('corner to corner');
  await page.getByLabel(/^Along it/).press('End');
  expect(await point()).toBe('1,1');
  const corner = await seen();
  expect(corner.prediction).not.toBe(middle.prediction);
  expect(corner.map).not.toBe(middle.map);
  expect(corner.losses).not.toBe(middle.losses);
  await page.getByRole('button', { name: 'To the middle' }).click();
  expect(await seen()).toEqual(middle);
  await page.locator('.contour .pick').first().press('ArrowUp');
  expect((await seen()).losses).not.toBe(middle.losses);
}

/** Plays the checkpoints and the paths of the page Look, and looks at it in every width and light. */
export async function playTheCheckpoints(page: Page): Promise<void> {
  await page.getByText(/^Through training: play the checkpoints/).click();
  const players = page.locator('details .player-controls');
  await expect.poll(() => players.count(), { timeout: 120_000 }).toBe(2);
  await page.getByRole('region', { name: 'What the networks see: end', exact: false }).first().waitFor();
  await players.first().getByRole('slider').press('Home');
  await page.waitForSelector('section[aria-label^="What the networks see: start"][data-sights="2"]', {
    timeout: 120_000,
  });
  await players.nth(1).getByRole('slider').press('Home');
  await page.waitForSelector(
    'section[aria-label^="What the networks see along their paths: epoch 0"] [data-share]',
    { timeout: 120_000 },
  );
  await page.waitForSelector('[data-forensics]');
  expect(await page.locator('[data-forensics] tbody tr').count()).toBeGreaterThan(3);
  await page.locator('.trust').first().waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFindings(page)).toEqual([]);
    for (const width of [1440, 768, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
