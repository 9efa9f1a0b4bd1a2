import { chromium } from 'playwright-core';

/** Where systems put Chromium; `CHROMIUM_PATH` is another place. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Headless Chromium that draws and computes in software, for scripts, which read no TypeScript. */
export const launchChromium = () => chromium.launch({ executablePath, args });
