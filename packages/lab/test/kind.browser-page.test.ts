import { phantomDataset } from '@segscape/data';
import { encodePng } from '@segscape/report';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, type Lab, openLab } from './lab-in-chromium.js';
import { ended, openWith, shortSettings, smallSettings, stateOf } from './small-study.js';

interface Dropped {
  readonly name: string;
  readonly base64: string;
}

/** Drops files onto the page Data, as from a folder of the desktop. */
const drop = (page: Page, files: readonly Dropped[]) =>
  page.locator('.drop').evaluate(
    (target, given) => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [...files],
  );
const text = (name: string, words: string): Dropped => ({
  name,
  base64: Buffer.from(words).toString('base64'),
});

/** Images and masks that can be read, as they lie in one folder. */
async function pairs(count: number): Promise<Dropped[]> {
  const drawn = phantomDataset({ kind: 'fundus', count, height: 48, width: 48, seed: 5 });
  const files: Dropped[] = [];
  for (let i = 0; i < count; i++) {
    const { image, mask } = await drawn.get(i);
    const seen = encodePng({ ...mask, data: Uint8Array.from(mask.data, (value) => 255 * value) });
    files.push({ name: `eye${i}.png`, base64: Buffer.from(encodePng(image)).toString('base64') });
    files.push({ name: `eye${i}_mask.png`, base64: Buffer.from(seen).toString('base64') });
  }
  return files;
}

describe.skipIf(absent !== undefined)(
  `what goes wrong, and what needs no mouse, in Chromium${absent ?? ''}`,
  () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await openLab();
    });
    afterAll(() => lab?.close());
    const problem = () => lab.page.locator('.problem').first().textContent({ timeout: 120_000 });

    test('what cannot be read is told of, file by file, and what was there stays', async () => {
      const { page, url } = lab;
      await openWith(page, url, 'data', smallSettings);
      await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
      await drop(page, [text('pictures.zip', 'no zip at all')]);
      expect(await problem()).toMatch(
        /^'pictures\.zip' is not a zip that can be read \(.+\)\. Zip the folder again, or choose the folder itself\.$/,
      );
      await drop(page, [text('notes.txt', 'no picture'), text('a.pdf', '%PDF')]);
      await page.getByText('No image could be used with its mask; the list tells why.').waitFor();
      expect(await page.locator('.failures li').first().textContent()).toMatch(
        /Their names do not tell images/,
      );
      await drop(page, []);
      expect(await problem()).toMatch(/holds no file/);
      expect(await page.locator('.sheet canvas').count()).toBe(8);
      const torn = (await pairs(3)).map((file, i) =>
        i === 0 ? { ...file, base64: file.base64.slice(0, 400) } : file,
      );
      await drop(page, torn);
      await page.waitForSelector('[data-examined="2"]', { timeout: 120_000 });
      expect(await page.locator('.failures li').allInnerTexts()).toEqual([
        expect.stringMatching(/^eye0\.png: /),
      ]);
      // The roles by which a screen reader is told of both.
      expect(await page.locator('[data-examined] [role=status]').count()).toBeGreaterThan(0);
    });
    test('every page is reached and used by the keyboard alone: links, headings, a brush with its eraser', async () => {
      const { page, url } = lab;
      await openWith(page, url, 'losses', smallSettings);
      await page.waitForSelector('[data-felt="2"]', { timeout: 120_000 });
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Data');
      await page.keyboard.press('Enter');
      // The new page's heading has the focus, so that a reader begins there.
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
      await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
      const summary = page.getByText('Paint and correct masks');
      await summary.focus();
      await page.keyboard.press('Enter');
      const painting = page.locator('.painting[data-painted="1"]');
      await painting.waitFor();
      const shown = () =>
        page.locator('.painting canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
      await page.locator('.painting').focus();
      await page.keyboard.press('b');
      await page.keyboard.press('1');
      // Out of the disc, which is of this class already.
      for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowUp');
      const before = await shown();
      await page.keyboard.press('Space');
      const painted = await shown();
      expect(painted).not.toBe(before);
      await page.keyboard.press('Control+z');
      expect(await shown()).toBe(before);
      await page.keyboard.press('Control+y');
      expect(await shown()).toBe(painted);
      await page.keyboard.press('e');
      await page.keyboard.press('Space');
      expect(await shown()).not.toBe(painted);
    });
    test('a phone: nothing hangs over, and fingers find what they look for', async () => {
      const { page, url } = lab;
      await page.setViewportSize({ width: 360, height: 740 });
      for (const path of ['data', 'losses', 'plan', 'train', 'look', 'take-away', 'device']) {
        await page.goto(`${url}#/${path}`);
        await page.locator('main > :nth-child(3)').waitFor();
        const small = await page
          .locator('main button:visible, header a:visible')
          .evaluateAll(
            (targets) =>
              targets.map((target) => target.getBoundingClientRect()).filter(({ height }) => height < 24)
                .length,
          );
        expect([path, await page.evaluate(() => document.documentElement.scrollWidth), small]).toEqual([
          path,
          360,
          0,
        ]);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    });
    test('a tab that the browser freezes goes on when it is looked at again', async () => {
      const { page, context, url } = lab;
      await openWith(page, url, 'plan', shortSettings);
      await page.getByRole('button', { name: 'Start' }).click();
      await page.waitForSelector('[data-stage=training]', { timeout: 120_000 });
      const session = await context.newCDPSession(page);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      expect(await stateOf(page)).toBe('running');
      expect(await ended(page)).toBe('done');
    });
    test('a browser without room says so in words, what to do about it, and goes on once there is room', async () => {
      const { page, context, url } = lab;
      await openWith(page, url, 'plan', shortSettings);
      const session = await context.newCDPSession(page);
      const { usage } = await session.send('Storage.getUsageAndQuota', { origin: url });
      await page.getByText('The same as a config').click();
      await expect
        .poll(() => page.locator('code').textContent(), { timeout: 120_000 })
        .toContain('kind: phantom');
      await session.send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: usage + 40_000 });
      await page.getByRole('button', { name: 'Start' }).click();
      await page.waitForSelector('[data-state=failed]', { timeout: 120_000 });
      expect(await problem()).toMatch(
        /quota for this site is used up\. Remove old runs.*What was done .* is kept\.$/,
      );
      await session.send('Storage.overrideQuotaForOrigin', { origin: url });
      await page.getByRole('button', { name: 'Go on', exact: true }).click();
      await page.waitForSelector('[data-state=running]');
      expect(await ended(page)).toBe('done');
    });
    test('a device that is not here is told of with what to do, and nothing is there to go on with', async () => {
      const { page, url } = lab;
      const plan = { ...shortSettings.plan, device: 'webgpu' };
      await openWith(page, url, 'plan', { ...shortSettings, plan });
      await page.getByRole('button', { name: 'Start' }).click();
      await page.waitForSelector('[data-state=failed]', { timeout: 120_000 });
      const words = await problem();
      expect(words).toMatch(/^useBackend: 'webgpu' is not available here \(.+\)\. To have it: use a browser/);
      expect(words).toMatch(/Others here: webgl, wasm, cpu\. Or choose another .+ on the page Plan\.$/);
      await page.getByRole('button', { name: 'Back to the plan' }).click();
      await page.getByLabel('Compute with').selectOption('wasm');
      await page.getByRole('button', { name: 'Start' }).click();
      await page.waitForSelector('[data-stage=training]', { timeout: 120_000 });
    });
    test('while a study is under way no other begins over it', async () => {
      const { page } = lab;
      await page.getByRole('link', { name: 'Plan', exact: true }).click();
      await page.getByText(/is under way; pause it before another begins/).waitFor();
      expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
      await page.getByRole('link', { name: 'pause it' }).click();
      expect(await ended(page)).toBe('done');
    });
    test('there were no errors, and the policy was kept', () => {
      expect(lab.errors).toEqual([]);
    });
  },
);
