import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const wasmPath = () => {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return `${dirname(main)}/`;
};

/** Runs the suite in a process of its own: `useBackend` is for good, and a fault of wasm ends all computing in it. */
export function inNode(script, order) {
  const given = { ...order, ...(order.backend === 'wasm' && { wasmPath: wasmPath() }) };
  return new Promise((resolve, reject) => {
    const child = fork(script, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, TFJS_SUITE_ORDER: JSON.stringify(given) },
    });
    let complaint = '';
    let results;
    child.stderr.on('data', (text) => {
      complaint = (complaint + text).slice(-2000);
    });
    child.on('message', (message) => {
      results = message;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (results) resolve(results);
      else
        reject(
          new Error(
            `tfjs-suite: the process ended with ${signal ?? code} before its tests did: ${complaint}`,
          ),
        );
    });
  });
}

/** Runs the suite in a page of headless Chromium. */
export async function inChromium(script, order, chromiumModule) {
  const { launchChromium } = await import(pathToFileURL(chromiumModule).href);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    let complaint = '';
    page.on('pageerror', (error) => {
      complaint ||= error.message;
    });
    await page.evaluate((given) => {
      globalThis.tfjsSuiteOrder = given;
    }, order);
    await page.addScriptTag({ path: script, type: 'module' });
    for (;;) {
      const results = await page.evaluate(() => globalThis.tfjsSuiteResults);
      if (results) return results;
      if (complaint) throw new Error(`tfjs-suite: ${complaint}`);
      await new Promise((again) => setTimeout(again, 500));
    }
  } finally {
    await browser.close();
  }
}
