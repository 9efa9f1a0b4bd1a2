import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import type { Shape } from '../benches/networks.js';
import type { Page } from './page.js';

type Call = keyof Page;

/** The bench's page, from source, with everything inside but ONNX Runtime, which it never asks for. */
async function bundled(): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL('../src/webgl/page.ts', import.meta.url)),
    platform: 'browser',
    resolve: {
      conditionNames: ['@segscape/source', 'browser', 'import', 'default'],
      mainFields: ['module', 'main'],
    },
    external: [/^onnxruntime/],
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  return output[0].code;
}

/** A Chromium with pages that hold our network and that of TensorFlow.js's layers. */
export async function openPages() {
  const code = await bundled();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  });
  return {
    async open(shape: Shape, kernels: 'ours' | 'stock') {
      const tab = await browser.newPage();
      await tab.addScriptTag({ content: code, type: 'module' });
      await tab.waitForFunction(() => 'bench' in globalThis);
      const first = await tab.evaluate(
        ([wanted, which]) => (globalThis as unknown as { bench: Page }).bench.prepare(wanted, which),
        [shape, kernels] as const,
      );
      const timed = (side: Exclude<Call, 'prepare'>) => () =>
        tab.evaluate((name) => (globalThis as unknown as { bench: Page }).bench[name](), side);
      return { first, ours: timed('ours'), layers: timed('layers'), close: () => tab.close() };
    },
    /** What draws: a graphics card, or software. */
    async device(): Promise<string> {
      const tab = await browser.newPage();
      const name = await tab.evaluate(() => {
        const context = document.createElement('canvas').getContext('webgl2');
        const asked = context?.getExtension('WEBGL_debug_renderer_info');
        return asked ? String(context!.getParameter(asked.UNMASKED_RENDERER_WEBGL)) : 'no WebGL';
      });
      await tab.close();
      return name;
    },
    close: () => browser.close(),
  };
}
