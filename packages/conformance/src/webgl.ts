import { chromium } from 'playwright-core';
import type { OracleCase } from './adapter.js';
import type { CaseResult } from './run-case.js';

const chromiumArguments = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Bundles an entry of this folder and says where. */
export type Bundle = (entry: 'browser-entry') => Promise<string>;

/** Runs the cases on WebGL in headless Chromium (`CHROMIUM_PATH`, else `/usr/bin/chromium`). */
export async function* runInChromium(
  cases: readonly OracleCase[],
  bundle: Bundle,
): AsyncGenerator<CaseResult> {
  const script = await bundle('browser-entry');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: chromiumArguments,
  });
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
