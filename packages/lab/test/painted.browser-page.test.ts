import { phantomDataset, readImage } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, fileOfRun, type Lab, openLab, taken } from './lab-in-chromium.js';
import { ended, openWith, shortSettings } from './small-study.js';

describe.skipIf(absent !== undefined)(`masks that were painted, in Chromium${absent ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab?.close());

  const inside = ({ data }: { data: ArrayLike<number> }) =>
    Array.from(data).filter((value) => value === 1).length;
  const saved = async () => readImage((await taken(lab.page, /^Save the mask/)).bytes);
  /** Opens the brush at the picture of an id. */
  const brush = async (id: string, picture: number) => {
    const { page } = lab;
    const painting = page.locator('.painting');
    if (!(await painting.isVisible())) await page.getByText('Paint and correct masks').click();
    await page.getByLabel(/^Picture/).fill(String(picture));
    await expect.poll(() => painting.getAttribute('aria-label')).toMatch(new RegExp(`^${id}:`));
  };
  /** Fills the whole of the picture under the brush with a class. */
  const fillAll = async (label: string) => {
    await lab.page.locator('.painting').focus();
    await lab.page.keyboard.press(label);
    await lab.page.keyboard.press('b');
    await lab.page.getByLabel(/^Radius/).fill('30');
    await lab.page.locator('.painting').click();
  };

  test('all that were painted are saved as one zip', async () => {
    const { page, url } = lab;
    await openWith(page, url, 'data', shortSettings);
    await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
    await brush('fundus-0000', 0);
    expect(await page.getByRole('button', { name: /^Save all/ }).count()).toBe(0);
    await fillAll('1');
    await brush('fundus-0001', 1);
    await fillAll('0');
    const { name, bytes } = await taken(page, 'Save all that were painted (2, zip)');
    const files = unzipSync(bytes);
    expect([name, Object.keys(files)]).toEqual(['masks.zip', ['fundus-0000.png', 'fundus-0001.png']]);
    const [first, second] = await Promise.all(Object.values(files).map((file) => readImage(file)));
    expect([inside(first!), inside(second!)]).toEqual([32 * 32, 0]);
  });
  test('a study trains on them; those that came stay, and are taken again', async () => {
    const { page } = lab;
    await page.getByRole('button', { name: 'Use what was painted in the study' }).click();
    await page.getByText('Masks as you painted them: 2.').waitFor({ timeout: 120_000 });
    await brush('fundus-0000', 0);
    expect(inside(await saved())).toBe(32 * 32);
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByText('drawn by the lab; 2 of their masks as you painted them.').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    expect(await ended(page)).toBe('done');
    const [run] = await page.locator('.runs strong').allInnerTexts();
    const config = await fileOfRun(page, `${run}/config.yaml`);
    expect(config).toMatch(/^data:\n( {2}.*\n)* {2}kind: painted\n/m);
    expect(config).toMatch(/^ {2}of:\n {4}kind: phantom\n/m);
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByRole('button', { name: 'Take the masks as they came' }).click();
    await page.waitForSelector('[data-examined="8"]', { timeout: 120_000 });
    expect(await page.getByText('Masks as you painted them').count()).toBe(0);
  });
  test('a mask of a large picture is saved as large as its file; only what was painted is another', async () => {
    const { page } = lab;
    const files: Record<string, Uint8Array> = {};
    const drawn = phantomDataset({ kind: 'fundus', count: 2, height: 300, width: 420, seed: 5 });
    const masks: Uint8Array[] = [];
    for (let i = 0; i < 2; i++) {
      const { image, mask } = await drawn.get(i);
      masks.push(Uint8Array.from(mask.data));
      files[`images/eye${i}.png`] = encodePng(image);
      files[`masks/eye${i}.png`] = encodePng({ ...mask, data: masks[i]!.map((value) => 255 * value) });
    }
    const buffer = Buffer.from(zipSync(files));
    await page
      .getByLabel('or its zip')
      .setInputFiles({ name: 'eyes.zip', mimeType: 'application/zip', buffer });
    await page.waitForSelector('[data-examined="2"]', { timeout: 120_000 });
    await page.getByText(/Scaled to 0\.721 of their sides/).waitFor();
    await brush('eye0', 0);
    const before = await saved();
    expect([before.height, before.width]).toEqual([300, 420]);
    expect([...before.data]).toEqual([...masks[0]!]);
    await page.locator('.painting').focus();
    await page.keyboard.press('1');
    await page.getByLabel(/^Radius/).fill('10');
    await page.locator('.painting').click({ position: { x: 20, y: 20 } });
    const { data } = await saved();
    const others = [...data.keys()].filter((at) => data[at] !== masks[0]![at]);
    expect(others.length).toBeGreaterThan(100);
    // All within the corner that the brush can have reached.
    for (const at of others)
      expect(
        [at % 420, Math.floor(at / 420)].every((place) => place < 45),
        `pixel ${at}`,
      ).toBe(true);
  });
  test('what this browser keeps is used again, and removed when that is asked for twice', async () => {
    const { page } = lab;
    await page.getByLabel('cells with their membranes').check();
    await page.waitForSelector('[data-examined="24"]', { timeout: 120_000 });
    await page.waitForSelector('[data-kept="2"]', { state: 'attached' });
    await page.getByText('Kept in this browser').click();
    await page.getByRole('button', { name: /^Use pictures-/ }).click();
    await page.waitForSelector('[data-examined="2"]', { timeout: 120_000 });
    await page.getByRole('button', { name: /^Remove pictures-/ }).click();
    await page.getByRole('button', { name: /^Keep pictures-/ }).click();
    await page.waitForSelector('[data-kept="2"]');
    await page.getByRole('button', { name: /^Remove pictures-/ }).click();
    await page.getByRole('button', { name: /^Remove pictures-.* for good$/ }).click();
    await page.waitForSelector('[data-kept="1"]');
    // What was removed was in use: the lab draws its own again.
    await page.waitForSelector('[data-examined="24"]', { timeout: 120_000 });
  });
  test('a run is removed when that is asked for twice', async () => {
    const { page } = lab;
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.waitForSelector('[data-runs="1"]');
    await page.getByRole('button', { name: /^Remove run-/ }).press('Enter');
    // The keyboard stands on what does no harm.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Keep');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Remove run-/ }).click();
    await page.getByRole('button', { name: /^Remove run-.* for good$/ }).click();
    await page.waitForSelector('[data-runs="0"]');
  });
  test('there were no errors, and the policy was kept', () => {
    expect(lab.errors).toEqual([]);
  });
});
