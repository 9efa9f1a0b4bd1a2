import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** SwiftShader, a Vulkan in software, lies beside Chromium with the loader that finds it. */
const beside = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'].map(
  (folder) => `${folder}/vk_swiftshader_icd.json`,
);
const driver = process.env.VK_ICD_FILENAMES ?? beside.find((file) => existsSync(file));
const reason =
  driver === undefined ? ' (skipped: neither VK_ICD_FILENAMES nor Chromium with SwiftShader)' : '';

/** A driver is chosen when a process starts: these run in processes of their own. */
const env = () => ({
  ...process.env,
  NODE_OPTIONS: '',
  VITEST: '',
  VK_ICD_FILENAMES: driver,
  LD_LIBRARY_PATH: [dirname(driver!), process.env.LD_LIBRARY_PATH ?? ''].filter(Boolean).join(delimiter),
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
});

test.skipIf(driver === undefined)(`WebGPU in Node agrees with cpu to second order${reason}`, async () => {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const args = [vitest, 'run', '--config', 'vitest.webgpu.ts', '--reporter=json'];
  const result = await run(process.execPath, args, { cwd: root, env: env(), maxBuffer: 1 << 26 }).catch(
    (error: { stdout: string }) => error,
  );
  const report = JSON.parse(result.stdout.slice(result.stdout.indexOf('{'))) as {
    numPassedTests: number;
    testResults: {
      message: string;
      assertionResults: { title: string; status: string; failureMessages: string[] }[];
    }[];
  };
  const failed = report.testResults.flatMap(({ message, assertionResults }) => [
    ...(message ? [message] : []),
    ...assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ title, failureMessages }) => `${title}: ${failureMessages[0]}`),
  ]);
  expect(failed).toEqual([]);
  expect(report.numPassedTests).toBeGreaterThan(40);
});

const program = `
  import { useBackend } from '@segscape/backend';
  import { conv2d, grad, ones, square, sum } from '@tensorflow/tfjs-core';
  const { name, device } = await useBackend('webgpu');
  const slope = grad((x) => sum(square(conv2d(x, ones([3, 3, 1, 1]), 1, 'same'))))(ones([1, 4, 4, 1]));
  console.log(JSON.stringify({ name, device, corner: (await slope.data())[0] }));
`;

test.skipIf(driver === undefined)(
  `a process that used WebGPU ends by itself, without an error${reason}`,
  async () => {
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await run(process.execPath, args, { cwd: root, env: env(), timeout: 120_000 });
    // Of the windows that see the corner, sums of 4, 6, 6 and 9 ones: 2 · 25.
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ name: 'webgpu', corner: 50 });
  },
);
