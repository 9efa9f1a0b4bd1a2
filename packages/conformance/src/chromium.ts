import { type Browser, chromium } from 'playwright-core';

const always = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const forWebgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];

/** Headless Chromium on a software GPU: `CHROMIUM_PATH`, else `/usr/bin/chromium`. */
export const launchChromium = ({ webgpu = false } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: webgpu ? [...always, ...forWebgpu] : always,
  });
