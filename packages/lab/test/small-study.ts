import type { Page } from 'playwright-core';

export const settingsKey = 'segscape-lab';

/** Settings of a study of seconds: two losses, eight pictures of 32×32, 12 steps, surfaces of 3×3 points. */
export const smallSettings = {
  data: { kind: 'phantom', phantom: 'fundus', count: 8, height: 32, width: 32, seed: 7 },
  losses: [
    { id: 1, kind: 'crossEntropy', options: {} },
    { id: 2, kind: 'dice', options: {} },
  ],
  plan: {
    baseChannels: 4,
    depth: 2,
    augment: true,
    budget: 'epochs',
    amount: 4,
    batchSize: 2,
    learningRate: 0.004,
    seeds: 1,
    resolution: 3,
    device: 'wasm',
  },
};

/** One loss of them, and what is drawn around its networks alone: for what only has to come to its end. */
export const shortSettings = {
  ...smallSettings,
  losses: smallSettings.losses.slice(0, 1),
  plan: { ...smallSettings.plan, maps: false },
};

/** Opens a page of the lab as a visitor who has set these. */
export async function openWith(
  page: Page,
  url: string,
  path: string,
  settings: object = smallSettings,
): Promise<void> {
  await page.goto(`${url}#/${path}`);
  await page.evaluate(
    ([key, text]) => localStorage.setItem(key!, text!),
    [settingsKey, JSON.stringify(settings)],
  );
  await page.reload();
}

export const stateOf = (page: Page) => page.locator('[data-state]').getAttribute('data-state');

/** Waits for the end of what is under way; a failure is told in its words. */
export async function ended(page: Page, timeout = 150_000): Promise<string> {
  await page.waitForSelector('[data-state=done], [data-state=paused], [data-state=failed]', { timeout });
  const state = (await stateOf(page))!;
  if (state === 'failed') throw new Error((await page.locator('.problem').first().textContent()) ?? '');
  return state;
}
