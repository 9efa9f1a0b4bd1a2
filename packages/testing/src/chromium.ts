import { existsSync } from 'node:fs';

/** Chromium for tests: `CHROMIUM_PATH`, else where systems put it; undefined where there is none. */
export const chromiumPath = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const software = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const softwareWebgpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

/** Arguments of a headless Chromium that draws and computes in software, the same everywhere. */
export const chromiumArguments = ({ webgpu = false } = {}): string[] => [
  '--no-sandbox',
  ...software,
  ...quiet,
  ...(webgpu ? softwareWebgpu : []),
];
