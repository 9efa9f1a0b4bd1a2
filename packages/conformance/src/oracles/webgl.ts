import { launchChromium } from '../chromium.js';
import type { OracleCase } from './adapter.js';
import type { CaseResult } from './run-case.js';

/** Makes the script that runs in the page and says where it is. */
export type Bundle = () => Promise<string>;

/** Runs the cases on WebGL in headless Chromium (`CHROMIUM_PATH`, else `/usr/bin/chromium`). */
export async function* runInChromium(
  cases: readonly OracleCase[],
  bundle: Bundle,
): AsyncGenerator<CaseResult> {
  const script = await bundle();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: script });
    const backend = await page.evaluate(() => globalThis.startOracles());
    if (backend !== 'webgl') throw new Error(`Chromium gave the backend '${backend}', not webgl.`);
    for (const oracle of cases)
      yield await page.evaluate((one) => globalThis.runOracle(one as never), oracle as never);
  } finally {
    await browser.close();
  }
}
