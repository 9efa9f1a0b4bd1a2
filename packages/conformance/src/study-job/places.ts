import { fork } from 'node:child_process';
import { launchChromium } from '../chromium.js';
import { vulkanEnvironment } from '../runner/vulkan.js';
import type { JobRequest } from './job.js';

type Losses = Record<string, number>;

/** Runs the job in a process of its own. */
export function jobInNode(script: string, request: JobRequest): Promise<Losses> {
  const child = fork(script, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...(request.backend === 'webgpu' && vulkanEnvironment()) },
  });
  return new Promise<Losses>((resolve, reject) => {
    child.on('message', (losses) => {
      resolve(losses as Losses);
      child.kill('SIGKILL'); // graphics drivers may hang while they unload
    });
    child.on('exit', (code, signal) =>
      reject(new Error(`the process ended with ${signal ?? `code ${code}`}`)),
    );
    child.send(request);
  });
}

/** Runs the job in a page of headless Chromium. */
export async function jobInChromium(script: string, request: JobRequest): Promise<Losses> {
  const browser = await launchChromium({ webgpu: request.backend === 'webgpu' });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: script });
    return await page.evaluate((asked) => globalThis.runStudyJob(asked), request);
  } finally {
    await browser.close();
  }
}
