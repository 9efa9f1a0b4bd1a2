import { chromiumArguments, chromiumPath } from '@segscape/testing/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Headless Chromium on a software GPU: `CHROMIUM_PATH`, else where systems put it. */
export const launchChromium = ({ webgpu = false } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath ?? '/usr/bin/chromium',
    args: chromiumArguments({ webgpu }),
  });
