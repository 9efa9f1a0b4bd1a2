import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { absent, servedLab } from './built-lab.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built lab is served, and where the Chromium of all tests listens. */
    lab: { readonly url: string; readonly browser: string } | undefined;
  }
}

/** One server and one Chromium for all files; each has a profile of its own in it. */
export default async function oneChromium(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (absent !== undefined) {
    project.provide('lab', undefined);
    return undefined;
  }
  const [server, browser] = await Promise.all([
    servedLab(),
    chromium.launchServer({ executablePath: chromiumPath!, args: chromiumArguments() }),
  ]);
  project.provide('lab', { url: server.url, browser: browser.wsEndpoint() });
  return async () => {
    await browser.close();
    await server.close();
  };
}
